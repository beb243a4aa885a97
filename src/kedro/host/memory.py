"""Values of a run in memory, and what keeps one user of a value from changing it for another."""
import copy
import sys

from kedro.io import MemoryDataset
from kedro.io.core import DatasetError

_EMPTY = object()
_PLAIN = (int, float, str, bool, type(None))


class RunMemory(MemoryDataset):
    """Kedro's MemoryDataset for one run: the same copies, without its imports and descriptions at each load and save.

    None is a value here, as null is in JSON. `kept` values are not released when the last node has read them; what a node
    makes of a `sealed` one, that is of injected data, is dropped. A copy mode of its own, `artifact`: see `handed_out`.
    """

    _EPHEMERAL = True
    _init_args = {}

    def _exists(self):
        return self._value is not _EMPTY

    def _describe(self):
        return {"data": None if self._value is _EMPTY else f"<{type(self._value).__name__}>"}

    def peek(self):
        if self._value is _EMPTY:
            raise DatasetError("Data for MemoryDataset has not been saved yet.")
        return self._value


def _init(self, data=_EMPTY, copy_mode=None, metadata=None, kept=False, sealed=False):
    self._value, self._mode, self._kept, self._sealed = data, copy_mode, kept or sealed, sealed
    self.metadata = metadata


def _load(self):
    return _copied(self.peek(), self._mode)


def _save(self, data):
    if not self._sealed:
        self._value = _copied(data, self._mode)


def _release(self):
    if not self._kept:
        self._value = _EMPTY


# Set afterwards: AbstractDataset wraps what a class body defines in code that inspects or describes at each call.
RunMemory.__init__, RunMemory.load, RunMemory.save, RunMemory.release = _init, _load, _save, _release
RunMemory.__name__ = "MemoryDataset"


def handed_out(value):
    """Plain containers are copied all the way down, frames and arrays as Kedro copies them; anything else (a model, say) is
    shared: a copy of an estimator may cost seconds, and only its author knows what a copy is."""
    kind = type(value)
    if kind is dict:
        return {handed_out(key): handed_out(item) for key, item in value.items()}
    if kind in (list, tuple, set):
        return kind(handed_out(item) for item in value)
    if kind is bytearray:
        return bytearray(value)
    pd, np, pl = (sys.modules.get(name) for name in ("pandas", "numpy", "polars"))
    # Its methods may change a frame in place, such as drop_in_place; a clone shares the columns, which none changes.
    if pl is not None and hasattr(pl, "Series") and isinstance(value, (pl.DataFrame, pl.Series)):
        return value.clone()
    is_frame = pd is not None and isinstance(value, (pd.DataFrame, pd.Series))
    return _copied(value, "copy") if is_frame or (np is not None and isinstance(value, np.ndarray)) else value


def _copied(value, mode):
    if type(value) in _PLAIN:
        return value
    mode = mode or _mode_of(value)
    if mode == "assign":
        return value
    if mode == "artifact":
        return handed_out(value)
    if mode in ("copy", "deepcopy") and _copies_on_write(value):
        return value.copy(deep=False)
    if mode == "copy":
        return value.copy()
    if mode == "deepcopy":
        return copy.deepcopy(value)
    raise DatasetError(f"Invalid copy mode: {mode}. Possible values are: deepcopy, copy, assign.")


def _mode_of(value):
    """As Kedro's MemoryDataset decides it, but looking only at libraries that are imported: a value of another cannot be."""
    pd, np, ibis = sys.modules.get("pandas"), sys.modules.get("numpy"), sys.modules.get("ibis")
    if (pd is not None and isinstance(value, pd.DataFrame)) or (np is not None and isinstance(value, np.ndarray)):
        return "copy"
    if type(value).__name__ == "DataFrame" or (ibis is not None and isinstance(value, ibis.Table)):
        return "assign"
    return "deepcopy"


def _copies_on_write(value):
    """Whether pandas itself keeps a shallow copy and its source apart. Not for subclasses: they hold what they like."""
    pd = sys.modules.get("pandas")
    if pd is None or type(value) not in (pd.DataFrame, pd.Series):
        return False
    return int(pd.__version__.split(".", 1)[0]) >= 3 or pd.options.mode.copy_on_write is True
