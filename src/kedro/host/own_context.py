"""Catalogs of a project whose own context or config loader makes them: asked for each run, as Kedro does."""
from .errors import HostError, is_hook_failure, said
from .params import is_parameter
from .private import catalog_by_context


def made_by_context(run, pins):
    from kedro.framework.project import settings

    _check_entries(run)
    project, catalogs = run.engine.project, run.engine.catalogs
    context = settings.CONTEXT_CLASS(
        package_name=project.package,
        project_path=project.path,
        config_loader=project.config.loader if hasattr(project.config, "loader") else project.new_loader(run.params),
        env=project.context.env,
        runtime_params=run.params,
        hook_manager=_Hooks(project.hooks, run.request.get("loadVersions")),
    )
    try:
        return catalog_by_context(context, catalogs.catalog_class, run.plan.names, pins, run.save_version)
    except Exception as error:
        if is_hook_failure(error) or isinstance(error, HostError):
            raise
        raise _failure(error) from error


class _Hooks:
    """The project's hooks; of versions to load they hear what the caller has chosen, as in a Kedro run, and not our pins."""

    def __init__(self, manager, load_versions):
        self._manager, self._load_versions = manager, load_versions
        self.hook = self

    def after_catalog_created(self, **told):
        return self._manager.hook.after_catalog_created(**{**told, "load_versions": self._load_versions})

    def __getattr__(self, name):
        found = getattr(self._manager.hook, name, None)
        return getattr(self._manager, name) if found is None else found


def _check_entries(run):
    """Before anything is saved: what a context would use without asking, a path that a param may not choose above all."""
    catalogs = run.engine.catalogs
    for name in run.plan.datasets:
        written = None if name in run.plan.given or is_parameter(name) else catalogs.written(name)
        if written is None:
            continue
        try:
            entry = run.engine.project.config.entry(written)
        except HostError as error:
            if error.code == "PARAM_NOT_ALLOWED":
                raise
            continue  # The context may know better.
        said = entry.get("type") if isinstance(entry, dict) else None
        if isinstance(said, str) and "{" not in said:
            catalogs.definitions.class_of(said, name)


def _failure(error):
    text, code = str(error), "CONFIG_UNRESOLVED"
    if any(each.__name__ == "ParameterValidationError" for each in type(error).__mro__):
        return HostError("REQUEST_INVALID", f"The parameters do not fit their types: {error}")
    if "credentials" in text:
        code = "CREDENTIALS_NOT_FOUND"
    elif "Runtime parameter" in text:
        code = "PARAM_MISSING"
    return HostError(code, f"The project's context cannot make its catalog: {said(error)}")
