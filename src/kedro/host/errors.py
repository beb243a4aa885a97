"""Failures with the codes of `src/core/errors.ts`."""
import difflib
import os
import traceback


class HostError(Exception):
    def __init__(self, code, message, details=None, retryable=None):
        super().__init__(message)
        self.code = code
        self.details = details or {}
        self.retryable = retryable


def suggestion(name, known):
    known = list(dict.fromkeys(known))
    close = difflib.get_close_matches(name, known, 3, 0.6)
    if close:
        return " Did you mean " + ", ".join(f'"{each}"' for each in close) + "?"
    if not known:
        return ""
    shown = ", ".join(f'"{each}"' for each in known[:8])
    return f" There is {shown}" + (f" and {len(known) - 8} more." if len(known) > 8 else ".")


def describe(error):
    """An error as it travels."""
    if not isinstance(error, HostError):
        error = HostError("HOST_FAILED", f"{type(error).__name__}: {error}").with_traceback(error.__traceback__)
    cause = error.__cause__ or error
    details = error.details if isinstance(cause, HostError) else {**error.details, "exception": type(cause).__qualname__}
    told = {"code": error.code, "message": str(error), "details": details}
    if error.retryable is not None:
        told["retryable"] = error.retryable
    told["traceback"] = "".join(traceback.format_exception(type(cause), cause, cause.__traceback__))[-20_000:]
    return told


def said(error):
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _files_of(error):
    return [frame.filename.replace(os.sep, "/") for frame in traceback.extract_tb(error.__traceback__)]


def is_hook_failure(error):
    return any("/pluggy/" in file for file in _files_of(error))


def node_failure(node, error):
    """A node's function raised, or returned another shape than its outputs have."""
    files = _files_of(error)
    if isinstance(error, ValueError) and files and files[-1].endswith("/kedro/pipeline/node.py"):
        message = f'Node "{node}" returned something else than its outputs say: {error}'
        return HostError("NODE_OUTPUT_INVALID", message, {"node": node})
    final = getattr(error, "non_retryable", False) is True
    message = f'Node "{node}" failed: {said(error)}'
    return HostError("NODE_FAILED", message, {"node": node}, retryable=not final)


def _causes(error):
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def load_failure(name, error, node=None):
    if isinstance(error, HostError):
        return error
    from kedro.io.core import VersionNotFoundError

    details = {"dataset": name, **({"node": node} if node else {})}
    gone = any(isinstance(each, (FileNotFoundError, VersionNotFoundError)) for each in _causes(error))
    if gone or "has not been saved yet" in str(error):
        return HostError("DATASET_NOT_SAVED_YET", f'Dataset "{name}" is not there: {error}', details)
    if any(isinstance(each, ModuleNotFoundError) for each in _causes(error)):
        return HostError("DATASET_LIBRARY_MISSING", f'Dataset "{name}" needs a package: {error}', details)
    return HostError("DATASET_LOAD_FAILED", f'Dataset "{name}" cannot be loaded: {error}', details)


def save_failure(name, error, node=None):
    if isinstance(error, HostError):
        return error
    details = {"dataset": name, **({"node": node} if node else {})}
    # Kedro has no type of error for it; the sentence is the same in 1.0 to 1.7, and tests hold it.
    if "must not exist if versioning is enabled" in str(error):
        return HostError("VERSION_EXISTS", f'That version of "{name}" is saved already: {error}', details)
    roots = list(_causes(error))
    is_storage = any(isinstance(each, OSError) for each in roots)
    is_value = any(isinstance(each, (TypeError, ValueError, AttributeError)) for each in roots)
    if (is_value and not is_storage) or "Saving 'None'" in str(error):
        return HostError("DATASET_VALUE_INVALID", f'The value cannot be stored in "{name}": {error}', details)
    return HostError("DATASET_SAVE_FAILED", f'Dataset "{name}" cannot be saved: {error}', details)


def definition_failure(name, error):
    """A catalog entry that cannot become a dataset."""
    if isinstance(error, HostError):
        return error
    text, details = str(error), {"dataset": name}
    if isinstance(error, KeyError) and "credentials" in text:
        return HostError("CREDENTIALS_NOT_FOUND", f'Dataset "{name}": {error.args[0]}', details)
    if "documentation on how to install" in " ".join(text.split()):
        return HostError("DATASET_LIBRARY_MISSING", f'Dataset "{name}": {text}', details)
    if any(isinstance(each, (ModuleNotFoundError,)) for each in _causes(error)):
        return HostError("DATASET_LIBRARY_MISSING", f'Dataset "{name}": {text}', details)
    return HostError("DATASET_INVALID", f'Dataset "{name}": {text}', details)


def run_failure(run, error):
    """The failure that a run ends with, told by where in the run it happened."""
    if isinstance(error, HostError):
        return error
    progress = run.progress
    if progress.node_error is not None and progress.node_error[1] is error:
        return node_failure(progress.node_error[0], error)
    if is_hook_failure(error):
        return HostError("HOOK_FAILED", f"A hook failed: {said(error)}")
    if progress.saving:
        name, (_, node) = next(iter(progress.saving.items()))
        return save_failure(name, error, node)
    current = next((name for name in reversed(progress.started) if name not in progress.durations), None)
    if progress.loading:
        return _with_versions(run, load_failure(next(iter(progress.loading)), error, current))
    if current is not None:
        return node_failure(current, error)
    return HostError("HOST_FAILED", f"The run failed: {said(error)}")


def _with_versions(run, failure):
    """Names the versions there are, where one that was asked for is not."""
    name, catalogs = failure.details.get("dataset"), run.engine.catalogs
    if failure.code != "DATASET_NOT_SAVED_YET" or name not in run.load_versions:
        return failure
    try:
        folder = catalogs.project.path / catalogs.plain_entry(name)["filepath"]
        versions = sorted((each.name for each in folder.iterdir() if (each / folder.name).exists()), reverse=True)
    except Exception:
        return failure
    shown = ", ".join(f'"{version}"' for version in versions[:5]) or "none"
    return HostError(failure.code, f"{failure} Versions there are: {shown}.", failure.details)
