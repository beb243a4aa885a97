from kedro.pipeline import node, pipeline


def same(value):
    return value


def create_pipeline(**kwargs):
    return pipeline([node(same, "params:constructor", "seen_inherited", name="see_inherited")])
