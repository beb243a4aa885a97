from kedro.pipeline import node, pipeline

from odd.artifacts import KINDS, look
from odd.values import VALUES


def spoil(kind):
    def change(artifact):
        before = look(artifact)
        KINDS[kind][1](artifact)
        return before

    return change


def register_pipelines():
    spoiling = {
        f"spoil_{kind}": pipeline([node(spoil(kind), f"{kind}_artifact", "before", name="spoil")]) for kind in KINDS
    }
    return {
        **spoiling,
        "one": pipeline([node(lambda which: VALUES[which](), "params:which", "made", name="make")]),
        "__default__": pipeline([node(lambda which: which, "params:which", "same", name="same")]),
    }
