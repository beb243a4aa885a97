"""What a run answers: values as JSON, tables, and references to what stays."""
from kedro.io import MemoryDataset

from . import tables, values
from .catalog import MEMORY
from .errors import HostError, load_failure, said
from .memory import RunMemory
from .save import is_versioned


def report(run):
    """The answer and the bytes that go with it."""
    progress, attachments = run.progress, tables.Attachments(run.engine.folder)
    ran = {node.name for node in run.pipeline.nodes}
    answer = {
        # In the order of the whole pipeline: Kedro sorts a part of it anew.
        "nodes": [_node(node.name, "skipped", 0) for node in run.skipped]
        + [_done(node.name, progress) for node in run.plan.filtered.nodes if node.name in ran],
        "outputs": {},
        "references": {},
        "hits": run.hits,
        "tables": {},
    }
    for name in run.plan.outputs:
        _return(run, name, answer, attachments)
    answer["saved"] = [_reference(run, name) for name in run.progress.saved]
    return answer, attachments.parts


def _node(name, status, duration):
    return {"name": name, "status": status, "durationMs": duration}


def _done(name, progress):
    made = _node(name, "done", progress.durations.get(name, 0))
    at = progress.at(name)
    return made if at is None else {**made, "at": at}


def _return(run, name, answer, attachments):
    is_named = run.request.get("outputs") is not None
    is_gone = run.engine.runners.is_parallel and run.plan.kinds.get(name) == MEMORY and name not in run.plan.given
    if not is_named and (is_gone or name in run.progress.stored):
        answer["references"][name] = _reference(run, name)
        return
    if is_gone:  # Kedro has ended the process that held it.
        why = "was in the memory of a ParallelRunner and is gone"
    else:
        why = _put(run, name, _collected(run, name, _value(run, name)), answer, attachments)
    if why is None:
        return
    if is_named and name not in answer["tables"]:
        told = f'Output "{name}" {why}; save it in the catalog and read it there, or take a table with live.results.'
        raise HostError("OUTPUT_NOT_JSON", told, {"dataset": name})
    answer["references"][name] = _reference(run, name)


def _put(run, name, value, answer, attachments):
    """Puts a value into the answer, or says why not."""
    try:
        if tables.is_table(value):
            arrow = tables.to_arrow(value) if run.message.get("results") else None
            if arrow is not None:
                answer["tables"][name] = attachments.add(arrow)
            answer["outputs"][name] = tables.rows_of(value)
        else:
            answer["outputs"][name] = values.to_json(value)
    except (values.NotJson, RecursionError) as error:
        return f"is {error}, which cannot be returned as JSON"
    return None


def _value(run, name):
    dataset = run.catalog.get(name)
    is_kept = isinstance(dataset, MemoryDataset) and dataset.exists()
    if name in run.progress.values and name not in run.progress.stored and not is_kept:
        return run.progress.values[name]  # The runner has released it.
    try:
        return dataset.peek() if isinstance(dataset, RunMemory) else run.catalog.load(name)
    except Exception as error:
        raise load_failure(name, error) from error


def _collected(run, name, value):
    """What a LazyFrame holds; that it cannot say shows only here."""
    if not tables.is_lazy(value):
        return value
    try:
        return value.collect()
    except Exception as error:
        maker = next((node.name for node in run.pipeline.nodes if name in node.outputs), None)
        if maker is None or name in run.progress.stored:
            raise load_failure(name, error) from error
        told = f'Node "{maker}" failed: its output "{name}" is a LazyFrame that cannot be collected: {said(error)}'
        raise HostError("NODE_FAILED", told, {"node": maker, "dataset": name}, retryable=True) from error


def _reference(run, name):
    if name not in run.progress.stored and name not in run.progress.saved:
        return {"dataset": name, "type": "MemoryDataset"}
    catalogs = run.engine.catalogs
    entry, dataset = catalogs.plain_entry(name), run.catalog.get(name)
    reference = {"dataset": name, "type": catalogs.type_of(name)}
    if isinstance(entry, dict) and isinstance(entry.get("filepath"), str):
        reference["filepath"] = entry["filepath"]
    if is_versioned(dataset):
        try:
            reference["version"] = run.save_version if name in run.progress.saved else dataset.resolve_load_version()
        except Exception:
            pass  # There is none yet.
    return reference
