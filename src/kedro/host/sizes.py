"""How large an artifact is, roughly, and how runs are kept from changing it for each other (see `memory.handed_out`)."""
import sys

_IMMUTABLE = (int, float, complex, str, bytes, bool, type(None), range, frozenset)
_CONTAINERS = (list, tuple, set, frozenset)

# Of a larger container the first items speak for the rest.
_MOST_LOOKED_AT = 100_000


def size_and_sharing(value):
    """Bytes, None where nothing cheap tells; and `frozen`, `copied` or `as is`, as `WarmArtifact.shared` has it."""
    sharing = set()
    left, seen, size, looked = [value], set(), 0, 0
    while left and looked < _MOST_LOOKED_AT:
        item = left.pop()
        looked += 1
        kind = type(item)
        if kind is dict or kind in _CONTAINERS:
            if id(item) in seen:
                continue
            seen.add(id(item))
        own, shared = _one(item, kind)
        if own is None:
            return None, "as is"
        size += own
        sharing.add(shared)
        if kind is dict:
            left.extend(item.keys())
            left.extend(item.values())
        elif kind in _CONTAINERS:
            left.extend(item)
    scale = (looked + len(left)) / looked
    return int(size * scale), next((each for each in ("as is", "copied") if each in sharing), "frozen")


def _one(item, kind):
    if kind in _IMMUTABLE:
        return sys.getsizeof(item), "frozen"
    if kind in (dict, list, tuple, set, bytearray):
        return sys.getsizeof(item), "copied"
    pd, np, pl, pa = (sys.modules.get(name) for name in ("pandas", "numpy", "polars", "pyarrow"))
    if pd is not None and isinstance(item, (pd.DataFrame, pd.Series)):
        used = item.memory_usage(index=True, deep=True)
        return int(used if isinstance(item, pd.Series) else used.sum()), "copied"
    if np is not None and isinstance(item, np.ndarray):
        return int(item.nbytes), "copied"
    if pl is not None and hasattr(pl, "Series") and isinstance(item, (pl.DataFrame, pl.Series)):
        return int(item.estimated_size()), "copied"
    if pa is not None and hasattr(pa, "Table") and isinstance(item, pa.Table):
        return int(item.nbytes), "frozen"
    # A model, say: what it holds is not to be seen from here.
    return None, "as is"
