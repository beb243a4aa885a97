"""Which nodes run: pipelines summed, sliced by Kedro, freed of what injected data makes needless. Depends on names only."""
from functools import partial

from kedro.pipeline import Pipeline

from .errors import HostError, suggestion

_FILTERS = ("tags", "fromNodes", "toNodes", "nodeNames", "fromInputs", "toOutputs", "namespaces")
_MOST_PLANS = 500


def bare(name):
    """A dataset without the way it is read: `table@pandas` and `table@spark` are one."""
    return name.split("@", 1)[0]


class Plan:
    def __init__(self, names, filtered, pipeline, outputs, given):
        self.names, self.filtered, self.pipeline, self.outputs, self.given = names, filtered, pipeline, outputs, given
        self.datasets = list(dict.fromkeys([*datasets_of(pipeline), *outputs]))
        # Where each dataset lives; see `Engine`.
        self.kinds = None


class Plans:
    def __init__(self, project):
        self._project, self._known = project, {}

    def make(self, request, given):
        key = repr([request.get("pipelines"), [request.get(name) for name in _FILTERS], request.get("outputs"), given])
        plan = self._known.get(key)
        if plan is None:
            plan = _plan(self._project, request, given)
            if len(self._known) >= _MOST_PLANS:
                del self._known[next(iter(self._known))]
            self._known[key] = plan
        return plan


def _plan(project, request, given):
    names = request.get("pipelines") or ["__default__"]
    whole = Pipeline([])
    for name in names:
        whole += project.pipeline(name)
    filtered = _sliced(whole, request)
    known = datasets_of(filtered)
    _check(given, known, "runtimeData names")
    asked = request.get("outputs")
    _check(asked or [], known, "outputs names")
    outputs = asked if asked is not None else [name for name in free_outputs(filtered) if name not in given]
    pruned = _without_given(filtered, set(given), asked or [])
    # The runner asks for both after each node, and Kedro works them out anew each time.
    pruned.inputs, pruned.outputs = partial(set, pruned.inputs()), partial(set, pruned.outputs())
    return Plan(names, filtered, pruned, list(dict.fromkeys(outputs)), set(given))


def datasets_of(pipeline):
    return list(dict.fromkeys(name for node in pipeline.nodes for name in (*node.inputs, *node.outputs)))


def free_outputs(pipeline):
    free = pipeline.outputs()
    return [name for node in pipeline.nodes for name in node.outputs if name in free]


def _check(names, known, who):
    for name in names:
        if name not in known:
            message = f'{who} "{name}", which the pipeline does not use.{suggestion(name, known)}'
            raise HostError("DATASET_NOT_IN_PIPELINE", message, {"dataset": name})


def _sliced(whole, request):
    wanted = {name: request.get(name) for name in _FILTERS if request.get(name)}
    if not wanted:
        if not whole.nodes:
            raise HostError("PIPELINE_EMPTY", "The pipeline has no nodes.")
        return whole
    nodes = whole.nodes
    names = [node.name for node in nodes]
    for field in ("fromNodes", "toNodes", "nodeNames"):
        _known(wanted.get(field), names, "NODE_NOT_FOUND", "The pipeline has no node")
    tags = [tag for node in nodes for tag in sorted(node.tags)]
    _known(wanted.get("tags"), tags, "TAG_NOT_FOUND", "No node of the pipeline has the tag")
    spaces = [".".join(parts[: i + 1]) for parts in _namespaces(nodes) for i in range(len(parts))]
    _known(wanted.get("namespaces"), spaces, "NAMESPACE_NOT_FOUND", "No node of the pipeline is in the namespace")
    datasets = [*datasets_of(whole), *map(bare, datasets_of(whole))]
    for field in ("fromInputs", "toOutputs"):
        _known(wanted.get(field), datasets, "DATASET_NOT_IN_PIPELINE", "The pipeline does not use")
    try:
        return whole.filter(
            tags=wanted.get("tags"),
            from_nodes=wanted.get("fromNodes"),
            to_nodes=wanted.get("toNodes"),
            node_names=wanted.get("nodeNames"),
            from_inputs=wanted.get("fromInputs"),
            to_outputs=wanted.get("toOutputs"),
            node_namespaces=wanted.get("namespaces"),
        )
    except ValueError as error:
        message = "No node passes all of the filters together; leave one of them out."
        raise HostError("PIPELINE_EMPTY", message) from error


def _namespaces(nodes):
    return [node.namespace.split(".") for node in nodes if node.namespace]


def _known(names, known, code, sentence):
    for name in names or []:
        if name not in known:
            raise HostError(code, f'{sentence} "{name}".{suggestion(name, known)}', {"name": name})


def only(pipeline, kept):
    if len(kept) == len(pipeline.nodes):
        return pipeline
    return Pipeline([node for node in pipeline.nodes if node in kept])


def _without_given(pipeline, given, asked):
    """Nodes from which a path leads to a free output, to one asked for, or to a node without outputs."""
    made = {name for node in pipeline.nodes for name in node.outputs}
    given = {bare(name) for name in given}
    if not given & {bare(name) for name in made}:
        return pipeline
    wanted = {bare(name) for name in [*free_outputs(pipeline), *asked]}
    kept = set()
    for node in reversed(pipeline.nodes):
        outputs = [bare(name) for name in node.outputs]
        if outputs and not any(name in wanted and name not in given for name in outputs):
            continue
        kept.add(node)
        wanted.update(bare(name) for name in node.inputs)
    return only(pipeline, kept)
