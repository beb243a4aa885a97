"""Parameters of a run under the names by which nodes ask for them."""
import copy

from .errors import HostError, suggestion


def is_parameter(name):
    return name == "parameters" or name.startswith("params:")


class Parameters:
    def __init__(self, project):
        self._project, self._validators = project, {}

    def flat(self, pipelines):
        """All of them, `params:a.b` by `params:a.b`, checked as Kedro checks those of these pipelines."""
        raw = self._project.config.parameters()
        validator = self._validator(tuple(pipelines))
        if validator is not None:
            try:
                raw = validator.validate_raw_params(copy.deepcopy(raw))
            except Exception as error:
                raise HostError("REQUEST_INVALID", f"The parameters do not fit their types: {error}") from error
        flat = {"parameters": raw}
        for name, value in raw.items():
            _flatten(f"params:{name}", value, flat)
        return flat

    def _validator(self, names):
        """Kedro's own validator of typed parameters (1.3 and later), where these pipelines have any."""
        if names not in self._validators:
            self._validators[names] = _validator_for(self._project.pipelines, names)
        return self._validators[names]


def _validator_for(pipelines, names):
    try:
        from kedro.validation.parameter_validator import ParameterValidator
    except ImportError:
        return None
    scope = pipelines if "__default__" in names else {name: pipelines[name] for name in names}
    validator = ParameterValidator(scope)
    return validator if validator.type_extractor.extract_types_from_pipelines() else None


def _flatten(name, value, flat):
    flat[name] = value
    fields = value if isinstance(value, dict) else _typed_fields(value)
    for key, item in (fields or {}).items():
        _flatten(f"{name}.{key}", item, flat)


def _typed_fields(value):
    if type(value) in (int, float, str, bool, list, type(None)):
        return None
    try:
        from kedro.validation.utils import get_typed_fields
    except ImportError:
        return None
    return get_typed_fields(value)


def dotted(values, before=""):
    names = []
    for key, value in values.items():
        names.append(f"{before}{key}")
        if isinstance(value, dict):
            names += dotted(value, f"{before}{key}.")
    return names


def not_found(name, parameters):
    """The error for `params:a.b` that is not configured; close matches are of the level at which the path ends."""
    at, path = parameters, name.removeprefix("params:")
    for key in path.split("."):
        known = at if isinstance(at, dict) else {}
        if key not in known:
            break
        at = known[key]
    message = f'The parameter "{path}" is not configured and was not given.{suggestion(key, known)}'
    return HostError("PARAMETER_NOT_FOUND", message, {"parameter": path})
