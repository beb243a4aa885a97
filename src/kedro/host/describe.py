"""What a project can run, and what is wrong with the rest."""
import inspect
from functools import partial
from pathlib import Path

from .catalog import STORED
from .errors import HostError, definition_failure
from .params import is_parameter
from .plan import datasets_of, free_outputs


def describe(engine, params=None):
    project = engine.project
    pipelines = {name: _pipeline(each, project.path) for name, each in project.pipelines.items()}
    for name, message in project.broken.items():
        pipelines[name] = {"error": {"code": "PIPELINE_BROKEN", "message": message}}
    engine.catalogs.fill(params or {})
    datasets = _as_configured(engine) if params is None else _as_filled(engine)
    return {
        "env": project.env,
        "pipelines": pipelines,
        "datasets": datasets,
        "parameters": project.config.parameter_names(),
        "kedro": project.facts,
    }


def _as_configured(engine):
    catalog, broken = engine.catalogs.build()
    return {name: _dataset(engine, name, catalog, broken) for name in engine.project.config.names()}


def _as_filled(engine):
    catalogs, pipelines = engine.catalogs, engine.project.pipelines.values()
    used = [name for pipeline in pipelines for name in datasets_of(pipeline) if not is_parameter(name)]
    names = [name for name in engine.project.config.names() if "{" not in name]
    made = [name for name in dict.fromkeys(used) if catalogs.written(name) not in (None, name)]
    return {name: _filled_dataset(catalogs, name) for name in (*names, *made)}


def _filled_dataset(catalogs, name):
    try:
        entry = catalogs.plain_entry(name)
    except HostError as error:
        return {"error": {"code": error.code, "message": str(error)}}
    made = {"type": str(entry.get("type", ""))}
    if isinstance(entry.get("filepath"), str):
        made["filepath"] = entry["filepath"]
    if entry.get("versioned"):
        made["versioned"] = True
    return made


def _pipeline(pipeline, project):
    inputs = pipeline.inputs()
    used = list(dict.fromkeys(name for node in pipeline.nodes for name in node.inputs))
    parameters = [name for name in used if is_parameter(name)]
    return {
        "nodes": [_node(node, project) for node in pipeline.nodes],
        "inputs": [name for name in used if name in inputs and not is_parameter(name)],
        "outputs": free_outputs(pipeline),
        "parameters": [name.removeprefix("params:") for name in parameters],
    }


def _node(node, project):
    made = {"name": node.name, "inputs": list(node.inputs), "outputs": list(node.outputs), "tags": sorted(node.tags)}
    if node.namespace:
        made["namespace"] = node.namespace
    function = node.func
    while isinstance(function, partial):
        function = function.func
    function = inspect.unwrap(function)
    name = getattr(function, "__name__", None)
    if name:
        made["function"] = name
    source = _source(function, project)
    return {**made, "source": source} if source else made


def _source(function, project):
    """Where a function is written; None for one that has no source, or has it outside of the project."""
    try:
        file = Path(inspect.getsourcefile(function)).resolve().relative_to(project)
        lines, first = inspect.getsourcelines(function)
    except (OSError, TypeError, ValueError):
        return None
    return {"filepath": file.as_posix(), "lineStart": first, "lineEnd": first + len(lines) - 1}


def _dataset(engine, name, catalog, broken):
    catalogs, config = engine.catalogs, engine.project.config
    raw = config.raw(name)
    raw = raw if isinstance(raw, dict) else {}
    said = str(raw.get("type", ""))
    try:
        if said and "{" not in said:
            catalogs.definitions.class_of(said, name)
        if name in broken:
            raise broken[name]
        # A factory cannot be opened without a name.
        if "{" not in name and catalogs.kind(name) == STORED:
            catalogs.materialise(catalog, name, broken)
    except HostError as error:
        if error.code != "PARAM_MISSING":
            return {"error": {"code": error.code, "message": str(error)}}
    except Exception as error:
        failure = definition_failure(name, error)
        return {"error": {"code": failure.code, "message": str(failure)}}
    made = {"type": said or "MemoryDataset"}
    path = raw.get("filepath")
    if isinstance(path, str):
        made["filepath"] = path if "${runtime_params" in path or name in broken else _filled(name, config, path)
    if raw.get("versioned"):
        made["versioned"] = True
    metadata = raw.get("metadata")
    shown = metadata.get("kedro-viz") if isinstance(metadata, dict) else None
    if isinstance(shown, dict) and isinstance(shown.get("layer"), str):
        made["layer"] = shown["layer"]
    return made


def _filled(name, config, path):
    if "${" not in path:
        return path
    try:
        return config.entry(name).get("filepath", path) if config.is_static(name) else path
    except HostError:
        return path
