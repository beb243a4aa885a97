"""Answers cases with Kedro's own pipelines: a JSON list of cases on stdin, a JSON list of answers on stdout.

A case is a list of nodes and something to do with them, see `cases.ts`. An answer is what the pipeline looks like, or the error.
"""

import json
import logging
import sys
import warnings

frames = sys.stdout
sys.stdout = sys.stderr  # Kedro may log to stdout

from kedro.pipeline import node, pipeline  # noqa: E402
from kedro.runner import SequentialRunner  # noqa: E402


def nothing(*args, **kwargs):
    return None


def nodes_of(specs):
    return [node(nothing, **spec) for spec in specs]


def options_of(written):
    names = {"prefixDatasetsWithNamespace": "prefix_datasets_with_namespace"}
    return {names.get(key, key): set(value) if isinstance(value, list) and key != "tags" else value for key, value in written.items()}


class Dataset:
    def __init__(self, is_memory):
        self._EPHEMERAL = is_memory


class Catalog:
    """What the runner asks of a catalog: is there an entry, is it memory, does its data exist."""

    def __init__(self, stored, existing):
        self.stored, self.existing = set(stored), set(existing)

    def __contains__(self, name):
        return name in self.stored

    def get(self, name):
        return Dataset(name not in self.stored)

    def exists(self, name):
        return name in self.existing


def made(case):
    what = case["what"]
    nodes = nodes_of(case["nodes"])
    if what == "sum":
        return pipeline([nodes[i] for i in case["left"]]) + pipeline([nodes[i] for i in case["right"]], tags=case["tags"])
    whole = pipeline(nodes)
    if what == "filter":
        return whole.filter(**case["filters"])
    if what == "reuse":
        for options in case["options"]:
            whole = pipeline(whole, **options_of(options))
        return whole + pipeline(nodes) if case["beside"] else whole
    if what == "missing":
        # A value that only the caller would get is missing, with us: let Kedro see it as stored and not there.
        wanted = set(case["wanted"])
        catalog = Catalog({*case["stored"], *wanted}, {*case["existing"]} - wanted)
        return SequentialRunner()._filter_pipeline_for_missing_outputs(whole, catalog)
    return whole


def shown(whole):
    return {
        "nodes": [[n.name, list(n.inputs), list(n.outputs), sorted(n.tags), n.namespace or ""] for n in whole.nodes],
        "inputs": sorted(whole.inputs()),
        "outputs": sorted(whole.outputs()),
        "allInputs": sorted(whole.all_inputs()),
        "allOutputs": sorted(whole.all_outputs()),
    }


def answer(case):
    try:
        return shown(made(case))
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
json.dump([answer(case) for case in json.load(sys.stdin)], frames)
