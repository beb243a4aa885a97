from kedro.pipeline import node, pipeline


def create_pipeline(**kwargs):
    return pipeline(
        [
            node(lambda size: {"size": size}, "params:size", "doubled", name="double"),
            node(lambda doubled: doubled, "doubled", "seen_double", name="see_double"),
        ]
    )
