import datetime
import decimal

import polars as pl
from kedro.pipeline import node, pipeline


def kind(table):
    return f"{type(table).__module__.split('.')[0]}.{type(table).__name__}"


def make(rows):
    n = range(rows)
    return pl.DataFrame(
        {
            "n": pl.Series(n, dtype=pl.Int32),
            "name": pl.Series(["a" if i else None for i in n], dtype=pl.String),
            "group": pl.Series(["x"] * rows, dtype=pl.Categorical),
            "x": [float("nan") if i == 0 else 0.5 for i in n],
            "day": [datetime.date(2026, 1, 31)] * rows,
            "time": [datetime.datetime(2026, 1, 31, 6, tzinfo=datetime.timezone.utc)] * rows,
            "price": pl.Series([decimal.Decimal("1.50")] * rows, dtype=pl.Decimal(10, 2)),
            "list": [[1, 2]] * rows,
            "struct": [{"a": 1}] * rows,
        }
    )


def register_pipelines():
    return {
        "kinds": pipeline([node(kind, "sales", "kind", name="kind"), node(lambda t: t.columns, "sales", "columns", name="columns")]),
        "through": pipeline([node(lambda sales: sales.with_columns(twice=pl.col("n") * 2), "sales", "same", name="through")]),
        "made": pipeline([node(make, "params:rows", "made", name="make")]),
        "lazy": pipeline([node(lambda rows: make(rows).lazy().select("n"), "params:rows", "made", name="make")]),
        "broken_lazy": pipeline([node(lambda rows: make(rows).lazy().select("no_such"), "params:rows", "made", name="make")]),
        "between": pipeline(
            [
                node(make, "params:rows", "table", name="make"),
                node(lambda table: table.lazy().filter(pl.col("n") > 0), "table", "fewer", name="filter"),
                node(lambda fewer: fewer.collect().height, "fewer", "height", name="count"),
            ]
        ),
        "stored": pipeline([node(make, "params:rows", "made_file", name="make"), node(kind, "made_file", "kind", name="kind")]),
        "spoil": pipeline([node(lambda sales: sales.drop_in_place("name").to_list(), "sales", "names", name="spoil")]),
        "__default__": pipeline([node(kind, "sales", "kind", name="kind")]),
    }
