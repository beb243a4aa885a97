"""Configuration of a loader that is not Kedro's own: all at once, as it says, anew for each run. See `config.py`."""
import copy

from kedro.config import MissingConfigException

from .errors import HostError, said
from .guard import guard_text
from .params import dotted


class Loaded:
    is_read_once = False

    def __init__(self, new_loader, allowed):
        self._new_loader, self._allowed = new_loader, set(allowed)

    def fill(self, params):
        self.loader, self._params, self._known = self._new_loader(params), params, {}
        # A loader may add some of its own.
        self.params = getattr(self.loader, "runtime_params", None) or params

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

    def raw(self, name):
        return copy.deepcopy(self._get("catalog", {})[name])

    def entry(self, name):
        found = self.raw(name)
        if isinstance(found, dict):
            guard_text(name, found, self._params, self._allowed)
        return found

    def is_static(self, _name):
        return False

    def credentials(self):
        return self._get("credentials", {}), {}

    def parameters(self):
        return self._get("parameters", self._params)

    def parameter_names(self):
        return dotted(self.parameters())
