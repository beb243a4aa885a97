from kedro.pipeline import node, pipeline


def create_pipeline(**kwargs):
    return pipeline(
        [
            node(lambda missing: missing + 1, "missing", "middle", name="make_middle"),
            node(
                lambda middle: {"left": middle, "right": -middle},
                "middle",
                {"left": "left", "right": "right"},
                name="split",
            ),
            node(lambda left, right: [left, right], ["left", "right"], "both", name="join"),
        ]
    )
