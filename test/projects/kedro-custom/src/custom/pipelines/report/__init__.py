from kedro.pipeline import node, pipeline


def collect(parameters, size):
    return {**parameters, "size": size}


def show(made):
    return {"seen": made}


def create_pipeline(**kwargs):
    return pipeline(
        [
            node(collect, ["parameters", "params:size"], "made", name="collect"),
            node(show, "made", "middle", name="show"),
            node(lambda middle: middle, "middle", "seen", name="keep"),
        ]
    )
