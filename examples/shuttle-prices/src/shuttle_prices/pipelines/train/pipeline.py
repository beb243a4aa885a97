"""Learns prices from the shuttle table; saves the model, returns its score."""

from kedro.pipeline import Pipeline, node, pipeline

from shuttle_prices.fitting import fit_model, judge_model, split_table

PARTS = ["x_train", "y_train", "x_test", "y_test"]


def create_pipeline(**kwargs) -> Pipeline:
    return pipeline(
        [
            node(
                split_table,
                ["shuttle_table", "params:features", "params:train"],
                PARTS,
                name="split_table",
            ),
            node(fit_model, ["x_train", "y_train", "params:train"], "price_model", name="fit_model"),
            node(judge_model, ["price_model", "x_test", "y_test"], "score", name="judge_model"),
        ]
    )
