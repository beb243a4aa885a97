"""Nodes that change the tables they are given, in every way that pandas offers, and one that looks at what is left."""
import pandas as pd
from kedro.pipeline import node, pipeline

KEPT = []


def _write_to_view(table):
    try:
        table.iloc[:, 0].to_numpy()[0] = -7
    except ValueError:
        pass  # pandas may hand out views that cannot be written to.


def spoil_frame(table):
    _write_to_view(table)
    table.index.name, table.columns.name = "spoiled", "spoiled"
    table.loc[0, "n"] = -1
    table.iloc[1, 0] = -2
    table["n"] *= 3
    table["more"] = 1
    table.sort_values("n", inplace=True, ascending=False)
    table.drop(columns=["name"], inplace=True)
    table.columns = ["a", "b"]
    table.attrs["spoiled"] = True
    return True


def spoil_series(series):
    series.loc[0] = -1
    series.iloc[1] = -2
    series.name, series.index.name = "spoiled", "spoiled"
    return True


def make():
    frame = pd.DataFrame({"n": [1, 2], "name": ["a", "b"]})
    series = frame["n"].copy()
    KEPT[:] = [frame, series]
    return frame, series


def spoil_kept(_after):
    spoil_frame(KEPT[0])
    spoil_series(KEPT[1])
    return True


def look(frame, series, *_after):
    about_frame = list(map(str, (frame.index.name, frame.columns.name, frame.attrs)))
    return [frame.to_dict("list"), about_frame, series.tolist(), list(map(str, (series.name, series.index.name)))]


def look_at_frame(frame, _after):
    return look(frame, frame["n"])


def spoiling():
    return {
        "spoil_artifact": pipeline([
            node(spoil_frame, "sales", "spoiled", name="spoil_frame"),
            node(look_at_frame, ["sales", "spoiled"], "seen", name="look"),
        ]),
        "spoil_between": pipeline([
            node(make, None, ["frame", "series"], name="make"),
            node(spoil_frame, "frame", "spoiled", name="spoil_frame"),
            node(spoil_series, "series", "spoiled_too", name="spoil_series"),
            node(spoil_kept, "spoiled", "spoiled_kept", name="spoil_kept"),
            node(look, ["frame", "series", "spoiled", "spoiled_too", "spoiled_kept"], "seen", name="look"),
        ]),
    }
