"""Values between Python and JSON: what is stated in docs/data-in-and-out.md, and nothing else travels.

Libraries are looked for among those that are imported already: a value of a library that nobody imported cannot exist.
"""
import datetime
import decimal
import math
import sys
import uuid

MOST_ROWS = 10_000
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
    # A subclass of a plain type, such as an OrderedDict, a namedtuple or a str-based enum, whose str() is another text.
    if isinstance(value, str):
        return str.__str__(value)
    for plain in (int, float, dict, list, tuple):
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
        try:
            value = value.astimezone(datetime.timezone.utc)
        except (OverflowError, ValueError) as error:
            raise NotJson(f"an instant that UTC cannot hold ({value})") from error
    nanos = getattr(value, "nanosecond", 0)
    text = f"{value.year:04d}-{value.month:02d}-{value.day:02d}T{value:%H:%M:%S}."
    if nanos:
        return f"{text}{value.microsecond:06d}{nanos:03d}Z"
    return f"{text}{value.microsecond:06d}Z" if value.microsecond % 1000 else f"{text}{value.microsecond // 1000:03d}Z"
