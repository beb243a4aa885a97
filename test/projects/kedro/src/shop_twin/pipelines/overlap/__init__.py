import time

from kedro.pipeline import node, pipeline


def scale(numbers, factor, label, hops):
    if not isinstance(numbers, list):
        raise TypeError("numbers is no list")
    for _ in range(hops):
        time.sleep(0)
    return {"label": label, "numbers": [each * factor for each in numbers]}


def create_pipeline(**kwargs):
    return pipeline(
        [
            node(scale, ["numbers", "params:factor", "params:label", "params:hops"], "scaled", name="scale"),
            node(lambda scaled: scaled, "scaled", "slot_file", name="save_slot"),
            node(lambda scaled: {**scaled, "from": "history"}, "scaled", "history", name="save_history"),
            node(
                lambda slot, history, model, all: {"slot": slot, "history": history, "model": model, "all": all},
                ["slot_file", "history", "model", "parameters"],
                "seen",
                name="read_back",
            ),
        ]
    )
