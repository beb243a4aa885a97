from kedro.pipeline import node, pipeline


def create_pipeline(**kwargs):
    return pipeline([node(lambda day: {"copied": day}, "day_in", "day_out", name="copy_day")])
