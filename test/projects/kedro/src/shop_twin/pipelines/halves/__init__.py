from kedro.pipeline import node, pipeline


def create_pipeline(**kwargs):
    write = node(lambda label: [label, {"not": "a text"}], "params:label", ["kept_text", "refused_text"], name="write_both")
    return pipeline([write])
