"""Values between Python and JSON: what is stated in docs/data-in-and-out.md, and nothing else travels.

Libraries are looked for among those that are imported already: a value of a library that nobody imported cannot exist.
"""
import datetime
import decimal
import math
import os
import sys
import tempfile
import uuid

MOST_ROWS = 10_000
LARGE = 8 * 1024 * 1024
_SAFE = 2**53 - 1


class NotJson(Exception):
    pass


def to_json(value):
    """A JSON twin of `value`. Raises NotJson."""
    kind = type(value)
    if value is None or kind is str or kind is bool:
        return value
    if kind is int:
        if -_SAFE <= value <= _SAFE:
            return value
        raise NotJson("an integer beyond 2**53 - 1")
    if kind is float:
        return value if math.isfinite(value) else None
    if kind is dict:
        for key in value:
            if type(key) is not str:
                raise NotJson(f"a key of type {type(key).__name__}")
        return {key: to_json(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [to_json(item) for item in value]
    return _other(value)


def _other(value):
    if isinstance(value, datetime.datetime):
        return _instant(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, (datetime.time, uuid.UUID)):
        return str(value)
    if isinstance(value, decimal.Decimal):
        return to_json(float(value))
    np, pd = sys.modules.get("numpy"), sys.modules.get("pandas")
    if pd is not None:
        if value is pd.NA or value is pd.NaT:
            return None
        if isinstance(value, pd.Series):
            return _short(value.tolist())
    if np is not None:
        if isinstance(value, np.datetime64):
            return None if np.isnat(value) else to_json(value.astype("datetime64[us]").item())
        if isinstance(value, np.generic):
            item = value.item()
            if isinstance(item, np.generic):
                raise NotJson(f"a {type(value).__name__}")
            return to_json(item)
        if isinstance(value, np.ndarray) and value.dtype.kind in "biufUM":
            return _short(value.tolist(), value.size)
    # A subclass of a plain type, such as an OrderedDict or a str-based enum.
    for plain in (bool, str, int, float, dict, list):
        if isinstance(value, plain):
            return to_json(plain(value))
    raise NotJson(f"a {type(value).__module__}.{type(value).__qualname__}")


def _short(items, size=None):
    if (len(items) if size is None else size) > MOST_ROWS:
        raise NotJson(f"more than {MOST_ROWS} items")
    return to_json(items)


def _instant(value):
    if value != value:  # pandas.NaT is a datetime
        return None
    if value.tzinfo is not None:
        value = value.astimezone(datetime.timezone.utc)
    nanos = getattr(value, "nanosecond", 0)
    text = f"{value.year:04d}-{value.month:02d}-{value.day:02d}T{value:%H:%M:%S}."
    if nanos:
        return f"{text}{value.microsecond:06d}{nanos:03d}Z"
    return f"{text}{value.microsecond:06d}Z" if value.microsecond % 1000 else f"{text}{value.microsecond // 1000:03d}Z"


def is_table(value):
    pd, pl, pa = (sys.modules.get(name) for name in ("pandas", "polars", "pyarrow"))
    return (
        (pd is not None and isinstance(value, pd.DataFrame))
        or (pl is not None and hasattr(pl, "DataFrame") and isinstance(value, (pl.DataFrame, pl.LazyFrame)))
        or (pa is not None and hasattr(pa, "Table") and isinstance(value, pa.Table))
    )


def _plain_frame(frame):
    """A pandas frame whose named index levels are columns; unnamed ones only number the rows."""
    named = [name for name in frame.index.names if name is not None]
    unnamed = [i for i, name in enumerate(frame.index.names) if name is None]
    if not named:
        return frame.reset_index(drop=True)
    return frame.reset_index(level=unnamed, drop=True).reset_index() if unnamed else frame.reset_index()


def rows_of(value):
    """The rows of a table as JSON objects. Raises NotJson for more than MOST_ROWS."""
    if hasattr(value, "collect"):
        value = value.collect()
    count = value.num_rows if hasattr(value, "num_rows") else len(value)
    if count > MOST_ROWS:
        raise NotJson(f"a table of {count} rows; at most {MOST_ROWS} are returned as rows")
    pd = sys.modules.get("pandas")
    if pd is not None and isinstance(value, pd.DataFrame):
        frame = _plain_frame(value)
        names = [str(name) for name in frame.columns]
        columns = [to_json(frame.iloc[:, i].astype(object).tolist()) for i in range(len(names))]
        return [dict(zip(names, row)) for row in zip(*columns)]
    return to_json(value.to_pylist() if hasattr(value, "to_pylist") else value.to_dicts())


def to_arrow(value):
    """A table as the bytes of an Arrow IPC stream; None where pyarrow is not installed."""
    try:
        import pyarrow as pa
    except ImportError:
        return None
    if hasattr(value, "collect"):
        value = value.collect()
    pd = sys.modules.get("pandas")
    if pd is not None and isinstance(value, pd.DataFrame):
        frame = _plain_frame(value)
        table = pa.Table.from_pandas(frame.set_axis([str(name) for name in frame.columns], axis=1), preserve_index=False)
    else:
        table = value if isinstance(value, pa.Table) else value.to_arrow()
    table = _readable(pa, table)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _readable(pa, table):
    # apache-arrow for JavaScript reads no view types.
    for i, field in enumerate(table.schema):
        plain = {"string_view": pa.string(), "binary_view": pa.binary()}.get(str(field.type))
        if plain is not None:
            table = table.set_column(i, field.name, table.column(i).cast(plain))
    return table.replace_schema_metadata(None)


def from_arrow(data, library):
    """Arrow IPC bytes (a stream or a file) as a table of that library: `pandas`, `polars` or `pyarrow`."""
    import pyarrow as pa

    is_file = bytes(data[:6]) == b"ARROW1"
    reader = pa.ipc.open_file(pa.py_buffer(data)) if is_file else pa.ipc.open_stream(pa.py_buffer(data))
    table = reader.read_all()
    if library == "polars":
        import polars

        return polars.from_arrow(table)
    if library == "pandas":
        return table.to_pandas()
    return table


def from_rows(rows, library):
    """Rows as the table that a dataset of that library holds."""
    if library == "polars":
        import polars

        return polars.DataFrame(rows, infer_schema_length=None)
    import pandas

    return pandas.DataFrame(rows)


def is_rows(value):
    return type(value) is list and all(type(row) is dict for row in value)


class Attachments:
    """Bytes that leave with a frame; large ones go through a file beside it."""

    def __init__(self, folder):
        self._folder = folder
        self._size = 0
        self.parts = []

    def add(self, data):
        size = len(data)
        if size > LARGE:
            handle, path = tempfile.mkstemp(suffix=".arrow", dir=self._folder)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            return {"file": path, "size": size}
        place = {"at": self._size, "size": size}
        self._size += size
        self.parts.append(memoryview(data))
        return place


def attached(place, bytes_):
    """Bytes that came with a frame. A file is ours to remove, at once: nobody else will."""
    if "file" not in place:
        return memoryview(bytes_)[place["at"] : place["at"] + place["size"]]
    with open(place["file"], "rb") as file:
        os.unlink(place["file"])
        return file.read()
