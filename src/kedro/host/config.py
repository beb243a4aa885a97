"""Configuration: read once through the project's own loader, filled per run.

A project whose loader class is Kedro's own (with any arguments) is read into templates; each run fills the holes entry by
entry, so one entry's missing param fails only the runs that need that entry. Any other loader class is asked anew for
each run, as Kedro does. Either way a host does one thing at a time: `fill` says with which params, until the next.
"""
import collections
import copy
import json

from omegaconf import DictConfig, ListConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from omegaconf.resolvers import oc

from .errors import HostError
from .guard import guard
from .loaded import Loaded
from .params import dotted
from .template import changing_by, is_readable_once, read_template

_ABSENT = object()
_MOST_PARAMETERS = 64
# The first name is the newer one.
_register_resolver = getattr(OmegaConf, "register_resolver", None) or OmegaConf.register_new_resolver


def configuration_of(loader, new_loader, allowed):
    return Templates(loader, allowed) if is_readable_once(loader) else Loaded(new_loader, allowed)


class Templates:
    is_read_once = True

    def __init__(self, loader, allowed):
        from kedro.framework.project import settings

        self._allowed = set(allowed)
        own = list((settings.CONFIG_LOADER_ARGS or {}).get("custom_resolvers") or {})
        self._globals, self._globals_oc = read_template(loader, "globals", changing_by(own)), None
        self._register()
        changing = changing_by([*own, "globals"] if self._globals.is_custom else own)
        self._catalog, self._parameters, self._credentials = (
            read_template(loader, key, changing) for key in ("catalog", "parameters", "credentials")
        )
        self._static, self._dynamic, self._known_parameters = {}, {}, collections.OrderedDict()
        self._static_credentials = None
        self.fill({})

    def fill(self, params):
        self.params, self._params_oc, self._globals_oc, self._is_registered = params, None, None, False
        self._hits, self._touched, self._missing = [], {}, None

    # Others (Kedro's loader in a hook, say) put their resolver in place of ours: the registry is the process's.
    def _register(self):
        _register_resolver("runtime_params", self._param, replace=True)
        if self._globals.is_custom:
            _register_resolver("globals", self._global, replace=True)
        self._is_registered = True

    def _param(self, variable, default=_ABSENT):
        self._touched[variable] = _at(self.params, variable)
        if self._params_oc is None:
            self._params_oc = OmegaConf.create(self.params)
        found = OmegaConf.select(self._params_oc, variable, default=_ABSENT)
        if found is not _ABSENT:
            self._hits.append((variable, found))
            return found
        if default is not _ABSENT:
            return default
        self._missing = variable
        raise ValueError(f"runtime param {variable} was not given")

    # Kedro's own resolves the globals once for each loader; here one loader has many runs.
    def _global(self, variable, default=_ABSENT):
        if self._globals_oc is None:
            self._globals_oc = OmegaConf.create(self._globals.merged_with({}))
        found = _ABSENT if variable.startswith("_") else OmegaConf.select(self._globals_oc, variable, default=default)
        if found is _ABSENT:
            raise ValueError(f'there is no global "{variable}"')
        return found

    def names(self):
        return self._catalog.names()

    def raw(self, name):
        return self._catalog.raw(name)

    def is_static(self, name):
        return name in self._static

    def entry(self, name):
        """The same object for runs whose params give it the same values. Throws `PARAM_MISSING` and its kin."""
        known = self._static.get(name)
        if known is not None:
            return known
        for touched, value in self._dynamic.get(name, ()):
            if all(self._is_still(variable, given) for variable, given in touched.items()):
                return _value_or_raise(value)
        self._touched = {}
        try:
            value, taints = self._fill(self._catalog, name)
            for path, leaf, raw, hits in taints:
                guard(name, path, leaf, raw, hits, self._allowed)
        except HostError as error:
            value = error
        if self._catalog.is_custom and "${" in json.dumps(self.raw(name), default=str):
            return _value_or_raise(value)
        if self._touched:
            self._dynamic.setdefault(name, collections.deque(maxlen=16)).appendleft((self._touched, value))
        elif not isinstance(value, HostError):
            self._static[name] = value
        return _value_or_raise(value)

    # As texts: 1, 1.0 and true are equal, and make different paths.
    def _is_still(self, variable, given):
        now = _at(self.params, variable)
        return "[" not in variable and type(now) is type(given) and repr(now) == repr(given)

    def credentials(self):
        """All credentials, and the errors of those that cannot be filled."""
        if self._static_credentials is not None:
            return self._static_credentials
        had = OmegaConf.has_resolver("oc.env")
        if not had:
            _register_resolver("oc.env", oc.env)
        self._touched, filled, broken = {}, {}, {}
        try:
            for name in self._credentials.names():
                try:
                    filled[name] = self._fill(self._credentials, name)[0]
                except HostError as error:
                    broken[name] = error
        finally:
            if not had:
                OmegaConf.clear_resolver("oc.env")
        if not self._touched and not self._credentials.is_custom:
            self._static_credentials = (filled, broken)
        return filled, broken

    def parameters(self):
        if not self._parameters.exists:
            return copy.deepcopy(self.params)
        key = None if self._parameters.is_custom else json.dumps(self.params, sort_keys=True)
        if key in self._known_parameters:
            self._known_parameters.move_to_end(key)
            return self._known_parameters[key]
        made = self._resolved("the parameters", lambda: self._parameters.merged_with(self.params))
        if key is not None:
            self._known_parameters[key] = made
            if len(self._known_parameters) > _MOST_PARAMETERS:
                self._known_parameters.popitem(last=False)
        return made

    def parameter_names(self):
        try:
            return dotted(self.parameters())
        except HostError:
            return dotted({name: self._parameters.raw(name) for name in self._parameters.names()})

    def _resolved(self, what, work):
        self._missing = None
        if not self._is_registered:
            self._register()
        try:
            return work()
        except OmegaConfBaseException as error:
            if self._missing is None:
                raise HostError("CONFIG_UNRESOLVED", f"{what} cannot be resolved: {error}") from error
            message = f'{what} needs the runtime param "{self._missing}", which was not given and has no default.'
            raise HostError("PARAM_MISSING", message, {"param": self._missing}) from error

    def _fill(self, template, name):
        """The filled value, and what runtime params decided: path, value, text in the file, the params."""
        taints, layers = [], template.layers_of(name)
        values = self._resolved(f'"{name}"', lambda: [self._value(each, name, (), [], taints) for each in layers])
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
