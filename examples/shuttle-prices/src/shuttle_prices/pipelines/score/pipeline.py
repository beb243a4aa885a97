"""The same as `train`, for comparing settings: nothing is saved, only the score comes back."""

from kedro.pipeline import Pipeline, node, pipeline

from shuttle_prices.fitting import fit_model, judge_model, split_table

PARTS = ["grid_x_train", "grid_y_train", "grid_x_test", "grid_y_test"]


def create_pipeline(**kwargs) -> Pipeline:
    x_train, y_train, x_test, y_test = PARTS
    return pipeline(
        [
            node(
                split_table,
                ["shuttle_table", "params:features", "params:train"],
                PARTS,
                name="split_for_score",
            ),
            node(fit_model, [x_train, y_train, "params:train"], "grid_model", name="fit_for_score"),
            node(judge_model, ["grid_model", x_test, y_test], "grid_score", name="judge_for_score"),
        ]
    )
