from kedro.pipeline import node, pipeline


def spoil(table, model, given):
    for each in (table, given):
        each["rows"].append(99)
        each["by"]["name"] = "spoiled"
    model["depth"] = 99
    model["options"]["steps"] = 99
    return len(table["rows"])


def create_pipeline(**kwargs):
    return pipeline([node(spoil, ["table", "params:model", "given"], "spoiled", name="spoil")])
