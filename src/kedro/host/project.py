"""A Kedro project, opened once: its session (for context and hooks), its configuration and its pipelines."""
import os
import sys
import types
from pathlib import Path

from .errors import HostError, said, suggestion
from .pipelines import load_pipelines

_LOGGING = Path(__file__).parent / "logging.yml"


def open_project(path, env=None, conf_source=None, allowed=()):
    project = Path(path).resolve()
    try:
        import kedro
    except ImportError as error:
        message = f"{sys.executable} has no kedro ({error}); install the project's requirements there, or name another Python."
        raise HostError("KEDRO_NOT_INSTALLED", message, {"python": sys.executable}) from error
    if int(kedro.__version__.split(".")[0]) < 1:
        message = f"{sys.executable} has kedro {kedro.__version__}; 1.0 is the oldest that works here."
        raise HostError("KEDRO_TOO_OLD", message, {"python": sys.executable, "version": kedro.__version__})
    _choose_logging(project)
    metadata = _bootstrap(project)
    return Project(project, metadata, env, conf_source, allowed)


def _choose_logging(project):
    own = [project / "conf" / f"logging.{ending}" for ending in ("yml", "yaml")]
    if not os.environ.get("KEDRO_LOGGING_CONFIG") and not any(file.exists() for file in own):
        os.environ["KEDRO_LOGGING_CONFIG"] = str(_LOGGING)


def _bootstrap(project):
    from kedro.framework.startup import bootstrap_project

    if not (project / "pyproject.toml").is_file():
        message = f"{project} is no Kedro project: it has no pyproject.toml."
        raise HostError("PROJECT_NOT_FOUND", message, {"project": str(project)})
    try:
        metadata = bootstrap_project(project)
    except Exception as error:
        code = "PROJECT_NOT_FOUND" if isinstance(error, RuntimeError) else "PROJECT_SETTINGS_INVALID"
        message = f"{project} cannot be opened as a Kedro project: {said(error)}"
        raise HostError(code, message, {"project": str(project)}) from error
    _plain_console()
    return metadata


# A project's own logging stays as it is, but for the handler that draws for terminals: there is none here, and it costs
# most of what a short run costs.
def _plain_console():
    from kedro.framework.project import LOGGING, configure_logging

    handlers = LOGGING.get("handlers", {})
    rich = [name for name, each in handlers.items() if "rich" in str(each.get("class", "")).lower()]
    if not rich:
        return
    plain = {name: dict(each) for name, each in handlers.items()}
    for name in rich:
        level = {"level": handlers[name]["level"]} if "level" in handlers[name] else {}
        plain[name] = {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", **level}
    configure_logging({**LOGGING, "handlers": plain})


class Project:
    def __init__(self, path, metadata, env, conf_source, allowed):
        import kedro
        from kedro.config import MissingConfigException
        from kedro.framework.project import settings, validate_settings

        from .config import configuration_of
        from .private import hook_manager_of, without_tracing

        self.path, self.package = path, metadata.package_name
        self.facts = {
            "projectName": metadata.project_name,
            "packageName": metadata.package_name,
            "initVersion": metadata.kedro_init_version,
            "version": kedro.__version__,
        }
        try:
            validate_settings()
            with without_tracing():
                session = _session_class(settings).create(project_path=path, env=env, conf_source=conf_source)
        except Exception as error:
            raise HostError("PROJECT_SETTINGS_INVALID", f"The project's settings.py does not load: {said(error)}") from error
        try:
            self.context = session.load_context()
        except MissingConfigException as error:
            raise HostError("CONFIG_ENV_NOT_FOUND", str(error)) from error
        except HostError:
            raise
        except Exception as error:
            raise HostError("PROJECT_SETTINGS_INVALID", f"The project's context does not load: {said(error)}") from error
        self.session = session
        self.hooks = hook_manager_of(session)
        self.env = self.context.env or getattr(self.context.config_loader, "default_run_env", "") or "local"
        self.config = configuration_of(self.context.config_loader, self.new_loader, allowed)
        self.pipelines, self.broken, self.registry_error = load_pipelines(self.package)
        self._plugins = _collections_of(self.hooks, settings.HOOKS)

    def new_loader(self, params):
        from kedro.framework.project import settings

        own = self.context.config_loader
        loader = settings.CONFIG_LOADER_CLASS(
            conf_source=own.conf_source, env=own.env, runtime_params=params, **settings.CONFIG_LOADER_ARGS
        )
        for key, value in own.data.items():  # What a hook has set on the loader it was shown.
            loader[key] = value
        return loader

    def pipeline(self, name):
        if name in self.broken:
            raise HostError("PIPELINE_BROKEN", self.broken[name], {"pipeline": name})
        if name in self.pipelines:
            return self.pipelines[name]
        if self.registry_error is not None:
            message = f'Pipeline "{name}" is unknown, perhaps because the registry failed: {self.registry_error}'
            raise HostError("PIPELINE_BROKEN", message, {"pipeline": name})
        known = [*self.pipelines, *self.broken]
        message = f'The project has no pipeline "{name}".{suggestion(name, known)}'
        raise HostError("PIPELINE_NOT_FOUND", message, {"pipeline": name})

    def forget_run(self):
        """Drops what plugins have collected in a run: to them each run is a process's first, as in `kedro run`."""
        for holder, name, kept in self._plugins:
            now = getattr(holder, name, None)
            if type(now) is type(kept) and len(now) != len(kept):
                setattr(holder, name, type(kept)(kept))


def _session_class(settings):
    try:
        return settings.SESSION_CLASS
    except AttributeError:  # kedro 1.0 has no such setting.
        from kedro.framework.session import KedroSession

        return KedroSession


def _collections_of(hooks, project_hooks):
    own = {id(hook) for hook in project_hooks}
    found = []
    for plugin in hooks.get_plugins():
        if id(plugin) in own or isinstance(plugin, types.ModuleType):
            continue
        for name, value in getattr(plugin, "__dict__", {}).items():
            if type(value) in (list, dict, set):
                found.append((plugin, name, type(value)(value)))
    return found
