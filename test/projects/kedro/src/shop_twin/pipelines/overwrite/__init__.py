from kedro.pipeline import node, pipeline


def create_pipeline(**kwargs):
    return pipeline([node(lambda label: {"rows": [], "by": {"name": label}}, "params:label", "table", name="overwrite")])
