"""What a project may put in the place of Kedro's own classes."""
from pathlib import Path

from kedro.config import AbstractConfigLoader, MissingConfigException, OmegaConfigLoader
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.framework.session import KedroSession
from kedro.io import DataCatalog

PROJECT = Path(__file__).parents[2]


def stamp():
    return (PROJECT / "stamp.txt").read_text().strip()


class LoaderThatAdds(OmegaConfigLoader):
    """Changes what Kedro's own loader says."""

    def __getitem__(self, key):
        found = super().__getitem__(key)
        if key == "parameters":
            return {**found, "from_loader": sorted(self.runtime_params or {}), "stamped_by_loader": stamp()}
        if key == "catalog":
            return {**found, "made": {**found["made"], "filepath": found["made"]["filepath"] + ".loader"}}
        return found


class LoaderThatKnowsMore(OmegaConfigLoader):
    """Gives params of its own beside the caller's, as a loader for many tenants may."""

    def __init__(self, conf_source, env=None, runtime_params=None, **kwargs):
        more = {"folder": "of the loader", "tenant": "acme", **(runtime_params or {})}
        super().__init__(conf_source, env=env, runtime_params=more, **kwargs)


class LoaderOfItsOwn(AbstractConfigLoader):
    """Reads no YAML at all."""

    def __init__(self, conf_source, env=None, runtime_params=None, **kwargs):
        super().__init__(conf_source, env, runtime_params)
        self.base_env = kwargs["base_env"]

    def __getitem__(self, key):
        if key == "parameters":
            return {"size": 1, "when": stamp(), "by_hand": "no", "where": self.base_env, **self.runtime_params}
        if key == "catalog":
            folder = self.runtime_params.get("folder", "none")
            names = ("made", "doubled", "by_hand")
            return {name: {"type": "json.JSONDataset", "filepath": f"data/own/{folder}/{name}.json"} for name in names}
        raise MissingConfigException(f"there is no {key}")


class ContextWithParams(KedroContext):
    @property
    def params(self):
        return {**super().params, "from_context": self.env or "no env", "stamped_by_context": stamp()}


class ContextWithCatalog(KedroContext):
    def _get_catalog(self, *args, **kwargs):
        catalog = super()._get_catalog(*args, **kwargs)
        catalog["free"] = {"from": "the context"}
        return catalog


class CatalogThatMarks(DataCatalog):
    """Marks what passes through it."""

    def load(self, name, *args, **kwargs):
        data = super().load(name, *args, **kwargs)
        return {**data, "loaded": name} if isinstance(data, dict) and name == "made" else data

    def save(self, name, data):
        super().save(name, {**data, "saved": name} if isinstance(data, dict) else data)


class CatalogThatStores(DataCatalog):
    """What no catalog file names becomes a file and not a value in memory."""

    default_runtime_patterns = {"{default}": {"type": "json.JSONDataset", "filepath": str(PROJECT) + "/data/free/{default}.json"}}


class SessionThatConfigures(KedroSession):
    def load_context(self):
        context = super().load_context()
        context.config_loader["globals"] = {"area": "of the session"}
        return context


class HookThatGivesCredentials:
    @hook_impl
    def after_context_created(self, context):
        context.config_loader["credentials"] = {"vault": {"user": "from the vault"}}


def _service_session():
    from kedro.framework.session.service_session import KedroServiceSession

    return KedroServiceSession


CHOICES = {
    "loader-adds": ("CONFIG_LOADER_CLASS", LoaderThatAdds),
    "loader-knows-more": ("CONFIG_LOADER_CLASS", LoaderThatKnowsMore),
    "loader-own": ("CONFIG_LOADER_CLASS", LoaderOfItsOwn),
    "context-params": ("CONTEXT_CLASS", ContextWithParams),
    "context-catalog": ("CONTEXT_CLASS", ContextWithCatalog),
    "catalog-marks": ("DATA_CATALOG_CLASS", CatalogThatMarks),
    "catalog-stores": ("DATA_CATALOG_CLASS", CatalogThatStores),
    "session": ("SESSION_CLASS", SessionThatConfigures),
}
try:
    CHOICES["session-service"] = ("SESSION_CLASS", _service_session())
except ImportError:
    pass  # Before kedro 1.4.
