from kedro.pipeline import node, pipeline


def next_one(value):
    return value + 1


def create_pipeline(**kwargs):
    return pipeline(
        [
            node(next_one, "params:start", "top", name="top", tags=["up"]),
            node(next_one, "top", "west", name="west", tags=["up", "side"], namespace="sides.west"),
            node(next_one, "top", "east", name="east", tags=["side"], namespace="sides.east"),
            node(lambda a, b: a + b, ["west", "east"], "bottom", name="bottom"),
            node(next_one, "bottom", "tail", name="tail", tags=["down"]),
        ]
    )
