"""The catalog of a run and everything in it, made before the first node: what is wrong with an entry shows here."""
import copy
import logging

from .catalog import MEMORY, PARAMETER
from .errors import HostError, suggestion
from .memory import RunMemory
from .own_context import made_by_context
from .params import is_parameter, not_found
from .plan import bare
from .save import discard, is_versioned, save_whole


def make_catalog(run):
    """Fills `run.catalog`, `run.broken` and `run.parameters`, the last with an error where they cannot be had."""
    engine, catalogs = run.engine, run.engine.catalogs
    made = {name for node in run.pipeline.nodes for name in node.outputs}
    own = [name for name in {*made, *run.progress.saved} if name in run.progress.stored and catalogs.written(name)]
    pins = {**dict.fromkeys(own, run.save_version), **run.load_versions}
    if not engine.makes_catalog:
        run.catalog, run.broken = made_by_context(run, pins), {}
        run.parameters = {name: run.catalog.load(name) for name in run.catalog.keys() if is_parameter(name)}
    else:
        run.catalog, run.broken = catalogs.build(run.data, pins, run.save_version)
        try:
            run.parameters = engine.parameters.flat(run.plan.names)
            _add(run, run.parameters, kept=True)
        except HostError as error:
            run.parameters = error
    _add(run, run.data, sealed=True)
    if engine.makes_catalog:
        _tell_hooks(run)


def _add(run, values, **how):
    for name, value in values.items():
        run.catalog[name] = value if run.engine.runners.is_parallel else RunMemory(value, **how)


def _tell_hooks(run):
    """As Kedro does. The configuration is copied for hooks that take it: of a large catalog that costs more than the run."""
    hook, config = run.engine.project.hooks.hook.after_catalog_created, run.engine.project.config
    taken = {name for each in hook.get_hookimpls() for name in (*each.argnames, *each.kwargnames)}
    parameters = run.parameters if "parameters" in taken and isinstance(run.parameters, dict) else {}
    hook(
        catalog=run.catalog,
        conf_catalog=run.engine.catalogs.definitions.as_hooks_see() if "conf_catalog" in taken else {},
        conf_creds=config.credentials()[0] if "conf_creds" in taken else {},
        parameters=copy.deepcopy(parameters),
        save_version=run.save_version,
        load_versions=run.request.get("loadVersions"),
    )


def make_ready(run):
    """Makes the datasets of the run. Throws what is wrong with one."""
    _check_inputs(run)
    produced = {name for node in run.pipeline.nodes for name in node.outputs}
    consumed = {name for node in run.pipeline.nodes for name in node.inputs}
    run.progress.asked = produced.intersection(run.plan.outputs)
    is_parallel = run.engine.runners.is_parallel
    for name in {*produced, *consumed, *run.plan.outputs} - run.plan.given:
        if run.plan.kinds[name] == PARAMETER:
            _check_parameter(run, name)
        elif run.engine.catalogs.written(name) is None and run.plan.kinds[name] == MEMORY:
            if name not in run.catalog and not is_parallel and not run.engine.catalogs.has_own_patterns:
                run.catalog[name] = RunMemory(kept=name in run.progress.asked)
        elif is_parallel or name in produced or not _hand_out_artifact(run, name):
            _make_dataset(run, name, name in produced and not is_parallel)


def _check_parameter(run, name):
    if isinstance(run.parameters, HostError):
        raise run.parameters
    if name not in run.parameters:
        raise not_found(name, run.parameters.get("parameters", {}))


def _hand_out_artifact(run, name):
    if name in run.progress.saved or name in run.load_versions:
        return False
    artifact = run.engine.artifacts.value(name)
    if artifact is None:
        return False
    run.hits.append(artifact.key)
    # Kedro warns of each dataset that another replaces.
    logger = logging.getLogger("kedro.io.data_catalog")
    was, logger.disabled = logger.disabled, True
    try:
        run.catalog[name] = RunMemory(artifact.value, artifact.copy_mode, kept=True)
    finally:
        logger.disabled = was
    return True


def _make_dataset(run, name, is_saved):
    dataset = run.engine.catalogs.materialise(run.catalog, name, run.broken)
    if name in run.load_versions and not is_versioned(dataset):
        told = f'loadVersions names "{name}", which is not versioned; add "versioned: true" to its entry.'
        raise HostError("VERSION_INVALID", told, {"dataset": name})
    if is_saved and name in run.progress.stored:
        definition = run.catalog.config_resolver.resolve_pattern(name)
        if run.resume is not None and is_versioned(dataset):
            discard(definition, run.save_version)
        save_whole(dataset, definition)


def _check_inputs(run):
    """Refused before the first node runs: a free input that nobody makes, stores or gives."""
    catalogs, kinds = run.engine.catalogs, run.plan.kinds
    made = {bare(name) for node in run.pipeline.nodes for name in node.outputs}
    for node in run.pipeline.nodes:
        for name in node.inputs:
            is_free = kinds[name] == MEMORY and name not in run.plan.given and bare(name) not in made
            if is_free and catalogs.written(name) is None:
                message = (
                    f'Node "{node.name}" needs "{name}", which no node of this run makes and the catalog does not store; '
                    f"add it to the catalog or give it in runtimeData.{suggestion(name, catalogs.exact)}"
                )
                raise HostError("DATASET_NOT_FOUND", message, {"dataset": name, "node": node.name})
