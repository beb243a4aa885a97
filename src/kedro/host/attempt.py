"""What a run has left to do: on a retry, and where only missing outputs are asked for. See `planAttempt` of the native engine."""
from kedro.io.core import Version

from .plan import bare, only
from .save import is_versioned


def plan_attempt(run):
    """The part of the plan that must run, and the nodes left out."""
    before, only_missing, stored = run.resume, bool(run.request.get("onlyMissingOutputs")), run.progress.stored
    if before is not None:
        run.progress.saved = dict.fromkeys(before.get("saved", ()))
    if not only_missing and not (before and (before.get("done") or before.get("saved"))):
        return run.plan.pipeline, []
    catalog, broken = run.engine.catalogs.build(run.data, run.load_versions, run.save_version)
    known = {}

    def is_there(name):
        if name not in known:
            known[name] = _is_there(run, catalog, broken, name, only_missing)
        return known[name]

    def is_done(node):
        outputs = [name for name in node.outputs if name in stored]
        if not all(is_there(name) for name in outputs):
            return False
        # On a retry, outputs that are all saved tell too: the last heartbeat may have come before the node's end.
        return bool(node.outputs) if only_missing else bool(outputs) or node.name in before["done"]

    return _still_to_run(run.plan, is_done, lambda name: name in stored and is_there(name))


def _still_to_run(plan, is_done, is_there):
    """A finished node runs again where its value is gone and needed. `is_there(name)`: it can be read without its maker."""
    nodes = plan.pipeline.nodes
    needed, running = {bare(name) for name in plan.outputs}, set()
    for node in reversed(nodes):
        missed = any(bare(name) in needed and not is_there(name) and name not in plan.given for name in node.outputs)
        if is_done(node) and not missed:
            continue
        running.add(node)
        needed.update(bare(name) for name in node.inputs)
    return only(plan.pipeline, running), [node for node in nodes if node not in running]


def _is_there(run, catalog, broken, name, only_missing):
    dataset = run.engine.catalogs.materialise(catalog, name, broken)
    if only_missing:
        return catalog.exists(name)
    if name not in run.progress.saved:
        return False
    if is_versioned(dataset):
        dataset = catalog.get(name, version=Version(run.save_version, run.save_version))
    return dataset.exists()
