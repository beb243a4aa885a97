import datetime
import decimal

import numpy as np
import pandas as pd
from kedro.pipeline import node, pipeline

from .spoiling import spoiling


def kind(table):
    return f"{type(table).__module__.split('.')[0]}.{type(table).__name__}"


def make(rows):
    days = pd.date_range("2026-01-31", periods=rows, tz="UTC")
    return pd.DataFrame({"n": np.arange(rows), "x": [None, *([0.5] * (rows - 1))], "name": ["a"] * rows, "day": days})


def spoil(table):
    table["n"] = -1
    return int(table["n"].sum())


def values():
    return {
        "int": np.int64(3),
        "float": np.float32(0.5),
        "bool": np.bool_(True),
        "nan": float("nan"),
        "inf": np.inf,
        "day": datetime.date(2026, 1, 31),
        "time": datetime.datetime(2026, 1, 31, 6, tzinfo=datetime.timezone(datetime.timedelta(hours=1))),
        "micros": datetime.datetime(2026, 1, 31, 6, 0, 0, 123456),
        "nanos": pd.Timestamp("2026-01-31T06:00:00.123456789"),
        "nat": pd.NaT,
        "decimal": decimal.Decimal("1.5"),
        "array": np.array([[1, 2], [3, 4]]),
        "series": pd.Series([1.5, None]),
        "tuple": (1, "a"),
    }


def use(model):
    model["seen"].append(1)
    return [len(model["seen"]), kind(model["model"])]


def register_pipelines():
    return {
        "__default__": pipeline([node(kind, "sales", "kind", name="kind")]),
        "kinds": pipeline(
            [node(kind, "sales", "kind", name="kind"), node(kind, "free", "free_kind", name="free_kind")]
        ),
        "made": pipeline([node(make, "params:rows", "made", name="make")]),
        "spoil": pipeline([node(spoil, "sales", "sum", name="spoil")]),
        "values": pipeline([node(values, None, "values", name="values")]),
        "big": pipeline([node(lambda: 2**60, None, "big", name="big")]),
        "through": pipeline([node(lambda free: free, "free", "same", name="through")]),
        "model": pipeline([node(use, "model", "used", name="use")]),
        "factory": pipeline([node(kind, "any_file", "kind", name="kind")]),
        **spoiling(),
    }
