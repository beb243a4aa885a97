"""The merged configuration files of a project, unresolved, read through its own loader."""
import copy
import re
from pathlib import Path, PurePosixPath

from kedro.config import MissingConfigException, OmegaConfigLoader
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from .errors import HostError, said


class Template:
    """The files of base and of the environment. Never changed."""

    def __init__(self, layers, strategy, changing):
        """`changing`: tells by its text whether a value may change from run to run beyond its params."""
        self._layers, self._strategy = [layer for layer in layers if layer is not None], strategy
        self.exists = bool(self._layers)
        self._plain = [OmegaConf.to_container(layer, resolve=False) for layer in self._layers]
        # Of all its entries: one may reach a resolver through another.
        self.is_custom = any(changing(OmegaConf.to_yaml(layer)) for layer in self._layers)

    def names(self):
        keys = dict.fromkeys(key for layer in self._layers for key in layer)
        return [str(key) for key in keys if not str(key).startswith("_")]

    def layers_of(self, name):
        layers = [layer for layer in self._layers if name in layer]
        return layers[-1:] if self._strategy == "destructive" else layers

    def raw(self, name):
        return next(plain[name] for plain in reversed(self._plain) if name in plain)

    def merged_with(self, params):
        made = {}
        for layer in self._layers or [OmegaConf.create({})]:
            filled = OmegaConf.to_container(OmegaConf.merge(layer, params), resolve=True)
            if self._strategy == "destructive":
                made.update(filled)
            else:
                made = OmegaConf.to_container(OmegaConf.unsafe_merge(made, filled))
        return made


def is_readable_once(loader):
    """Whether all it does is Kedro's, on a local folder."""
    theirs = set(vars(OmegaConfigLoader)) - {"__module__", "__doc__", "__qualname__", "__parameters__"}
    for each in type(loader).__mro__:
        if each is OmegaConfigLoader:
            return "://" not in str(loader.conf_source) and Path(loader.conf_source).is_dir()
        if theirs & (set(vars(each)) - {"__abstractmethods__", "_abc_impl", "__orig_bases__"}):
            return False
    return False


def read_template(loader, key, changing):
    if key in loader:  # Set by a hook.
        return Template([OmegaConf.create(copy.deepcopy(loader[key]))], "destructive", lambda _text: False)
    envs = dict.fromkeys((loader.base_env, loader.env or loader.default_run_env))
    found = [_files(loader, env, key) for env in envs]
    layers = [OmegaConf.unsafe_merge(*files) if files else None for files in found]
    return Template(layers, loader.merge_strategy.get(key, "destructive"), changing)


# What these say changes only with what they are given; `oc.env` with the process.
_FIXED = ("runtime_params", "globals", "oc.coerce", "oc.create", "oc.decode", "oc.deprecated", "oc.env", "oc.select")


def changing_by(own):
    """Whether a text asks a resolver that may say something else in each run: one of `own`, or any that is not built in."""
    fixed = {*_FIXED, "oc.dict.keys", "oc.dict.values"} - set(own)
    return lambda text: any(name not in fixed for name in re.findall(r"\$\{\s*([\w.]+)\s*:", text))


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
