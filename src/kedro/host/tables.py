"""Tables of pandas, polars and pyarrow, as rows and as Arrow IPC; never pickled. Libraries: see `values.py`."""
import mmap
import os
import sys
import tempfile
from collections import Counter
from importlib.util import find_spec

from .values import MOST_ROWS, NotJson, to_json

LARGE = 8 * 1024 * 1024


def library_of(dataset_class):
    """The library whose tables a dataset type holds: `pandas`, `polars` or None."""
    module = getattr(dataset_class, "__module__", "")
    return next((name for name in ("pandas", "polars") if module.startswith(f"kedro_datasets.{name}.")), None)


def any_library():
    return next((name for name in ("pandas", "polars") if find_spec(name) is not None), "pyarrow")


def is_table(value):
    pd, pl, pa = (sys.modules.get(name) for name in ("pandas", "polars", "pyarrow"))
    return (
        (pd is not None and isinstance(value, pd.DataFrame))
        or (pl is not None and hasattr(pl, "DataFrame") and isinstance(value, (pl.DataFrame, pl.LazyFrame)))
        or (pa is not None and hasattr(pa, "Table") and isinstance(value, pa.Table))
    )


def is_lazy(value):
    pl = sys.modules.get("polars")
    return pl is not None and hasattr(pl, "LazyFrame") and isinstance(value, pl.LazyFrame)


# A row is an object, and a table is read by names: of two columns with one name one would be lost.
def _distinct(names):
    twin = next((name for name, count in Counter(names).items() if count > 1), None)
    if twin is not None:
        raise NotJson(f'a table with two columns named "{twin}"')
    return names


def _plain_frame(frame):
    """A pandas frame whose named index levels are columns; unnamed ones only number the rows."""
    named = [name for name in frame.index.names if name is not None]
    unnamed = [i for i, name in enumerate(frame.index.names) if name is None]
    if not named:
        return frame.reset_index(drop=True)
    _distinct([*map(str, named), *map(str, frame.columns)])
    return frame.reset_index(level=unnamed, drop=True).reset_index() if unnamed else frame.reset_index()


def rows_of(value):
    """The rows of a table as JSON objects. Raises NotJson for more than MOST_ROWS."""
    count = value.num_rows if hasattr(value, "num_rows") else len(value)
    if count > MOST_ROWS:
        raise NotJson(f"a table of {count} rows; at most {MOST_ROWS} are returned as rows")
    pd = sys.modules.get("pandas")
    if pd is not None and isinstance(value, pd.DataFrame):
        frame = _plain_frame(value)
        names = _distinct([str(name) for name in frame.columns])
        columns = [to_json(frame.iloc[:, i].astype(object).tolist()) for i in range(len(names))]
        return [dict(zip(names, row)) for row in zip(*columns)]
    _distinct(getattr(value, "column_names", ()))
    return to_json(value.to_pylist() if hasattr(value, "to_pylist") else value.to_dicts())


def to_arrow(value):
    """A table as one of pyarrow; None where that is not installed. Raises NotJson."""
    try:
        import pyarrow as pa
    except ImportError:
        return None
    try:
        table = _arrow_of(pa, value)
        _distinct(table.column_names)
        return _readable(pa, table)
    except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:
        raise NotJson(f"a table that Arrow cannot hold ({error})") from error


def _arrow_of(pa, value):
    pd = sys.modules.get("pandas")
    if pd is not None and isinstance(value, pd.DataFrame):
        frame = _plain_frame(value)
        names = _distinct([str(name) for name in frame.columns])
        return pa.Table.from_pandas(frame.set_axis(names, axis=1), preserve_index=False)
    return value if isinstance(value, pa.Table) else value.to_arrow()


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
    """Tables that leave with a frame; large ones go through a file beside it."""

    def __init__(self, folder):
        self._folder, self._size, self.parts = folder, 0, []

    def add(self, table):
        import pyarrow as pa

        if table.nbytes > LARGE:
            handle, path = tempfile.mkstemp(suffix=".arrow", dir=self._folder)
            os.close(handle)
            with pa.OSFile(path, "wb") as sink:
                _write(pa, sink, table)
            return {"file": path, "size": os.path.getsize(path)}
        sink = pa.BufferOutputStream()
        _write(pa, sink, table)
        data = memoryview(sink.getvalue())
        place = {"at": self._size, "size": len(data)}
        self._size += len(data)
        self.parts.append(data)
        return place


def _write(pa, sink, table):
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)


def attached(place, bytes_):
    """Bytes that came with a frame, or in a file. The file is ours to remove: what is mapped of it stays."""
    if "file" not in place:
        return memoryview(bytes_)[place["at"] : place["at"] + place["size"]]
    try:
        with open(place["file"], "rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    finally:
        try:
            os.unlink(place["file"])
        except PermissionError:
            pass  # Windows keeps what is mapped; it goes with the session's folder.
