"""One run at a time: from a request to what the session reports."""
import shutil
import time
from pathlib import Path

from kedro import __version__ as kedro_version
from kedro.framework.hooks import hook_impl
from kedro.io import AbstractVersionedDataset
from kedro.io.core import Version

from . import values
from .artifacts import Artifacts
from .catalog import MEMORY, PARAMETER, STORED, ArtifactDataset, Catalogs, RunMemory, library_of, local_file, save_whole
from .config import parameter_not_found
from .errors import HostError, is_hook_failure, load_failure, node_failure, said, save_failure
from .plan import Plans, check_inputs, still_to_run
from .private import catalog_by_context, kedro_makes_catalog, show_params


class Watch:
    """Hooks of the host itself: what happens in a run, told as it happens; and where a cancel takes hold."""

    def __init__(self):
        self.run = None

    @hook_impl(tryfirst=True)
    def before_dataset_loaded(self, dataset_name, node):
        run = self.run
        run.go_on()
        run.start_node(node)
        run.loading[dataset_name] = time.perf_counter()

    @hook_impl(trylast=True)
    def after_dataset_loaded(self, dataset_name, node):
        run = self.run
        started = run.loading.pop(dataset_name, None)
        if started is not None and run.kinds.get(dataset_name) == STORED and dataset_name not in run.plan.given:
            run.tell_timed("dataset-loaded", "dataset", dataset_name, started)

    @hook_impl(tryfirst=True)
    def before_node_run(self, node):
        run = self.run
        run.go_on()
        run.start_node(node)

    @hook_impl(trylast=True)
    def after_node_run(self, node):
        if not node.outputs:
            self.run.finish_node(node)

    @hook_impl(tryfirst=True)
    def on_node_error(self, error, node):
        self.run.node_error = (node.name, error)

    @hook_impl(tryfirst=True)
    def before_dataset_saved(self, dataset_name, node):
        run = self.run
        run.go_on()
        run.saving[dataset_name] = (time.perf_counter(), node.name)

    @hook_impl(trylast=True)
    def after_dataset_saved(self, dataset_name, data, node):
        run = self.run
        started, _ = run.saving.pop(dataset_name)
        if dataset_name in run.asked:
            run.asked[dataset_name] = data
        if run.kinds.get(dataset_name) == STORED and dataset_name not in run.plan.given:
            run.saved[dataset_name] = None
            run.tell_timed("dataset-saved", "dataset", dataset_name, started)
        left = run.left[node.name]
        left.discard(dataset_name)
        if not left and not run.streams(node):
            run.finish_node(node)


_UNSET = object()


class Run:
    """What one run has in its hands."""

    def __init__(self, engine, message, tell):
        self.engine, self.request, self.message = engine, message["request"], message
        self.events, self.paced, self._tell = message.get("events", False), message.get("paced", False), tell
        self.run_id, self.save_version = message["runId"], message["saveVersion"]
        self.resume = message.get("resume")
        self.loading, self.saving, self.left = {}, {}, {}
        self.started, self.durations, self.finished, self.saved = {}, {}, set(), {}
        self.node_error, self.asked, self.kinds, self.hits = None, {}, {}, []
        self.plan = None
        self.cancelled = False

    def go_on(self):
        if self.cancelled:
            raise KeyboardInterrupt

    def tell(self, event):
        if self.events:
            self._tell(event)

    def tell_timed(self, kind, about, name, started):
        if self.events:
            took = (time.perf_counter() - started) * 1000
            self._tell({"type": kind, "at": _now(), about: name, "durationMs": took})

    def start_node(self, node):
        if node.name in self.started:
            return
        for name in [name for name in self.started if name not in self.finished and self.streams_named(name)]:
            self.finish(name)
        self.started[node.name] = time.perf_counter()
        self.left[node.name] = set(node.outputs)
        self.tell({"type": "node-started", "at": _now(), "node": node.name})

    # A generator's node saves its outputs piece by piece; its end shows when the next begins, or the run ends.
    def streams(self, node):
        import inspect

        return inspect.isgeneratorfunction(node.func)

    def streams_named(self, name):
        return self.streams(self.engine.nodes_by_name[name])

    def saved_elsewhere(self, pipeline):
        for node in pipeline.nodes:
            for name in node.outputs:
                if self.kinds.get(name) == STORED and name not in self.plan.given:
                    self.saved[name] = None

    def finish_node(self, node):
        self.finish(node.name)

    def finish(self, name):
        if name in self.finished:
            return
        self.finished.add(name)
        self.durations[name] = (time.perf_counter() - self.started[name]) * 1000
        self.tell({"type": "node-finished", "at": _now(), "node": name, "durationMs": self.durations[name]})
        if self.paced:
            self.engine.wait_for_word()
        self.go_on()


def _now():
    return int(time.time() * 1000)


class Engine:
    def __init__(self, project, folder, runner=None, is_async=False):
        from kedro.framework.context import KedroContext
        from kedro.framework.project import settings

        self.project, self.folder = project, folder
        self._runner_class = _runner_class(runner)
        # Its nodes run in other processes: what they share, release and tell of is Kedro's own there.
        self.is_parallel = _is_parallel(self._runner_class)
        self.catalogs = Catalogs(project, self.is_parallel)
        self.plans = Plans(project)
        self.artifacts = Artifacts(self.catalogs)
        self.watch = Watch()
        project.hooks.register(self.watch)
        self._runner_name, self._is_async = runner, is_async
        self._is_plain = kedro_makes_catalog(settings.CONTEXT_CLASS, KedroContext)
        self.nodes_by_name = {}
        self.wait_for_word = lambda: None
        self._validators = {}

    # -- a run

    def run(self, message, attached, tell):
        run = self.watch.run = Run(self, message, tell)
        request = run.request
        params = request.get("runtimeParams") or {}
        data = self._injected(message, attached)
        show_params(self.project.context, params)
        run.plan = plan = self.plans.make(request, sorted(data))
        self._check_versions(plan, request)
        view = self.catalogs.view(params)
        run.kinds = self._kinds(plan, view)
        data = {name: self._as_table(name, value, view) for name, value in data.items()}
        pipeline, skipped = self._attempt(run, plan, view, data)
        self.nodes_by_name = {node.name: node for node in pipeline.nodes}
        catalog, broken, parameters = self._catalog(run, pipeline, view, data)
        try:
            return self._execute(run, pipeline, skipped, catalog, broken, view, parameters)
        finally:
            self.project.forget_run()

    def _execute(self, run, pipeline, skipped, catalog, broken, view, parameters):
        plan, hooks = run.plan, self.project.hooks.hook
        record = self._record(run)
        try:
            hooks.before_pipeline_run(run_params=record, pipeline=plan.pipeline, catalog=catalog)
        except Exception as error:
            raise _failure(run, error) from error
        everything = [*skipped, *pipeline.nodes]
        run.tell({
            "type": "run-started",
            "at": _now(),
            "runId": run.run_id,
            "saveVersion": run.save_version,
            "nodes": [node.name for node in everything],
        })
        for node in skipped:
            run.tell({"type": "node-skipped", "at": _now(), "node": node.name})
        try:
            self._ready(run, pipeline, catalog, broken, view, parameters)
            result = {}
            if pipeline.nodes:
                result = self._runner().run(pipeline, catalog, self.project.hooks, run_id=run.run_id)
            for name in list(run.started):
                run.finish(name)
            if self.is_parallel:
                run.saved_elsewhere(pipeline)
        except Exception as error:
            failure = _failure(run, error)
            cause = error.__cause__ if isinstance(error, HostError) and error.__cause__ is not None else error
            try:
                hooks.on_pipeline_error(error=cause, run_params=record, pipeline=plan.pipeline, catalog=catalog)
            except Exception as second:
                raise failure from second
            raise failure from (error if failure is not error else error.__cause__)
        try:
            hooks.after_pipeline_run(run_params=record, run_result=result, pipeline=plan.pipeline, catalog=catalog)
        except Exception as error:
            raise _failure(run, error) from error
        return self._report(run, pipeline, skipped, catalog, view)

    def _runner(self):
        try:
            return self._runner_class(is_async=self._is_async)
        except TypeError:
            return self._runner_class()

    def _record(self, run):
        """What Kedro's own sessions say about a run to hooks: the keys of 1.0 to 1.7."""
        request = run.request
        names = request.get("pipelines")
        record = {
            "session_id": run.run_id,
            "run_id": run.run_id,
            "project_path": self.project.path.as_posix(),
            "env": self.project.context.env,
            "kedro_version": kedro_version,
            "tags": request.get("tags"),
            "from_nodes": request.get("fromNodes"),
            "to_nodes": request.get("toNodes"),
            "node_names": request.get("nodeNames"),
            "from_inputs": request.get("fromInputs"),
            "to_outputs": request.get("toOutputs"),
            "load_versions": request.get("loadVersions"),
            "runtime_params": request.get("runtimeParams") or {},
            "pipeline_names": names,
            "namespaces": request.get("namespaces"),
            "runner": str(self._runner_name),
            "only_missing_outputs": bool(request.get("onlyMissingOutputs")),
        }
        if kedro_version.startswith("1.0."):
            record["pipeline_name"] = names[0] if names else None
        return record

    # -- what a run is made of

    def _kinds(self, plan, view):
        """Where each dataset lives. Types do not depend on runtime params, so a plan knows it once."""
        if plan.kinds is not None:
            return plan.kinds
        kinds = {name: self.catalogs.kind(name, view) for name in _names_of(plan.pipeline, plan.outputs)}
        if self.project.config.is_read_once:
            plan.kinds = kinds
        return kinds

    def _injected(self, message, attached):
        data = dict(message["request"].get("runtimeData") or {})
        for name, live in (message.get("data") or {}).items():
            if name in data:
                told = f'"{name}" is given twice, in runtimeData and in live.data.'
                raise HostError("REQUEST_INVALID", told, {"dataset": name})
            data[name] = _Arrow(values.attached(live["arrow"], attached)) if "arrow" in live else live["json"]
        return data

    def _as_table(self, name, value, view):
        said = self.catalogs.type_of(name, view) if self.catalogs.written(name) is not None else None
        library = None
        if said is not None:
            try:
                library = library_of(self.catalogs.class_of(said, name))
            except HostError:
                pass  # The entry cannot be used, and need not be: its data is given.
        try:
            if isinstance(value, _Arrow):
                return values.from_arrow(value.data, library or _any_library())
            if library is not None and values.is_rows(value):
                return values.from_rows(value, library)
        except Exception as error:
            told = f'The data given for "{name}" cannot become a table: {said(error)}'
            raise HostError("REQUEST_INVALID", told, {"dataset": name}) from error
        return value

    def _check_versions(self, plan, request):
        versions = request.get("loadVersions") or {}
        known = _names_of(plan.pipeline, plan.outputs)
        for name, version in versions.items():
            if name not in known:
                from .errors import suggestion

                told = f'loadVersions names "{name}", which the pipeline does not use.{suggestion(name, known)}'
                raise HostError("DATASET_NOT_IN_PIPELINE", told, {"dataset": name})
            if version in ("", ".", "..") or "/" in version or "\\" in version or "\0" in version:
                told = f'"{version}" cannot be a version of "{name}": it names a folder.'
                raise HostError("VERSION_INVALID", told, {"dataset": name, "version": version})

    def _attempt(self, run, plan, view, data):
        """What is left to do; see `planAttempt` of the native engine."""
        only_missing = bool(run.request.get("onlyMissingOutputs"))
        before = run.resume
        if before is not None:
            run.saved = dict.fromkeys(before.get("saved", ()))
        if not only_missing and not (before and (before.get("done") or before.get("saved"))):
            return plan.pipeline, []
        catalog, broken = self.catalogs.build(view, data, run.request.get("loadVersions"), run.save_version)
        there = {}

        def is_there(name):
            if name not in there:
                there[name] = self._is_there(run, catalog, broken, name, only_missing)
            return there[name]

        def is_done(node):
            stored = [name for name in node.outputs if run.kinds.get(name) == STORED and name not in data]
            if not all(is_there(name) for name in stored):
                return False
            # On a retry, outputs that are all saved tell too: the last heartbeat may have come before the node's end.
            return bool(node.outputs) if only_missing else bool(stored) or node.name in before["done"]

        return still_to_run(plan, is_done, lambda name: run.kinds.get(name) == STORED and is_there(name))

    def _is_there(self, run, catalog, broken, name, only_missing):
        dataset = self.catalogs.materialise(catalog, name, broken)
        if only_missing:
            return catalog.exists(name)
        if name not in run.saved:
            return False
        if isinstance(dataset, AbstractVersionedDataset) and dataset.resolve_save_version() is not None:
            version = Version(run.save_version, run.save_version)
            return catalog.get(name, version=version).exists()
        return dataset.exists()

    def _catalog(self, run, pipeline, view, data):
        request, hooks = run.request, self.project.hooks.hook
        asked = request.get("loadVersions")
        made = {name for node in pipeline.nodes for name in node.outputs}
        own = [name for name in {*made, *run.saved} if run.kinds.get(name) == STORED and self.catalogs.written(name)]
        pins = {**{name: run.save_version for name in own if name not in data}, **(asked or {})}
        if not self._is_plain or not self.project.config.is_read_once:
            catalog, parameters, broken = self._by_context(run, view, pins)
        else:
            catalog, broken = self.catalogs.build(view, data, pins, run.save_version)
            parameters = self._parameters(run, view, catalog)
        for name, value in data.items():
            catalog[name] = value if self.is_parallel else RunMemory(value, kept=True, sealed=True)
        if self._is_plain and self.project.config.is_read_once and hooks.after_catalog_created.get_hookimpls():
            try:
                hooks.after_catalog_created(
                    catalog=catalog,
                    conf_catalog=self._conf_catalog(view),
                    conf_creds=view.credentials()[0],
                    parameters=_copied(parameters) if isinstance(parameters, dict) else {},
                    save_version=run.save_version,
                    load_versions=asked,
                )
            except Exception as error:
                raise _failure(run, error) from error
        return catalog, broken, parameters

    def _by_context(self, run, view, pins):
        """A project whose own context makes its catalog: asked for each run, as Kedro does."""
        from kedro.framework.project import settings

        own = self.project.context
        params = run.request.get("runtimeParams") or {}
        loader = view.loader if hasattr(view, "loader") else self.project.new_loader(params)
        context = settings.CONTEXT_CLASS(
            package_name=self.project.package,
            project_path=self.project.path,
            config_loader=loader,
            env=own.env,
            runtime_params=params,
            hook_manager=self.project.hooks,
        )
        try:
            catalog = catalog_by_context(context, self.catalogs.catalog_class, run.plan.names, pins, run.save_version)
        except Exception as error:
            if is_hook_failure(error):
                raise _failure(run, error) from error
            text = str(error)
            code = "CONFIG_UNRESOLVED"
            if "Runtime parameter" in text:
                code = "PARAM_MISSING"
            if "credentials" in text:
                code = "CREDENTIALS_NOT_FOUND"
            raise HostError(code, f"The project's context cannot make its catalog: {said(error)}") from error
        return catalog, {name: catalog.load(name) for name in catalog.keys() if _is_parameter(name)}, {}

    def _conf_catalog(self, view):
        from .config import absolute_paths

        made = {}
        for name in view.names():
            try:
                entry = view.entry(name)
            except HostError:
                continue
            made[name] = absolute_paths(entry, self.project.path) if isinstance(entry, dict) else entry
        return made

    def _parameters(self, run, view, catalog):
        """All parameters, in the catalog; an error where they cannot be had, for the runs that need one."""
        try:
            flat = self._flat_parameters(run, view)
        except HostError as error:
            return error
        for name, value in flat.items():
            catalog[name] = value if self.is_parallel else RunMemory(value, kept=True)
        return flat

    def _flat_parameters(self, run, view):
        raw = view.parameters()
        validator = self._validator(run.plan.names)
        if validator is not None:
            try:
                raw = validator.validate_raw_params(_copied(raw))
            except Exception as error:
                raise HostError("REQUEST_INVALID", f"The parameters do not fit their types: {error}") from error
        flat = {"parameters": raw}
        for name, value in raw.items():
            _flatten(f"params:{name}", value, flat)
        return flat

    def _validator(self, names):
        """Kedro's own validator of typed parameters (1.3 and later), where these pipelines have any."""
        key = tuple(names)
        if key not in self._validators:
            self._validators[key] = _validator_for(self.project, names)
        return self._validators[key]

    def _ready(self, run, pipeline, catalog, broken, view, parameters):
        """Everything a run needs, made before its first node: what is wrong with an entry shows here."""
        plan, kinds = run.plan, run.kinds
        check_inputs(pipeline, plan.given, kinds, self.catalogs)
        produced = {name for node in pipeline.nodes for name in node.outputs}
        consumed = {name for node in pipeline.nodes for name in node.inputs}
        run.asked = {name: _UNSET for name in plan.outputs if name in produced}
        versions = run.request.get("loadVersions") or {}
        parallel = self.is_parallel
        for name in {*produced, *consumed, *plan.outputs}:
            kind = kinds.get(name)
            if name in plan.given:
                continue
            if kind == PARAMETER:
                if isinstance(parameters, HostError):
                    raise parameters
                if name not in parameters:
                    raise parameter_not_found(name, parameters.get("parameters", {}))
                continue
            if self.catalogs.written(name) is None:
                if name not in catalog and not parallel and type(catalog).default_runtime_patterns == _MEMORY_PATTERN:
                    catalog[name] = RunMemory(kept=name in run.asked)
                continue
            artifact = None
            if name not in produced and name not in run.saved and name not in versions and not parallel:
                artifact = self.artifacts.value(name, view)
            if artifact is not None:
                run.hits.append(artifact.key)
                catalog_replace(catalog, name, ArtifactDataset(artifact.value, kept=True))
                continue
            dataset = self.catalogs.materialise(catalog, name, broken)
            versioned = isinstance(dataset, AbstractVersionedDataset) and dataset.resolve_save_version() is not None
            if name in versions and not versioned:
                told = f'loadVersions names "{name}", which is not versioned; add "versioned: true" to its entry.'
                raise HostError("VERSION_INVALID", told, {"dataset": name})
            if name in produced and kind == STORED and not parallel:
                self._prepare_save(run, catalog, name, dataset, versioned)

    def _prepare_save(self, run, catalog, name, dataset, versioned):
        definition = catalog.config_resolver.resolve_pattern(name)
        version = run.save_version if versioned else None
        if versioned and run.resume is not None:
            _discard(definition, run.save_version)
        save_whole(dataset, definition, version)

    # -- what it answers

    def _report(self, run, pipeline, skipped, catalog, view):
        # In the order of the whole pipeline: Kedro sorts a part of it anew.
        ran = {node.name for node in pipeline.nodes}
        done = [
            {"name": node.name, "status": "done", "durationMs": run.durations.get(node.name, 0)}
            for node in run.plan.filtered.nodes
            if node.name in ran
        ]
        answer = {
            "nodes": [{"name": node.name, "status": "skipped", "durationMs": 0} for node in skipped] + done,
            "outputs": {},
            "references": {},
            "hits": run.hits,
            "tables": {},
        }
        attachments = values.Attachments(self.folder)
        for name in run.plan.outputs:
            self._return(run, name, catalog, view, answer, attachments)
        answer["saved"] = [self._reference(run, name, catalog, view) for name in run.saved]
        return answer, attachments.parts

    def _return(self, run, name, catalog, view, answer, attachments):
        is_named = run.request.get("outputs") is not None
        is_stored = run.kinds.get(name) == STORED and name not in run.plan.given
        if is_stored and not is_named:
            answer["references"][name] = self._reference(run, name, catalog, view)
            return
        if self.is_parallel and run.kinds.get(name) == MEMORY and name not in run.plan.given:
            # Kedro has ended the process that held it.
            if is_named:
                told = f'Output "{name}" was in the memory of a ParallelRunner and is gone; save it in the catalog.'
                raise HostError("OUTPUT_NOT_JSON", told, {"dataset": name})
            answer["references"][name] = {"dataset": name, "type": "MemoryDataset"}
            return
        value = self._value(run, name, catalog)
        wants_live = run.message.get("results", False)
        why = None
        try:
            if values.is_table(value):
                arrow = values.to_arrow(value) if wants_live else None
                if arrow is not None:
                    answer["tables"][name] = attachments.add(arrow)
                answer["outputs"][name] = values.rows_of(value)
            else:
                answer["outputs"][name] = values.to_json(value)
            return
        except (values.NotJson, RecursionError) as error:
            why = str(error)
        if is_named and not wants_live:
            told = (
                f'Output "{name}" is {why}, which cannot be returned as JSON; save it in the catalog and read it there, '
                "or take a table with live.results."
            )
            raise HostError("OUTPUT_NOT_JSON", told, {"dataset": name})
        if is_named and name not in answer["tables"]:
            told = f'Output "{name}" is {why}: only JSON and tables leave the Python process; save it in the catalog.'
            raise HostError("OUTPUT_NOT_JSON", told, {"dataset": name})
        answer["references"][name] = (
            self._reference(run, name, catalog, view) if is_stored else {"dataset": name, "type": "MemoryDataset"}
        )

    def _value(self, run, name, catalog):
        captured = run.asked.get(name, _UNSET)
        if captured is not _UNSET and run.kinds.get(name) != STORED:
            return captured
        dataset = catalog.get(name)
        try:
            return dataset.peek() if isinstance(dataset, RunMemory) else catalog.load(name)
        except Exception as error:
            raise load_failure(name, error) from error

    def _reference(self, run, name, catalog, view):
        entry = self.catalogs.plain_entry(name, view)
        reference = {"dataset": name, "type": self.catalogs.type_of(name, view)}
        if isinstance(entry, dict) and isinstance(entry.get("filepath"), str):
            reference["filepath"] = entry["filepath"]
        dataset = catalog.get(name)
        if isinstance(dataset, AbstractVersionedDataset) and dataset.resolve_save_version() is not None:
            try:
                reference["version"] = run.save_version if name in run.saved else dataset.resolve_load_version()
            except Exception:
                pass  # There is none yet.
        return reference


class _Arrow:
    def __init__(self, data):
        self.data = data


_MEMORY_PATTERN = {"{default}": {"type": "kedro.io.MemoryDataset"}}


def catalog_replace(catalog, name, dataset):
    """Puts a dataset in another's place without Kedro's warning about it."""
    import logging

    logger = logging.getLogger("kedro.io.data_catalog")
    was, logger.disabled = logger.disabled, True
    try:
        catalog[name] = dataset
    finally:
        logger.disabled = was


def _failure(run, error):
    if isinstance(error, HostError):
        return error
    if run.node_error is not None and run.node_error[1] is error:
        return node_failure(run.node_error[0], error)
    if is_hook_failure(error):
        return HostError("HOOK_FAILED", f"A hook failed: {said(error)}")
    if run.saving:
        name, (_, node) = next(iter(run.saving.items()))
        return save_failure(name, error, node)
    current = next((name for name in reversed(run.started) if name not in run.finished), None)
    if run.loading:
        return _with_versions(run, load_failure(next(iter(run.loading)), error, current))
    if current is not None:
        return node_failure(current, error)
    return HostError("HOST_FAILED", f"The run failed: {said(error)}")


def _with_versions(run, failure):
    """Names the versions there are, where one that was asked for is not."""
    name = failure.details.get("dataset")
    if failure.code != "DATASET_NOT_SAVED_YET" or name not in (run.request.get("loadVersions") or {}):
        return failure
    try:
        catalogs = run.engine.catalogs
        view = catalogs.view(run.request.get("runtimeParams") or {})
        folder = catalogs.project.path / catalogs.plain_entry(name, view)["filepath"]
        versions = sorted((each.name for each in folder.iterdir() if (each / folder.name).exists()), reverse=True)
    except Exception:
        return failure
    shown = ", ".join(f'"{version}"' for version in versions[:5]) or "none"
    return HostError(failure.code, f"{failure} Versions there are: {shown}.", failure.details)


def _discard(definition, version):
    """Removes what an earlier attempt of this run had saved under its version: this one saves it again."""
    local = local_file(definition)
    if local is not None:
        shutil.rmtree(Path(local) / version, ignore_errors=True)
        return
    path = definition.get("filepath")
    if isinstance(path, str):
        from fsspec.core import url_to_fs

        storage, place = url_to_fs(path, **(definition.get("credentials") or {}), **_storage_args(definition))
        if storage.exists(f"{place}/{version}"):
            storage.rm(f"{place}/{version}", recursive=True)


def _storage_args(definition):
    hidden = ("open_args_load", "open_args_save")
    return {key: item for key, item in (definition.get("fs_args") or {}).items() if key not in hidden}


def _names_of(pipeline, more):
    return list(dict.fromkeys([*(name for node in pipeline.nodes for name in (*node.inputs, *node.outputs)), *more]))


def _is_parameter(name):
    return name == "parameters" or name.startswith("params:")


def _copied(value):
    import copy

    return copy.deepcopy(value)


def _flatten(name, value, flat):
    flat[name] = value
    fields = value if isinstance(value, dict) else _typed_fields(value)
    if fields:
        for key, item in fields.items():
            _flatten(f"{name}.{key}", item, flat)


def _typed_fields(value):
    if type(value) in (int, float, str, bool, list, type(None)):
        return None
    try:
        from kedro.validation.utils import get_typed_fields
    except ImportError:
        return None
    return get_typed_fields(value)


def _validator_for(project, names):
    try:
        from kedro.validation.parameter_validator import ParameterValidator
    except ImportError:
        return None
    scope = project.pipelines if "__default__" in names else {name: project.pipelines[name] for name in names}
    validator = ParameterValidator(scope)
    return validator if validator.type_extractor.extract_types_from_pipelines() else None


def _is_parallel(runner_class):
    from kedro.runner import ParallelRunner

    return issubclass(runner_class, ParallelRunner)


def _any_library():
    from importlib.util import find_spec

    return next((name for name in ("pandas", "polars") if find_spec(name) is not None), "pyarrow")


def _runner_class(name):
    from kedro.runner import AbstractRunner, SequentialRunner
    from kedro.utils import load_obj

    if not name:
        return SequentialRunner
    try:
        found = load_obj(name, "kedro.runner")
    except Exception as error:
        raise HostError("PROJECT_SETTINGS_INVALID", f'There is no runner "{name}": {said(error)}') from error
    if not issubclass(found, AbstractRunner):
        raise HostError("PROJECT_SETTINGS_INVALID", f'"{name}" is no runner of Kedro.')
    return found
