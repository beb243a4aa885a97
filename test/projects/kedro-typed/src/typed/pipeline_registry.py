from kedro.pipeline import node, pipeline

from typed.models import Limits, Options


def shown(value):
    return {"type": type(value).__name__, **(dict(vars(value)) if hasattr(value, "__dict__") else {"value": value})}


def options(value: Options):
    return shown(value)


def maybe(value: Options | None):
    return shown(value)


def spoil(value: Options):
    value.depth += 1
    return value.depth


def limits(value: Limits):
    return {**shown(value), "steps": [shown(each) for each in value.steps]}


def register_pipelines():
    made = {
        "options": pipeline([node(options, "params:model.options", "seen", name="options")]),
        "field": pipeline(
            [
                node(options, "params:model.options", "seen", name="options"),
                node(shown, "params:model.options.depth", "depth", name="depth"),
            ]
        ),
        "maybe": pipeline([node(maybe, "params:maybe", "seen", name="maybe")]),
        "spoil": pipeline([node(spoil, "params:model.options", "spoilt", name="spoil")]),
        "untyped": pipeline([node(shown, "params:model.options", "seen", name="untyped")]),
        "itself": pipeline([node(lambda value: value, "params:model.options", "itself", name="itself"), node(options, "params:model.options", "seen", name="options")]),
    }
    if Limits is not None:
        made["limits"] = pipeline([node(limits, "params:limits", "seen", name="limits")])
    return {**made, "__default__": made["options"]}
