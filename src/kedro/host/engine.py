"""One run at a time: from a request to what the session reports."""
from kedro import __version__ as kedro_version
from kedro.framework.context import KedroContext

from .artifacts import Artifacts
from .attempt import plan_attempt
from .catalog import STORED, Catalogs
from .errors import HostError, run_failure, suggestion
from .given import as_entry_holds, taken
from .params import Parameters
from .plan import Plans
from .prepare import make_catalog, make_ready
from .private import kedro_makes_catalog, show_params
from .report import report
from .runners import Runners
from .watch import Progress, Watch


class Engine:
    def __init__(self, project, folder, runner=None, is_async=False):
        from kedro.framework.project import settings

        self.project, self.folder = project, folder
        self.runners = Runners(runner, is_async)
        self.catalogs = Catalogs(project, self.runners.is_parallel)
        self.plans, self.artifacts, self.parameters = Plans(project), Artifacts(self.catalogs), Parameters(project)
        self.makes_catalog = kedro_makes_catalog(settings.CONTEXT_CLASS, KedroContext) and project.config.is_read_once
        self.watch = Watch()
        project.hooks.register(self.watch)

    def run(self, message, channel):
        """What `report` makes of a run; `channel` takes its events."""
        run = Run(self, message, Progress(channel, message.get("events"), message.get("paced")))
        self.watch.see(run.progress)
        data = taken(message)
        run.plan = self.plans.make(run.request, sorted(data))
        _check_versions(run)
        self.catalogs.fill(run.params)
        show_params(self.project.context, run.params, self.project.config.params)
        self.place(run.plan)
        run.progress.stored = run.plan.stored
        run.data = {name: as_entry_holds(name, value, self.catalogs) for name, value in data.items()}
        run.pipeline, run.skipped = plan_attempt(run)
        try:
            make_catalog(run)
            return self._execute(run)
        except Exception as error:
            failure = run_failure(run, error)
            raise failure from (error if failure is not error else error.__cause__)
        finally:
            self.project.forget_run()

    def place(self, plan):
        """Types do not depend on runtime params: of configuration that is read once, a plan knows them once."""
        if plan.kinds is None or not self.project.config.is_read_once:
            plan.kinds = {name: self.catalogs.kind(name) for name in plan.datasets}
            plan.stored = {name for name, kind in plan.kinds.items() if kind == STORED} - plan.given

    def _execute(self, run):
        hooks, progress = self.project.hooks.hook, run.progress
        about = {"run_params": _record(run), "pipeline": run.plan.pipeline, "catalog": run.catalog}
        hooks.before_pipeline_run(**about)
        names = [node.name for node in (*run.skipped, *run.pipeline.nodes)]
        progress.tell("run-started", runId=run.run_id, saveVersion=run.save_version, nodes=names)
        for node in run.skipped:
            progress.tell("node-skipped", node=node.name)
        try:
            result = self._run_nodes(run)
        except Exception as error:
            failure = run_failure(run, error)
            try:
                hooks.on_pipeline_error(error=failure.__cause__ or error, **about)
            except Exception as second:
                raise failure from second
            raise
        progress.catch_up()
        hooks.after_pipeline_run(run_result=result, **about)
        return report(run)

    def _run_nodes(self, run):
        make_ready(run)
        result = {}
        if run.pipeline.nodes:
            result = self.runners.make().run(run.pipeline, run.catalog, self.project.hooks, run_id=run.run_id)
        run.progress.end()
        if self.runners.is_parallel:  # Its saves are told in other processes.
            made = (name for node in run.pipeline.nodes for name in node.outputs)
            run.progress.saved.update(dict.fromkeys(name for name in made if name in run.progress.stored))
        return result


class Run:
    """What one run has in its hands."""

    def __init__(self, engine, message, progress):
        self.engine, self.message, self.request, self.progress = engine, message, message["request"], progress
        self.run_id, self.save_version, self.resume = message["runId"], message["saveVersion"], message.get("resume")
        self.params = self.request.get("runtimeParams") or {}
        self.load_versions = self.request.get("loadVersions") or {}
        self.plan = self.data = self.pipeline = self.skipped = None
        self.catalog = self.broken = self.parameters = None
        self.hits = []


def _check_versions(run):
    for name, version in run.load_versions.items():
        if name not in run.plan.datasets:
            told = f'loadVersions names "{name}", which the pipeline does not use.{suggestion(name, run.plan.datasets)}'
            raise HostError("DATASET_NOT_IN_PIPELINE", told, {"dataset": name})
        if version in ("", ".", "..") or "/" in version or "\\" in version or "\0" in version:
            told = f'"{version}" cannot be a version of "{name}": it names a folder.'
            raise HostError("VERSION_INVALID", told, {"dataset": name, "version": version})


def _record(run):
    """What Kedro's own sessions say about a run to hooks: the keys of 1.0 to 1.7."""
    request, project = run.request, run.engine.project
    names = request.get("pipelines")
    record = {
        "session_id": run.run_id,
        "run_id": run.run_id,
        "project_path": project.path.as_posix(),
        "env": project.context.env,
        "kedro_version": kedro_version,
        "tags": request.get("tags"),
        "from_nodes": request.get("fromNodes"),
        "to_nodes": request.get("toNodes"),
        "node_names": request.get("nodeNames"),
        "from_inputs": request.get("fromInputs"),
        "to_outputs": request.get("toOutputs"),
        "load_versions": request.get("loadVersions"),
        "runtime_params": run.params,
        "pipeline_names": names,
        "namespaces": request.get("namespaces"),
        "runner": str(run.engine.runners.name),
        "only_missing_outputs": bool(request.get("onlyMissingOutputs")),
    }
    if kedro_version.startswith("1.0."):
        record["pipeline_name"] = names[0] if names else None
    return record
