import os

from kedro.framework.project import find_pipelines
from kedro.pipeline import Pipeline, node


def silent():
    found = find_pipelines(raise_errors=False)
    return {**found, "__default__": sum(found.values())}


def loud():
    found = find_pipelines(raise_errors=True)
    return {**found, "__default__": sum(found.values())}


def by_hand():
    from halfway.pipelines import broken, good, other

    found = {"good": good.create_pipeline(), "other": other.create_pipeline(), "broken": broken.create_pipeline()}
    return {**found, "__default__": sum(found.values())}


def plain():
    return find_pipelines(raise_errors=False)


def chosen():
    found = find_pipelines(raise_errors=False)
    return {**found, "__default__": found["good"]}


def strict():
    found = find_pipelines(raise_errors=True)
    return {**found, "__default__": found["good"], "all": sum(found.values()), "alias": found["other"]}


def picked():
    found = find_pipelines(raise_errors=False)
    return {"good": found["good"], "__default__": found["good"]}


def tagged():
    found = find_pipelines(raise_errors=False)
    found["good"] = Pipeline(found["good"].nodes, tags="daily")
    return {**found, "daily": sum(found.values()).only_nodes_with_tags("daily")}


def stubborn():
    found = find_pipelines(raise_errors=False)
    if "broken" in found:
        found["broken"] = found["broken"].only_nodes("broken")
    return {**found, "__default__": sum(found.values()), "again": found["good"] + found["other"]}


def more():
    made = silent()
    made["extra"] = Pipeline([node(lambda size: -size, "params:size", "extra", name="extra")])
    return made


def everything():
    made = silent()
    return {**made, "everything": made["__default__"]}


def part():
    made = silent()
    return {**made, "part": sum(each for name, each in made.items() if name not in ("other", "__default__"))}


def register_pipelines():
    return globals()[os.environ["REGISTRY"]]()
