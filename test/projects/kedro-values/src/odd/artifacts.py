"""Artifacts that nodes change: how each is made, changed, and looked at."""
import collections
import dataclasses

import numpy as np
import pandas as pd
from kedro.io import AbstractDataset


class Thing:
    def __init__(self):
        self.count = 0


@dataclasses.dataclass
class Record:
    count: int = 0


def set_count(thing):
    thing.count += 1


def set_first(items):
    items[0] = -1


def fill(table):
    table.iloc[0, 0] = -1


def drop_column(table):
    table.drop_in_place("name")


def polars_frame():
    import polars as pl

    return pl.DataFrame({"n": [1, 2], "name": ["a", "b"]})


KINDS = {
    "dict": (lambda: {"a": {"b": [1]}}, lambda it: it["a"]["b"].append(2)),
    "list": (lambda: [[1], 2], lambda it: it[0].append(2)),
    "tuple": (lambda: ([1], 2), lambda it: it[0].append(2)),
    "set": (lambda: {1}, lambda it: it.add(2)),
    "bytearray": (lambda: bytearray(b"ab"), lambda it: it.__setitem__(0, 0)),
    "array": (lambda: np.array([1, 2]), set_first),
    "arrays": (lambda: {"of": [np.array([1, 2])]}, lambda it: set_first(it["of"][0])),
    "series": (lambda: pd.Series([1, 2]), lambda it: it.__setitem__(0, -1)),
    "frame": (lambda: pd.DataFrame({"n": [1, 2], "name": ["a", "b"]}), fill),
    "polars": (polars_frame, drop_column),
    # Shared, on purpose.
    "thing": (Thing, set_count),
    "record": (Record, set_count),
    "inside": (lambda: {"thing": Thing()}, lambda it: set_count(it["thing"])),
    "ordered": (lambda: collections.OrderedDict(a=1), lambda it: it.__setitem__("a", -1)),
    "objects": (lambda: np.array([[1], [2, 3]], dtype=object), lambda it: it[0].append(2)),
}


def look(it):
    if hasattr(it, "__dict__") and type(it).__module__ == __name__:
        return str(vars(it))
    if type(it) is dict:
        return str({key: look(item) for key, item in it.items()})
    return str(list(it.columns) if hasattr(it, "get_column") else it)


class Artifact(AbstractDataset):
    def __init__(self, kind):
        self._kind = kind

    def load(self):
        return KINDS[self._kind][0]()

    def save(self, data):
        raise NotImplementedError

    def _describe(self):
        return {"kind": self._kind}
