"""Fitting a model of prices, and saying how good it is."""

import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import train_test_split


def split_table(table: pd.DataFrame, features: list[str], train: dict) -> list:
    """Features and prices to learn from, then features and prices to be judged by."""
    x_train, x_test, y_train, y_test = train_test_split(
        table[features].astype(float),
        table["price"],
        test_size=train["test_size"],
        random_state=train["seed"],
    )
    return [x_train, y_train, x_test, y_test]


def fit_model(x_train: pd.DataFrame, y_train: pd.Series, train: dict) -> RandomForestRegressor:
    forest = RandomForestRegressor(
        n_estimators=train["trees"],
        min_samples_leaf=train["min_leaf"],
        random_state=train["seed"],
        n_jobs=1,
    )
    return forest.fit(x_train, y_train)


def judge_model(
    model: RandomForestRegressor, x_test: pd.DataFrame, y_test: pd.Series
) -> dict[str, float]:
    missed_by = (model.predict(x_test) - y_test).abs()
    return {
        "r2": round(float(model.score(x_test, y_test)), 4),
        "median_error": round(float(missed_by.median()), 1),
        "judged_by": int(len(y_test)),
    }
