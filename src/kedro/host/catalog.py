"""Catalogs for runs: datasets of the project as Kedro makes them, and values of a run in memory.

Invariants:
1. A catalog belongs to one run. What is shared between runs is never changed: types, static definitions, artifacts.
2. An entry that cannot become a dataset is kept out, with its error, and fails only the runs that need it.
3. A file of a kedro-datasets type is written beside its place and moved there whole.
"""
import copy
import os
import shutil
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlparse

from kedro.io import AbstractVersionedDataset, CatalogConfigResolver, DataCatalog, MemoryDataset
from kedro.io.core import DatasetError, parse_dataset_definition

from .config import absolute_paths
from .errors import HostError, definition_failure, suggestion
from .private import is_ephemeral

_EMPTY = object()
MEMORY, STORED, PARAMETER = "memory", "stored", "parameter"


def copy_mode_of(value):
    """As Kedro's MemoryDataset decides it, but looking only at libraries that are imported: a value of another cannot be."""
    pd, np, ibis = sys.modules.get("pandas"), sys.modules.get("numpy"), sys.modules.get("ibis")
    if (pd is not None and isinstance(value, pd.DataFrame)) or (np is not None and isinstance(value, np.ndarray)):
        return "copy"
    if type(value).__name__ == "DataFrame" or (ibis is not None and isinstance(value, ibis.Table)):
        return "assign"
    return "deepcopy"


def _copied(value, mode):
    mode = mode or copy_mode_of(value)
    if mode == "assign" or value is None or type(value) in (int, float, str, bool):
        return value
    if mode == "copy":
        return value.copy()
    if mode == "deepcopy":
        return copy.deepcopy(value)
    raise DatasetError(f"Invalid copy mode: {mode}. Possible values are: deepcopy, copy, assign.")


class RunMemory(MemoryDataset):
    """Kedro's MemoryDataset for one run: the same copies, without its imports and descriptions at each load and save.

    None is a value here, as null is in JSON. `kept` values are not released when the last node has read them.
    """

    _EPHEMERAL = True
    _init_args = {}

    def _exists(self):
        return self._value is not _EMPTY

    def _describe(self):
        return {"data": None if self._value is _EMPTY else f"<{type(self._value).__name__}>"}

    def peek(self):
        if self._value is _EMPTY:
            raise DatasetError("Data for MemoryDataset has not been saved yet.")
        return self._value


def _init(self, data=_EMPTY, copy_mode=None, metadata=None, kept=False, sealed=False):
    self._value = data
    self._mode = copy_mode
    self._kept = kept
    self._sealed = sealed
    self.metadata = metadata


def _load(self):
    return _copied(self.peek(), self._mode)


def _save(self, data):
    # What a node makes of injected data is dropped.
    if not self._sealed:
        self._value = _copied(data, self._mode)


def _release(self):
    if not self._kept and not self._sealed:
        self._value = _EMPTY


# Set afterwards: AbstractDataset wraps what a class body defines in code that inspects or describes at each call.
RunMemory.__init__, RunMemory.load, RunMemory.save, RunMemory.release = _init, _load, _save, _release
RunMemory.__name__ = "MemoryDataset"


class ArtifactDataset(RunMemory):
    """A preloaded value, handed out so that no node can change it for the next run; see `handed_out`."""


def _load_artifact(self):
    return handed_out(self.peek())


ArtifactDataset.__init__, ArtifactDataset.load = _init, _load_artifact
ArtifactDataset.save, ArtifactDataset.release = _save, _release
ArtifactDataset.__name__ = "MemoryDataset"


def handed_out(value):
    """Plain containers are copied all the way down, frames and arrays by their `copy()`; anything else (a model, say) is
    shared: a copy of an estimator may cost seconds, and only its author knows what a copy is."""
    kind = type(value)
    if kind is dict:
        return {handed_out(key): handed_out(item) for key, item in value.items()}
    if kind in (list, tuple, set):
        return kind(handed_out(item) for item in value)
    if kind is bytearray:
        return bytearray(value)
    pd, np = sys.modules.get("pandas"), sys.modules.get("numpy")
    if pd is not None and isinstance(value, (pd.DataFrame, pd.Series)):
        return value.copy()
    if np is not None and isinstance(value, np.ndarray):
        return value.copy()
    return value


class Catalogs:
    """Makes the catalog of each run."""

    def __init__(self, project, is_parallel=False):
        from kedro.framework.project import settings
        from kedro.io import SharedMemoryDataCatalog

        self.project, self.is_parallel = project, is_parallel
        self._config = project.config
        self._classes = {}
        self._made = {}
        self.catalog_class = SharedMemoryDataCatalog if is_parallel else _kedros(settings.DATA_CATALOG_CLASS)
        self._validates = bool(getattr(settings, "DATASET_VALIDATION", True))
        names = self._config.catalog_names()
        self._names = names if names is not None else []
        self._index(self._names)

    def _index(self, names):
        self.patterns = [name for name in names if "{" in name]
        self.exact = set(names) - set(self.patterns)
        self._matcher = CatalogConfigResolver(
            {name: {"type": "MemoryDataset"} for name in self.patterns}, None, DataCatalog.default_runtime_patterns
        )
        self._written = {}

    def view(self, params):
        """Configuration for one run."""
        view = self._config.fill(params)
        if not self._config.is_read_once and view.names() != self._names:
            self._names = view.names()
            self._index(self._names)
        return view

    def written(self, name):
        """The catalog's key for a dataset: its own name or a pattern; None when it has none."""
        if name not in self._written:
            found = name if name in self.exact else None
            if found is None and self.patterns:
                match = self._matcher.match_dataset_pattern(name) or self._matcher.match_user_catch_all_pattern(name)
                found = match or None
            self._written[name] = found
        return self._written[name]

    def type_of(self, name, view):
        """The type as the catalog says it."""
        written = self.written(name)
        if written is None:
            return "MemoryDataset"
        raw = self._raw(written, view)
        return str(raw.get("type", "")) if isinstance(raw, dict) else ""

    def _raw(self, written, view):
        return self._config.raw_entry(written) if self._config.is_read_once else view.entry(written)

    def kind(self, name, view):
        if name == "parameters" or name.startswith("params:"):
            return PARAMETER
        if self.written(name) is None:
            return MEMORY
        said = self.type_of(name, view)
        if said.rsplit(".", 1)[-1] in ("MemoryDataset", "SharedMemoryDataset"):
            return MEMORY
        try:
            found = self.class_of(said, name)
        except HostError:
            return STORED
        return MEMORY if is_ephemeral(found) else STORED

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

    def definition(self, written, view):
        """An entry that Kedro can make a dataset of: paths absolute, credentials in place, its type a class."""
        entry = view.entry(written)
        all_credentials = view.credentials()
        known = self._made.get(written)
        if known is not None and known[0] is entry and known[1] is all_credentials:
            return known[2]
        if not isinstance(entry, dict) or "type" not in entry:
            message = f'Dataset "{written}": its catalog entry has no type; start its key with "_" if it is a template.'
            raise HostError("DATASET_INVALID", message, {"dataset": written})
        made = absolute_paths(entry, self.project.path)
        credentials, broken = all_credentials
        made = _with_credentials(made, credentials, broken, written)
        said = made["type"]
        if isinstance(said, str) and "{" not in said:
            found = self.class_of(said, written)
            made["type"] = RunMemory if found is MemoryDataset and not self.is_parallel else found
        self._made[written] = (entry, all_credentials, made)
        return made

    def build(self, view, given=(), load_versions=None, save_version=None):
        """A catalog for one run, and the errors of entries that could not be part of it."""
        definitions, broken = {}, {}
        for written in self._names:
            if written in given:
                continue
            try:
                definitions[written] = self.definition(written, view)
            except HostError as error:
                broken[written] = error
        known = {name: version for name, version in (load_versions or {}).items() if self.written(name) not in broken}
        try:
            catalog = self.catalog_class.from_config(
                catalog=definitions, credentials={}, load_versions=known, save_version=save_version
            )
        except Exception:
            broken.update(self._culprits(definitions))
            definitions = {name: each for name, each in definitions.items() if name not in broken}
            known = {name: version for name, version in known.items() if self.written(name) not in broken}
            catalog = self.catalog_class.from_config(
                catalog=definitions, credentials={}, load_versions=known, save_version=save_version
            )
        if hasattr(catalog, "validation_enabled"):
            catalog.validation_enabled = self._validates
        return catalog, broken

    # One bad entry (a factory with an unknown placeholder, say) makes Kedro refuse the whole catalog.
    def _culprits(self, definitions):
        found = {}
        for name, definition in definitions.items():
            try:
                self.catalog_class.from_config(catalog={name: definition}, credentials={})
            except Exception as error:
                found[name] = definition_failure(name, error)
        return found

    def materialise(self, catalog, name, broken):
        """The dataset, made now. Throws what is wrong with its entry."""
        written = self.written(name)
        if written in broken:
            raise broken[written]
        try:
            return catalog.get(name, fallback_to_runtime_pattern=True)
        except Exception as error:
            raise definition_failure(name, error) from error

    def plain_entry(self, name, view):
        """An entry as its catalog says it, filled: paths relative, a factory's placeholders in place."""
        written = self.written(name)
        entry = view.entry(written)
        if written == name or not isinstance(entry, dict):
            return entry
        resolver = CatalogConfigResolver({written: entry}, None, DataCatalog.default_runtime_patterns)
        return resolver.resolve_pattern(name)

    def not_found(self, name):
        message = f'The catalog has no dataset "{name}".{suggestion(name, self.exact)}'
        return HostError("DATASET_NOT_FOUND", message, {"dataset": name})


def _kedros(catalog_class):
    if catalog_class is not DataCatalog:
        return catalog_class
    try:
        from kedro.framework.context import CatalogCommandsMixin
    except ImportError:
        return catalog_class
    return type("DataCatalogWithCatalogCommandsMixin", (catalog_class, CatalogCommandsMixin), {})


def _unknown_type(said, error):
    text = str(error)
    flat = " ".join(text.split())
    if "see the documentation on how to install" in flat or "depends on" in flat:
        return "DATASET_LIBRARY_MISSING", f'its type "{said}" needs a package that is not installed: {text}'
    return "DATASET_TYPE_UNKNOWN", f'there is no dataset type "{said}": {text}'


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


def library_of(definition_type):
    """The library whose tables a dataset type holds: `pandas`, `polars` or None."""
    module = getattr(definition_type, "__module__", "")
    for library in ("pandas", "polars"):
        if module.startswith(f"kedro_datasets.{library}."):
            return library
    return None


def version_of(dataset, versions):
    return versions if isinstance(dataset, AbstractVersionedDataset) else None


def local_file(definition):
    """The path of an entry that is one local file; None for anything else."""
    path = definition.get("filepath")
    if not isinstance(path, str) or urlparse(path).scheme not in ("", "file"):
        return None
    return path.removeprefix("file://")


def save_whole(dataset, definition, version):
    """Lets a dataset of kedro-datasets write beside its place and moves the file there whole.

    Left as Kedro does it: types of the project's own, remote places, appending, a target that is a folder.
    """
    target = local_file(definition)
    if target is None or not type(dataset).__module__.startswith("kedro_datasets."):
        return
    if not isinstance(dataset, AbstractVersionedDataset) or _appends(definition):
        return
    direct = dataset.save

    def save(data):
        place = Path(target) / version / Path(target).name if version is not None else Path(target)
        if place.is_dir() or (version is not None and place.exists()):
            direct(data)  # Kedro says why not.
            return
        if version is not None and Path(target).is_file():
            direct(data)
            return
        folder = _folder_beside(place)
        try:
            beside = {key: item for key, item in definition.items() if key != "versioned"}
            beside["filepath"] = str(folder / place.name)
            type(dataset).from_config(place.name, {**beside, "type": type(dataset)}).save(data)
            for made in folder.iterdir():
                _place(made, place.parent / made.name, is_new=version is not None)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            if version is not None and not place.exists():
                _remove_empty(place.parent)

    dataset.save = save


def _folder_beside(place):
    place.parent.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=f".{place.name[:40]}.", suffix=".tmp", dir=place.parent))


def _place(made, target, is_new):
    if made.is_file():
        handle = os.open(made, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    if is_new and made.is_file():
        try:
            os.link(made, target)
            return
        except FileExistsError as error:
            text = f"Save path '{target}' must not exist if versioning is enabled."
            raise DatasetError(text) from error
        except OSError:
            pass  # A file system without hard links.
    os.replace(made, target)


def _remove_empty(folder):
    try:
        folder.rmdir()
    except OSError:
        pass


def _appends(definition):
    modes = [
        (definition.get("save_args") or {}).get("mode", ""),
        ((definition.get("fs_args") or {}).get("open_args_save") or {}).get("mode", ""),
    ]
    return any("a" in str(mode) or "+" in str(mode) for mode in modes)
