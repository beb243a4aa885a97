"""Catalog entries as Kedro can make datasets of them: types found, paths absolute, credentials in place."""
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import urlparse

from kedro.io import MemoryDataset
from kedro.io.core import parse_dataset_definition

from .errors import HostError, suggestion
from .memory import RunMemory


class Definitions:
    def __init__(self, project, is_parallel):
        self._config, self._folder, self._is_parallel = project.config, project.path, is_parallel
        self._classes, self._made = {}, {}

    def class_of(self, said, name):
        """Looked for once, not at each run: Kedro tries a name under several prefixes."""
        known = self._classes.get(said)
        if known is None:
            try:
                known = parse_dataset_definition({"type": said})[0]
            except Exception as error:
                known = _unknown_type(said, error)
            self._classes[said] = known
        if isinstance(known, tuple):
            code, why = known
            raise HostError(code, f'Dataset "{name}": {why}', {"dataset": name, "type": said})
        return known

    def of(self, written):
        """The definition of an entry. Throws what is wrong with it."""
        entry, given = self._config.entry(written), self._config.credentials()
        known = self._made.get(written)
        if known is not None and known[0] is entry and known[1] is given:
            return known[2]
        if not isinstance(entry, dict) or "type" not in entry:
            message = f'Dataset "{written}": its catalog entry has no type; start its key with "_" if it is a template.'
            raise HostError("DATASET_INVALID", message, {"dataset": written})
        made = _with_credentials(absolute_paths(entry, self._folder), *given, written)
        said = made["type"]
        if isinstance(said, str) and "{" not in said:
            found = self.class_of(said, written)
            made["type"] = RunMemory if found is MemoryDataset and not self._is_parallel else found
        self._made[written] = (entry, given, made)
        return made

    def as_hooks_see(self):
        """The whole configuration of the catalog as Kedro shows it: without the entries that cannot be filled."""
        made = {}
        for name in self._config.names():
            try:
                entry = self._config.entry(name)
            except HostError:
                continue
            made[name] = absolute_paths(entry, self._folder) if isinstance(entry, dict) else entry
        return made


def absolute_paths(value, folder):
    """Relative `filepath`, `filename` and `path` texts made absolute, as Kedro's context does."""
    made = {}
    for key, item in value.items():
        if isinstance(item, dict):
            item = absolute_paths(item, folder)
        elif isinstance(item, str) and key in ("filename", "filepath", "path"):
            if PureWindowsPath(item).drive:
                item = PureWindowsPath(item).as_posix()
            elif not urlparse(item).scheme and not PurePosixPath(item).is_absolute():
                item = (folder / item).as_posix()
        made[key] = item
    return made


def _with_credentials(value, credentials, broken, dataset):
    made = {}
    for key, item in value.items():
        if key == "credentials" and isinstance(item, str):
            if item not in credentials:
                why = f" {broken[item]}" if item in broken else suggestion(item, credentials)
                message = f'Dataset "{dataset}" names the credentials "{item}", which are not configured.{why}'
                raise HostError("CREDENTIALS_NOT_FOUND", message, {"dataset": dataset, "credentials": item})
            item = credentials[item]
        elif isinstance(item, dict):
            item = _with_credentials(item, credentials, broken, dataset)
        made[key] = item
    return made


def _unknown_type(said, error):
    text = str(error)
    flat = " ".join(text.split())
    if "see the documentation on how to install" in flat or "depends on" in flat:
        return "DATASET_LIBRARY_MISSING", f'its type "{said}" needs a package that is not installed: {text}'
    return "DATASET_TYPE_UNKNOWN", f'there is no dataset type "{said}": {text}'
