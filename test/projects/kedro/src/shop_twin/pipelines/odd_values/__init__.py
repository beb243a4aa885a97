from kedro.pipeline import node, pipeline


def create_pipeline(**kwargs):
    return pipeline([node(lambda label: {label, 1}, "params:label", "odd_value", name="make_odd")])
