"""Every private name of Kedro that the host touches, in one place. Tested against kedro 1.0, 1.4 and 1.7.

| name                                        | why                                                                                  |
| `KedroSession._hook_manager`                | hooks must be the ones that Kedro registered, and no public name gives them          |
| `AbstractDataset._EPHEMERAL`                | whether a value outlives the run; Kedro's own runner asks the same                   |
| `AbstractDataset._init_args`                | what a dataset was made with; the host's own in-memory datasets have none             |
| `OmegaConfigLoader._runtime_params_oc`      | its cache of runtime params: a hook that reads configuration must see this run's     |
| `KedroContext._runtime_params`              | the same, for a hook that reads `context.params`                                     |
| `KedroContext._validated_params_cache`      | the same; kedro 1.1 and later                                                        |
| `KedroContext._get_catalog`                 | only for projects whose own context or loader class overrides how the catalog is made |
| `KedroContext._pipelines_to_validate`       | with the above: which pipelines' parameters to check                                 |
| `KedroContext._get_parameters`, `_get_config_credentials`, `_get_validated_params` | compared by name only, to see whether a project overrides them |
| `AbstractVersionedDataset._get_save_path`   | where a dataset saves: Kedro's word for authors of datasets, here to save beside the place |
| `PluginManager.enable_tracing`              | pluggy's, public, replaced while Kedro makes its hook manager: Kedro traces each call of a hook for nobody, 13 % of a short run |
"""
import logging
from contextlib import contextmanager

from pluggy import PluginManager


def hook_manager_of(session):
    return session._hook_manager


def is_ephemeral(dataset):
    return bool(getattr(dataset, "_EPHEMERAL", False))


def show_params(context, params, loader_params):
    """Lets hooks that kept the context see the params of the current run."""
    loader = context.config_loader
    loader.runtime_params = loader_params
    if getattr(loader, "_runtime_params_oc", None) is not None:
        loader._runtime_params_oc = None
    context._runtime_params = params
    if getattr(context, "_validated_params_cache", None) is not None:
        context._validated_params_cache = None


def kedro_makes_catalog(context_class, base_class):
    names = ("_get_catalog", "_get_parameters", "_get_config_credentials", "_get_validated_params", "params", "catalog")
    return all(getattr(context_class, name, None) is getattr(base_class, name, None) for name in names)


def catalog_by_context(context, catalog_class, names, load_versions, save_version):
    if "__default__" not in names:
        context._pipelines_to_validate = list(names)
    return context._get_catalog(
        catalog_class=catalog_class, save_version=save_version, load_versions=load_versions
    )


def save_path_of(dataset):
    return dataset._get_save_path()


@contextmanager
def save_to(dataset, path):
    """Meanwhile the dataset saves to that path."""
    dataset._get_save_path = lambda: path
    try:
        yield
    finally:
        del dataset._get_save_path


@contextmanager
def without_tracing():
    """Meanwhile hook managers are made without tracing, unless somebody would read it."""
    own = PluginManager.enable_tracing
    if not logging.getLogger("kedro.framework.hooks.manager").isEnabledFor(logging.DEBUG):
        PluginManager.enable_tracing = lambda _manager: None
    try:
        yield
    finally:
        PluginManager.enable_tracing = own
