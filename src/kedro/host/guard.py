"""What a runtime param may decide in a catalog entry: never its type or its query; of a path only what stays inside."""
import re

from .errors import HostError

_PATH_KEY = re.compile(r"(?:path|dir)$|^(?:folder|tables)$", re.I)
_CHOSEN_BY_PROJECT = ("type", "sql", "query")


def guard(dataset, path, leaf, raw, hits, allowed):
    """Throws where the params of `hits` (names and values) fill `leaf`, whose text in the file is `raw`, and may not."""
    params = ", ".join(f'"{variable}"' for variable, _ in hits)
    where = f'The runtime param {params} fills "{".".join(path)}" of the dataset "{dataset}" and '
    details = {"dataset": dataset, "key": ".".join(path), "param": params.replace('"', "")}
    fixed = next((key for key in path if key in _CHOSEN_BY_PROJECT), None)
    if fixed is not None:
        why = f'may not decide it: "{fixed}" is the project\'s to choose. Add an entry for each case.'
        raise HostError("PARAM_NOT_ALLOWED", where + why, details)
    unsafe = [str(value) for variable, value in hits if variable not in allowed]
    if not unsafe or not isinstance(leaf, str) or not any(_PATH_KEY.search(key) for key in path):
        return
    neutral = re.sub(r"\$\{[^}]*\}", "x", raw)
    why = next(filter(None, [*(_leaves(value, "") for value in unsafe), _leaves(leaf, neutral)]), None)
    if why is not None:
        trust = f"{why}. If the project trusts it, open the session with allowUnsafeParams: [{params}]."
        raise HostError("PARAM_NOT_ALLOWED", where + trust, details)


def guard_text(dataset, entry, params, allowed):
    """The same for an entry of a loader that does not say what its params decide: by texts of theirs found in it again."""
    given = [each for each in _texts(params) if each[0] not in allowed]
    for path, leaf in _leaves_of(entry):
        hits = [(variable, value) for variable, value in given if value in leaf and _may_decide(path, leaf, value)]
        neutral = leaf
        for _, value in hits:
            neutral = neutral.replace(value, "x")
        if hits:
            guard(dataset, path, leaf, neutral, hits, allowed)


def _may_decide(path, leaf, value):
    """False for what may well stand there by chance: a word in a query, a rooted path further in."""
    if any(key in _CHOSEN_BY_PROJECT for key in path):
        return re.fullmatch(r"\w+", value) is None
    return leaf.startswith(value) or not re.match(r"[\\/]|[A-Za-z]:", value) or ".." in value or "://" in value


def _texts(params, before=""):
    for name, value in params.items() if isinstance(params, dict) else enumerate(params):
        if isinstance(value, (dict, list)):
            yield from _texts(value, f"{before}{name}.")
        elif isinstance(value, str) and value:
            yield f"{before}{name}", value


def _leaves_of(value, path=()):
    for name, item in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(item, (dict, list)):
            yield from _leaves_of(item, (*path, str(name)))
        elif isinstance(item, str):
            yield (*path, str(name)), item


def _leaves(value, neutral):
    if value.replace("\\", "/").split("/").count("..") > neutral.replace("\\", "/").split("/").count(".."):
        return 'climbs out of it with ".."'
    if "\0" in value:
        return "has a NUL character"
    for pattern, why in ((r"(?s).*://|\s*file:", "brings a URL scheme"), (r"[\\/]|[A-Za-z]:", "makes it an absolute path")):
        if re.match(pattern, value) and not re.match(pattern, neutral):
            return why
    return None
