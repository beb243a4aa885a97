from kedro.pipeline import node, pipeline


def same(value):
    return value


NAMES = ["model", "model.depth", "greeting", "flag", "nothing", "rounding", "answer"]


def create_pipeline(**kwargs):
    nodes = [node(same, "parameters", "seen_all", name="see_all")]
    for name in NAMES:
        last = name.split(".")[-1]
        nodes.append(node(same, f"params:{name}", f"seen_{last}", name=f"see_{last}"))
    return pipeline(nodes)
