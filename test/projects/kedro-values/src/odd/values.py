"""One value of each kind that a node may return."""
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import pathlib
import uuid

import numpy as np
import pandas as pd

UTC, EAST = datetime.timezone.utc, datetime.timezone(datetime.timedelta(hours=2))
NOON = datetime.datetime(2026, 1, 31, 12)


class Custom:
    pass


@dataclasses.dataclass
class Record:
    a: int = 1


class Colour(enum.Enum):
    RED = "red"


class Word(str, enum.Enum):
    RED = "red"


Point = collections.namedtuple("Point", "x y")


def endless():
    items = []
    items.append(items)
    return items


VALUES = {
    "int64": lambda: np.int64(3),
    "uint64": lambda: np.uint64(2**64 - 1),
    "float32": lambda: np.float32(0.5),
    "float64 nan": lambda: np.float64("nan"),
    "bool_": lambda: np.bool_(True),
    "str_": lambda: np.str_("a"),
    "0-d array": lambda: np.array(7),
    "datetime64": lambda: np.datetime64("2026-01-31T12:00:00.250"),
    "NaT": lambda: np.datetime64("NaT"),
    "nan": lambda: float("nan"),
    "inf": lambda: [float("inf"), -float("inf")],
    "date": lambda: datetime.date(2026, 1, 31),
    "time": lambda: datetime.time(12, 30),
    "naive": lambda: NOON,
    "aware": lambda: NOON.replace(tzinfo=EAST),
    "micros": lambda: NOON.replace(microsecond=1),
    "first": lambda: datetime.datetime.min,
    "first of an eastern zone": lambda: datetime.datetime.min.replace(tzinfo=EAST),
    "Timestamp": lambda: pd.Timestamp("2026-01-31 12:00", tz="Europe/Berlin"),
    "Decimal": lambda: decimal.Decimal("1.50"),
    "Decimal nan": lambda: decimal.Decimal("nan"),
    "Decimal huge": lambda: decimal.Decimal("1e400"),
    "uuid": lambda: uuid.UUID(int=1),
    "tuple": lambda: (1, (2,)),
    "namedtuple": lambda: Point(1, 2),
    "ordered": lambda: collections.OrderedDict(b=1, a=2),
    "counter": lambda: collections.Counter("aab"),
    "str enum": lambda: Word.RED,
    "series": lambda: pd.Series([1, None]),
    "datetimes": lambda: np.array(["2026-01-31"], dtype="datetime64[D]"),
    "empty": lambda: {"list": [], "dict": {}, "text": "", "array": np.array([])},
    "surrogate": lambda: "a\ud800b",
    "nul": lambda: "a\0b",
    "big": lambda: 2**53,
    "set": lambda: {1},
    "frozenset": lambda: frozenset([1]),
    "bytes": lambda: b"a",
    "bytearray": lambda: bytearray(b"a"),
    "complex": lambda: 1j,
    "timedelta": lambda: datetime.timedelta(seconds=1),
    "Timedelta": lambda: pd.Timedelta(1, "s"),
    "timedelta64": lambda: np.timedelta64(1, "s"),
    "range": lambda: range(3),
    "generator": lambda: iter([1]),
    "Path": lambda: pathlib.PurePosixPath("a"),
    "Fraction": lambda: fractions.Fraction(1, 2),
    "enum": lambda: Colour.RED,
    "dataclass": Record,
    "object": Custom,
    "class": lambda: Custom,
    "function": lambda: len,
    "key": lambda: {1: "a"},
    "inside": lambda: {"a": [{"b": {1}}]},
    "endless": endless,
    "objects": lambda: np.array([{1}], dtype=object),
    "long": lambda: np.zeros(10_001),
    "Index": lambda: pd.Index([1]),
    "frame of objects": lambda: pd.DataFrame({"a": [1, "x"], "b": [{1}, b"y"]}),
    "frame of mixed": lambda: pd.DataFrame({"a": [1, "x"]}),
    "frame of twins": lambda: pd.DataFrame([[1, 2]], columns=["a", "a"]),
    "frame of periods": lambda: pd.DataFrame({"p": pd.period_range("2026-01", periods=1, freq="M")}),
    "frame of categories": lambda: pd.DataFrame({"c": pd.Categorical(["x", None])}),
    "frame of durations": lambda: pd.DataFrame({"d": [pd.Timedelta(1, "s")]}),
    "frame of nothing": lambda: pd.DataFrame(),
}
