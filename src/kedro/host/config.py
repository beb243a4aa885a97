"""Configuration: read once through the project's own loader, filled per run.

A project whose loader class is Kedro's own (with any arguments) is read into templates; each run fills the holes entry by
entry, so one entry's missing param fails only the runs that need that entry. Any other loader class is asked anew for
each run, as Kedro does.
"""
import collections
import copy
import json
import re
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import urlparse

from kedro.config import MissingConfigException, OmegaConfigLoader
from omegaconf import DictConfig, ListConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from omegaconf.resolvers import oc

from .errors import HostError, said, suggestion

_ABSENT = object()
# The first name is the newer one.
_register_resolver = getattr(OmegaConf, "register_resolver", None) or OmegaConf.register_new_resolver
_PATH_KEY = re.compile(r"(?:path|dir)$|^(?:folder|tables)$", re.I)
_CHOSEN_BY_PROJECT = ("type", "sql", "query")


class Configuration:
    def __init__(self, loader, project, new_loader, allowed=()):
        self._loader, self._project, self._new_loader = loader, project, new_loader
        self._allowed = set(allowed)
        self._params, self._params_oc = {}, None
        self._hits, self._touched, self._missing = [], {}, None
        self._known_parameters = collections.OrderedDict()
        self._register()
        self.is_read_once = _is_kedros(loader) and "://" not in str(loader.conf_source) and _is_folder(loader)
        self._custom = _resolver_names(loader)
        self._templates = {}
        if self.is_read_once:
            for key in ("catalog", "parameters", "credentials"):
                self._templates[key] = self._read(key)
            self._static, self._dynamic = {}, {}
            self._static_creds = None

    # Another loader (a hook's own, say) may have put its resolver in place of ours: the registry is the process's.
    def _register(self):
        _register_resolver("runtime_params", self._param, replace=True)

    def _param(self, variable, default=_ABSENT):
        self._touched[variable] = _at(self._params, variable)
        if self._params_oc is None:
            self._params_oc = OmegaConf.create(self._params)
        found = OmegaConf.select(self._params_oc, variable, default=_ABSENT)
        if found is not _ABSENT:
            self._hits.append((variable, found))
            return found
        if default is not _ABSENT:
            return default
        self._missing = variable
        raise ValueError(f"runtime param {variable} was not given")

    def _read(self, key):
        loader = self._loader
        if key in loader:
            return Template(OmegaConf.create(copy.deepcopy(loader[key])), None, "destructive", True, ())
        layers, files = [], 0
        for env in dict.fromkeys((loader.base_env, loader.env or loader.default_run_env)):
            found = _files(loader, env, key)
            files += len(found)
            layers.append(OmegaConf.unsafe_merge(*found) if found else None)
        strategy = loader.merge_strategy.get(key, "destructive")
        base, env = layers[0], (layers[1] if len(layers) > 1 else None)
        return Template(base, env, strategy, files > 0, self._custom)

    def fill(self, params):
        """Configuration as one run sees it."""
        self._params, self._params_oc = params, None
        if not self.is_read_once:
            return LoaderView(self, self._new_loader(params), params)
        self._register()
        return TemplateView(self, params)

    # -- the parts of a TemplateView

    def catalog_names(self):
        return self._templates["catalog"].names() if self.is_read_once else None

    def raw_entry(self, name):
        return self._templates["catalog"].raw(name)

    def entry(self, name):
        """The same object for runs whose params give it the same values. Throws `PARAM_MISSING` and its kin."""
        known = self._static.get(name)
        if known is not None:
            return known
        for touched, value in self._dynamic.get(name, ()):
            if all(self._is_still(variable, given) for variable, given in touched.items()):
                return _value_or_raise(value)
        template = self._templates["catalog"]
        self._touched = {}
        try:
            value = self._guarded(template, name)
        except HostError as error:
            value = error
        if template.is_custom(name):
            return _value_or_raise(value)
        if self._touched:
            self._dynamic.setdefault(name, collections.deque(maxlen=16)).appendleft((self._touched, value))
        elif not isinstance(value, HostError):
            self._static[name] = value
        return _value_or_raise(value)

    # As texts: 1, 1.0 and true are equal, and make different paths.
    def _is_still(self, variable, given):
        now = _at(self._params, variable)
        return "[" not in variable and type(now) is type(given) and repr(now) == repr(given)

    def is_static(self, name):
        return name in self._static

    def credentials(self):
        if self._static_creds is not None:
            return self._static_creds
        template = self._templates["credentials"]
        had = OmegaConf.has_resolver("oc.env")
        if not had:
            _register_resolver("oc.env", oc.env)
        self._touched, filled, broken = {}, {}, {}
        try:
            for name in template.names():
                try:
                    filled[name] = self._fill(template, name)[0]
                except HostError as error:
                    broken[name] = error
        finally:
            if not had:
                OmegaConf.clear_resolver("oc.env")
        if not self._touched and not template.has_custom():
            self._static_creds = (filled, broken)
        return filled, broken

    def parameters(self, params):
        template = self._templates["parameters"]
        if not template.exists:
            return copy.deepcopy(params)
        key = None if template.has_custom() else json.dumps(params, sort_keys=True)
        if key is not None and key in self._known_parameters:
            self._known_parameters.move_to_end(key)
            return self._known_parameters[key]
        self._missing = None
        try:
            made = template.merged_with(params)
        except OmegaConfBaseException as error:
            raise self._unresolved("the parameters", error) from error
        if key is not None:
            self._known_parameters[key] = made
            if len(self._known_parameters) > 64:
                self._known_parameters.popitem(last=False)
        return made

    def parameter_names(self):
        try:
            return _dotted(self.fill({}).parameters())
        except HostError:
            template = self._templates["parameters"]
            return _dotted({name: template.raw(name) for name in template.names()})

    def _fill(self, template, name):
        """The filled value, and what a runtime param decided: pairs of a path and the params given."""
        self._missing, taints = None, []
        try:
            values = [self._value(layer, name, (), [], taints) for layer in template.layers_of(name)]
        except OmegaConfBaseException as error:
            raise self._unresolved(f'"{name}"', error) from error
        if len(values) == 2:
            values = [OmegaConf.to_container(OmegaConf.unsafe_merge(*({name: value} for value in values)))[name]]
        return values[0], taints

    def _value(self, holder, key, path, inherited, taints):
        self._hits = list(inherited)
        value = holder[key]
        hits = self._hits
        if isinstance(value, DictConfig):
            return {name: self._value(value, name, (*path, str(name)), hits, taints) for name in value}
        if isinstance(value, ListConfig):
            return [self._value(value, i, (*path, str(i)), hits, taints) for i in range(len(value))]
        if hits:
            raw = OmegaConf.to_container(holder, resolve=False)
            raw = raw[key] if isinstance(raw, (dict, list)) else ""
            taints.append((path, value, raw if isinstance(raw, str) else "", hits))
        return value

    def _guarded(self, template, name):
        value, taints = self._fill(template, name)
        for path, leaf, raw, hits in taints:
            self._guard(name, path, leaf, raw, hits)
        return value

    def _guard(self, dataset, path, leaf, raw, hits):
        params = ", ".join(f'"{variable}"' for variable, _ in hits)
        fixed = next((key for key in path if key in _CHOSEN_BY_PROJECT), None)
        where = f'The runtime param {params} fills "{".".join(path)}" of the dataset "{dataset}" and '
        details = {"dataset": dataset, "key": ".".join(path), "param": params.replace('"', "")}
        if fixed is not None:
            why = f'may not decide it: "{fixed}" is the project\'s to choose. Add an entry for each case.'
            raise HostError("PARAM_NOT_ALLOWED", where + why, details)
        if not isinstance(leaf, str) or not any(_PATH_KEY.search(key) for key in path):
            return
        unsafe = [(variable, value) for variable, value in hits if variable not in self._allowed]
        whys = [_climbs(str(value), "") for _, value in unsafe] + ([_climbs(leaf, _neutral(raw))] if unsafe else [])
        why = next(filter(None, whys), None)
        if why is not None:
            trust = f"{why}. If the project trusts it, open the session with allowUnsafeParams: [{params}]."
            raise HostError("PARAM_NOT_ALLOWED", where + trust, details)

    def _unresolved(self, what, error):
        if self._missing is not None:
            message = f'{what} needs the runtime param "{self._missing}", which was not given and has no default.'
            return HostError("PARAM_MISSING", message, {"param": self._missing})
        return HostError("CONFIG_UNRESOLVED", f"{what} cannot be resolved: {error}")


class Template:
    """The merged files of base and of the environment, unresolved. Never changed."""

    def __init__(self, base, env, strategy, exists, custom):
        self.base = base if base is not None else OmegaConf.create({})
        self.env, self.strategy, self.exists = env, strategy, exists
        self._custom = re.compile(r"\$\{\s*(?:" + "|".join(map(re.escape, custom)) + r")\s*:") if custom else None
        texts = [OmegaConf.to_yaml(layer) for layer in (self.base, env) if layer is not None]
        self._uses_custom = self._custom is not None and any(self._custom.search(text) for text in texts)

    def names(self):
        keys = dict.fromkeys([*self.base.keys(), *(self.env.keys() if self.env is not None else ())])
        return [str(key) for key in keys if not str(key).startswith("_")]

    def layers_of(self, name):
        layers = [layer for layer in (self.base, self.env) if layer is not None and name in layer]
        return layers[-1:] if self.strategy == "destructive" else layers

    def raw(self, name):
        value = OmegaConf.to_container(self.layers_of(name)[-1], resolve=False)[name]
        return value

    def has_custom(self):
        return self._uses_custom

    # What a custom resolver says may change from run to run, and an entry may reach it through another.
    def is_custom(self, name):
        return self._uses_custom and "${" in json.dumps(self.raw(name), default=str)

    def merged_with(self, params):
        made = OmegaConf.to_container(OmegaConf.merge(self.base, params), resolve=True)
        if self.env is not None:
            env = OmegaConf.to_container(OmegaConf.merge(self.env, params), resolve=True)
            if self.strategy == "destructive":
                made.update(env)
            else:
                made = OmegaConf.to_container(OmegaConf.unsafe_merge(made, env))
        return made


class TemplateView:
    def __init__(self, config, params):
        self._config, self._params = config, params

    def names(self):
        return self._config.catalog_names()

    def entry(self, name):
        return self._config.entry(name)

    def is_static(self, name):
        return self._config.is_static(name)

    def credentials(self):
        return self._config.credentials()

    def parameters(self):
        return self._config.parameters(self._params)


class LoaderView:
    """The same, of a loader that is not Kedro's own: all at once, as it says."""

    def __init__(self, config, loader, params):
        self.loader, self._params = loader, params
        self._known = {}

    def _get(self, key, default):
        if key not in self._known:
            try:
                self._known[key] = self.loader[key]
            except (MissingConfigException, KeyError):
                self._known[key] = default
            except Exception as error:
                code = "PARAM_MISSING" if "Runtime parameter" in str(error) else "CONFIG_UNRESOLVED"
                raise HostError(code, f"The project's config loader cannot give its {key}: {said(error)}") from error
        return self._known[key]

    def names(self):
        return list(self._get("catalog", {}))

    def entry(self, name):
        return copy.deepcopy(self._get("catalog", {})[name])

    def is_static(self, name):
        return False

    def credentials(self):
        return self._get("credentials", {}), {}

    def parameters(self):
        return self._get("parameters", self._params)


def _value_or_raise(value):
    if isinstance(value, HostError):
        raise value.with_traceback(None)
    return value


def _at(params, variable):
    for key in variable.split("."):
        if not isinstance(params, dict) or key not in params:
            return _ABSENT
        params = params[key]
    return params


def absolute_paths(value, project):
    """Relative `filepath`, `filename` and `path` texts made absolute, as Kedro's context does."""
    made = {}
    for key, item in value.items():
        if isinstance(item, dict):
            item = absolute_paths(item, project)
        elif isinstance(item, str) and key in ("filename", "filepath", "path"):
            if PureWindowsPath(item).drive:
                item = PureWindowsPath(item).as_posix()
            elif not urlparse(item).scheme and not PurePosixPath(item).is_absolute():
                item = (project / item).as_posix()
        made[key] = item
    return made


def _is_kedros(loader):
    theirs = set(vars(OmegaConfigLoader)) - {"__module__", "__doc__", "__init__", "__qualname__", "__parameters__"}
    for each in type(loader).__mro__:
        if each is OmegaConfigLoader:
            return True
        if theirs & (set(vars(each)) - {"__abstractmethods__", "_abc_impl", "__orig_bases__"}):
            return False
    return False


def _is_folder(loader):
    from pathlib import Path

    return Path(loader.conf_source).is_dir()


def _resolver_names(loader):
    from kedro.framework.project import settings

    arguments = settings.CONFIG_LOADER_ARGS or {}
    return tuple((arguments.get("custom_resolvers") or {}).keys())


def _files(loader, env, key):
    """The files of one environment as they are, read by the loader itself: its patterns, its checks."""
    found, load = [], OmegaConf.load

    def recording(file):
        config = load(file)
        found.append(copy.deepcopy(config))
        return config

    OmegaConf.load = recording
    try:
        folder = str(PurePosixPath(str(loader.conf_source)) / env)
        loader.load_and_merge_dir_config(folder, [*loader.config_patterns[key]], key, set(), False)
    except OmegaConfBaseException:
        pass  # Resolving is for later, when a run fills what it needs; by now every file is read.
    except MissingConfigException as error:
        raise HostError("CONFIG_ENV_NOT_FOUND", f'There is no configuration environment "{env}": {error}') from error
    except ValueError as error:
        raise HostError("CONFIG_DUPLICATE_KEY", str(error)) from error
    except Exception as error:
        raise HostError("CONFIG_SYNTAX", said(error)) from error
    finally:
        OmegaConf.load = staticmethod(load)
    return [each for each in found if isinstance(each, DictConfig)]


def _dotted(values, before=""):
    names = []
    for key, value in values.items():
        names.append(f"{before}{key}")
        if isinstance(value, dict):
            names += _dotted(value, f"{before}{key}.")
    return names


def parameter_not_found(name, parameters):
    """The error for `params:a.b` that is not configured; close matches are of the level at which the path ends."""
    at, path = parameters, name[len("params:") :]
    for key in path.split("."):
        inside = at if isinstance(at, dict) else {}
        if key not in inside:
            message = f'The parameter "{path}" is not configured and was not given.{suggestion(key, inside)}'
            return HostError("PARAMETER_NOT_FOUND", message, {"parameter": path})
        at = inside[key]
    return HostError("PARAMETER_NOT_FOUND", f'The parameter "{path}" is not configured and was not given.')


def _neutral(raw):
    return re.sub(r"\$\{[^}]*\}", "x", raw)


def _climbs(value, neutral):
    if value.replace("\\", "/").split("/").count("..") > neutral.replace("\\", "/").split("/").count(".."):
        return 'climbs out of it with ".."'
    if "\0" in value:
        return "has a NUL character"
    if re.match(r"(?s).*://|\s*file:", value) and not re.match(r"(?s).*://|\s*file:", neutral):
        return "brings a URL scheme"
    if re.match(r"[\\/]|[A-Za-z]:", value) and not re.match(r"[\\/]|[A-Za-z]:", neutral):
        return "makes it an absolute path"
    return None
