from kedro.pipeline import node, pipeline

from ...control import pass_through


def step(name, work):
    def run(value, control):
        pass_through(name, control)
        return work(value)

    return run


def note(value, control):
    pass_through("aside", control)
    return f"first is {value}"


def create_pipeline(**kwargs):
    return pipeline(
        [
            node(step("first", lambda value: value + 1), ["params:start", "params:control"], "first", name="first"),
            node(step("second", lambda value: value * 10), ["first", "params:control"], "second", name="second"),
            node(step("third", lambda value: value + 3), ["second", "params:control"], "third", name="third"),
            node(step("fourth", lambda value: -value), ["third", "params:control"], "fourth", name="fourth"),
            node(note, ["first", "params:control"], "aside_note", name="aside"),
        ]
    )
