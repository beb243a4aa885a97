"""Catalogs for runs: datasets of the project as Kedro makes them.

Invariants:
1. A catalog belongs to one run. What is shared between runs is never changed: types, static definitions, artifacts.
2. An entry that cannot become a dataset is kept out, with its error, and fails only the runs that need it.
"""
from kedro.io import CatalogConfigResolver, DataCatalog

from .definitions import Definitions
from .errors import HostError, definition_failure, suggestion
from .params import is_parameter
from .private import is_ephemeral

MEMORY, STORED, PARAMETER = "memory", "stored", "parameter"


class Catalogs:
    def __init__(self, project, is_parallel=False):
        from kedro.framework.project import settings
        from kedro.io import SharedMemoryDataCatalog

        self.project, self._config = project, project.config
        self.definitions = Definitions(project, is_parallel)
        self.catalog_class = SharedMemoryDataCatalog if is_parallel else _as_kedro_makes(settings.DATA_CATALOG_CLASS)
        patterns = getattr(self.catalog_class, "default_runtime_patterns", DataCatalog.default_runtime_patterns)
        self.has_own_patterns = not is_parallel and patterns != DataCatalog.default_runtime_patterns
        self._unwritten = CatalogConfigResolver({}, None, patterns) if self.has_own_patterns else None
        self._validates = bool(getattr(settings, "DATASET_VALIDATION", True))
        self._index(self._config.names() if self._config.is_read_once else [])

    def _index(self, names):
        self._names = names
        self._patterns = [name for name in names if "{" in name]
        self.exact = set(names) - set(self._patterns)
        self._matcher = CatalogConfigResolver(
            {name: {"type": "MemoryDataset"} for name in self._patterns}, None, DataCatalog.default_runtime_patterns
        )
        self._written = {}

    def fill(self, params):
        """Configuration as the next run sees it."""
        self._config.fill(params)
        if not self._config.is_read_once and self._config.names() != self._names:
            self._index(self._config.names())

    def written(self, name):
        """The catalog's key for a dataset: its own name or a pattern; None when it has none."""
        if name not in self._written:
            found = name if name in self.exact else None
            if found is None and self._patterns:
                match = self._matcher.match_dataset_pattern(name) or self._matcher.match_user_catch_all_pattern(name)
                found = match or None
            self._written[name] = found
        return self._written[name]

    def type_of(self, name):
        """The type as the catalog says it."""
        written = self.written(name)
        raw = self._config.raw(written) if written is not None else self._unwritten_entry(name)
        return str(raw.get("type", "")) if isinstance(raw, dict) else ""

    def _unwritten_entry(self, name):
        """What the catalog class makes of a name that no entry has."""
        found = self._unwritten.resolve_pattern(name) if self._unwritten is not None else {}
        return found or {"type": "MemoryDataset"}

    def kind(self, name):
        if is_parameter(name):
            return PARAMETER
        said = self.type_of(name)
        if said.rsplit(".", 1)[-1] in ("MemoryDataset", "SharedMemoryDataset"):
            return MEMORY
        try:
            return MEMORY if is_ephemeral(self.definitions.class_of(said, name)) else STORED
        except HostError:
            return STORED

    def build(self, given=(), load_versions=None, save_version=None):
        """A catalog for one run, and the errors of entries that could not be part of it."""
        definitions, broken = {}, {}
        for written in self._names:
            if written in given:
                continue
            try:
                definitions[written] = self.definitions.of(written)
            except HostError as error:
                broken[written] = error
        try:
            catalog = self._make(definitions, broken, load_versions, save_version)
        except Exception:
            # One bad entry (a factory with an unknown placeholder, say) makes Kedro refuse the whole catalog.
            broken.update(self._culprits(definitions))
            definitions = {name: each for name, each in definitions.items() if name not in broken}
            catalog = self._make(definitions, broken, load_versions, save_version)
        if hasattr(catalog, "validation_enabled"):
            catalog.validation_enabled = self._validates
        return catalog, broken

    def _make(self, definitions, broken, load_versions, save_version):
        known = {name: version for name, version in (load_versions or {}).items() if self.written(name) not in broken}
        return self.catalog_class.from_config(
            catalog=definitions, credentials={}, load_versions=known, save_version=save_version
        )

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

    def plain_entry(self, name):
        """An entry as its catalog says it, filled: paths relative, a factory's placeholders in place."""
        written = self.written(name)
        if written is None:
            return self._unwritten_entry(name)
        entry = self._config.entry(written)
        if written == name or not isinstance(entry, dict):
            return entry
        resolver = CatalogConfigResolver({written: entry}, None, DataCatalog.default_runtime_patterns)
        return resolver.resolve_pattern(name)

    def not_found(self, name):
        message = f'The catalog has no dataset "{name}".{suggestion(name, self.exact)}'
        return HostError("DATASET_NOT_FOUND", message, {"dataset": name})


def _as_kedro_makes(catalog_class):
    if catalog_class is not DataCatalog:
        return catalog_class
    try:
        from kedro.framework.context import CatalogCommandsMixin
    except ImportError:
        return catalog_class
    return type("DataCatalogWithCatalogCommandsMixin", (catalog_class, CatalogCommandsMixin), {})
