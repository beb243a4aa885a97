"""The pipelines of a project: those that load, and why the others do not."""
import importlib
import pkgutil
import re
import sys
import traceback
import types
import warnings

from .errors import said


def load_pipelines(package):
    """Pipelines that load, messages for those that do not, and why the registry itself failed, if it did."""
    from kedro.framework.project import pipelines

    registered, warned, error = _attempt(lambda: dict(pipelines))
    if registered is None:
        # The usual registry finds pipelines and sums them: let it find those that import, and it keeps its aliases.
        registered, warned, _ = _attempt(lambda: _leniently(package))
    if registered is None:
        registered, warned = _one_by_one(package)
    broken = _broken_by(warned, package)
    reason = said(error) if error is not None else None
    if broken or reason:
        # A sum without a part of it must not pass for the whole.
        for name, parts in _not_whole(package, registered, broken).items():
            why = "; ".join(broken[part].split(" ", 1)[1] for part in parts) or f"the registry fails: {reason}"
            broken.setdefault(name, f'Pipeline "{name}" cannot run, for it would not be whole: {why}')
            registered.pop(name, None)
    if error is not None:
        _stand_in(package, registered)
    return registered, broken, reason


# Plugins read `kedro.framework.project.pipelines` in their hooks: what does not load must not fail every run through them.
def _stand_in(package, registered):
    name = f"{package}.pipeline_registry"
    registry = sys.modules.setdefault(name, types.ModuleType(name))
    registry.register_pipelines = lambda: dict(registered)


def _attempt(work):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            return work(), [str(each.message) for each in caught], None
        except Exception as error:
            return None, [str(each.message) for each in caught], error
        finally:
            for each in caught:
                if "find_pipelines" not in str(each.message):
                    sys.stderr.write(f"{each.category.__name__}: {each.message}\n")


def _leniently(package, more=()):
    """What the registry says when its `find_pipelines` leaves out what does not import, and finds `more`, which it must ask for."""
    from kedro.framework import project

    registry, own = importlib.import_module(f"{package}.pipeline_registry"), project.find_pipelines
    users = [each for name, each in list(sys.modules.items()) if name.split(".")[0] == package or each is project]
    users = [each for each in users if getattr(each, "find_pipelines", None) is own]

    asked = []

    def find(raise_errors=False, pipelines_to_find=None, **_):
        asked.append(raise_errors)
        wanted = {} if pipelines_to_find is None else {"pipelines_to_find": pipelines_to_find}
        return {**own(raise_errors=False, **wanted), **dict(more)}

    for user in users:
        user.find_pipelines = find
    try:
        made = dict(registry.register_pipelines())
    finally:
        for user in users:
            user.find_pipelines = own
    if more and not asked:
        raise LookupError("the registry does not use find_pipelines")
    return made


def _one_by_one(package):
    from kedro.pipeline import Pipeline

    found, warned = {}, []
    try:
        folder = importlib.import_module(f"{package}.pipelines")
    except ImportError:
        return found, warned
    for module in pkgutil.iter_modules(folder.__path__):
        if not module.ispkg:
            continue
        name = f"{package}.pipelines.{module.name}"
        try:
            found_module = importlib.import_module(name)
            if not hasattr(found_module, "create_pipeline"):
                continue
            made = found_module.create_pipeline()
            if not isinstance(made, Pipeline):
                raise TypeError(f"create_pipeline() returned a {type(made).__name__}")
            found[module.name] = made
        except Exception:
            warned.append(f"An error occurred while importing the '{name}' module.\n{traceback.format_exc()}")
    return found, warned


def _broken_by(warned, package):
    broken = {}
    for text in warned:
        match = re.search(rf"'{re.escape(package)}\.(?:pipelines\.([^.']+)|pipeline)'", text)
        # Kedro warns of a folder without create_pipeline, too: it holds no pipeline, and none is missed.
        if match is None or "does not expose a 'create_pipeline' function" in text:
            continue
        lines = [line for line in text.strip().splitlines() if line.strip()]
        last = next((line for line in reversed(lines) if re.match(r"[\w.]+(?:Error|Exception|Warning|Exit)\b", line)), lines[0])
        name = match[1] or "__default__"
        broken[name] = f'Pipeline "{name}" does not import: {last}{_place_in(lines, package)}'
    return broken


def _place_in(lines, package):
    """Where in the project's own code a traceback ends."""
    frames = [re.match(r'\s*File "(.+)", line (\d+)', line) for line in lines]
    own = [each for each in frames if each and f"/{package}/" in each[1].replace("\\", "/")]
    if not own:
        return ""
    file = own[-1][1].replace("\\", "/")
    return f" ({package}/{file.rsplit(f'/{package}/', 1)[1]}, line {own[-1][2]})"


_MISSING = "kedro_temporal.missing."


def _not_whole(package, registered, broken):
    """Pipelines that would hold a broken one, with the names of those: seen by registering stand-ins in their places."""
    from kedro.pipeline import Pipeline, node

    # It has every tag there is: what a sum keeps by a tag may be in the broken one, too.
    tags = {tag for each in registered.values() for node in each.nodes for tag in node.tags}

    def stand_in(name):
        return Pipeline([node(lambda: None, None, f"kedro_temporal_missing_{name}", tags=[_MISSING + name, *tags])])

    held, marked = {}, None
    if broken:
        marked = _attempt(lambda: _leniently(package, {name: stand_in(name) for name in broken}))[0]
    for name, each in (marked or {}).items():
        parts = {tag.removeprefix(_MISSING) for node in each.nodes for tag in node.tags if tag.startswith(_MISSING)}
        if parts:
            held[name] = sorted(parts)
    if broken and marked is None:
        # The registry cannot be asked so: what is no pipeline of a folder may be a sum.
        found = {name.rsplit(".", 1)[-1] for name in sys.modules if name.startswith(f"{package}.pipelines.")}
        held.update((name, sorted(broken)) for name in registered if name not in found)
    if "__default__" not in registered or not broken:
        held.setdefault("__default__", sorted(broken))
    return held
