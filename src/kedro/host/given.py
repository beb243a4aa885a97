"""Data that a caller hands to a run."""
from . import tables
from .errors import HostError, said


class _Arrow:
    def __init__(self, data):
        self.data = data


def taken(message):
    """The data by name; tables still as they came, since what they become is the catalog's to say."""
    data = dict(message["request"].get("runtimeData") or {})
    for name, live in (message.get("data") or {}).items():
        if name in data:
            told = f'"{name}" is given twice, in runtimeData and in live.data.'
            raise HostError("REQUEST_INVALID", told, {"dataset": name})
        is_table = "arrow" in live
        data[name] = _Arrow(tables.attached(live["arrow"], message["attached"])) if is_table else live["json"]
    return data


def as_entry_holds(name, value, catalogs):
    """Rows and Arrow as a table of the library that the catalog's entry is for; anything else as it is."""
    library = None
    if catalogs.written(name) is not None:
        try:
            library = tables.library_of(catalogs.definitions.class_of(catalogs.type_of(name), name))
        except HostError:
            pass  # The entry cannot be used, and need not be: its data is given.
    try:
        if isinstance(value, _Arrow):
            return tables.from_arrow(value.data, library or tables.any_library())
        if library is not None and tables.is_rows(value):
            return tables.from_rows(value, library)
    except Exception as error:
        told = f'The data given for "{name}" cannot become a table: {said(error)}'
        raise HostError("REQUEST_INVALID", told, {"dataset": name}) from error
    return value
