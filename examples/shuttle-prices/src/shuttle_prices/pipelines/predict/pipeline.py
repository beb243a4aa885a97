"""Prices for shuttles that somebody asks about: they are given to the run, and so are the prices back."""

import pandas as pd
from kedro.pipeline import Pipeline, node, pipeline
from sklearn.ensemble import RandomForestRegressor


def price_shuttles(
    asked: list[dict], model: RandomForestRegressor, features: list[str], predict: dict
) -> list[dict]:
    table = pd.DataFrame(asked)
    prices = model.predict(table[features].astype(float)) * (1 + predict["margin"])
    return [
        {"name": shuttle["name"], "price": round(float(price), 2)}
        for shuttle, price in zip(asked, prices, strict=True)
    ]


def create_pipeline(**kwargs) -> Pipeline:
    return pipeline(
        [
            node(
                price_shuttles,
                ["shuttles_to_price", "price_model", "params:features", "params:predict"],
                "prices",
                name="price_shuttles",
            )
        ]
    )
