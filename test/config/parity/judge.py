"""Asks Kedro's own OmegaConfigLoader about configuration trees: a JSON list of cases on stdin, a JSON list of verdicts on stdout.

A case: {"conf": absolute folder, "env": name or null, "groups": [...], "runtimeParams": {...} or "params": text of --params,
"mergeStrategy": {...}, "patterns": {...}, "resolvers": bool, "ours": JSON text of our values, or null where ours failed}.
A verdict: {"same": bool, "theirs": JSON text or null, "error": text or null}. Values are the same when they are equal in Python
and of the same type: 1 is not 1.0. A group without files is {}.
"""

import json
import logging
import sys
import warnings

frames = sys.stdout
sys.stdout = sys.stderr  # Kedro may log to stdout, from its import on

from kedro.config import MissingConfigException, OmegaConfigLoader
from kedro.framework.cli.utils import _split_params
from omegaconf import OmegaConf

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

RESOLVERS = {
    "plus": lambda *args: sum(args),
    "echo": lambda *args: list(args),
    "make": lambda *args: {"a": list(args), "n": {"x": 1}},
    "fail": lambda *args: 1 / 0,
}


class Click:
    name = "params"

    def fail(self, text):
        raise ValueError(text)


def load(case):
    # Resolvers are global in OmegaConf: those of the case before must not stay.
    OmegaConf.clear_resolvers()
    params = case.get("runtimeParams") or {}
    if case.get("params"):
        params = _split_params(Click(), Click(), case["params"])
    values = {}
    for group in case["groups"]:
        try:
            loader = OmegaConfigLoader(
                conf_source=case["conf"],
                env=case.get("env"),
                base_env="base",
                default_run_env="local",
                runtime_params=params,
                merge_strategy=case.get("mergeStrategy") or {},
                config_patterns=case.get("patterns") or None,
                custom_resolvers=RESOLVERS if case.get("resolvers") else None,
            )
            values[group] = loader[group]
        except MissingConfigException as error:
            if "No files of YAML" not in str(error):
                raise
            values[group] = {}
    return json.loads(json.dumps(values))


def same(a, b):
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    return a == b


def verdict(case):
    ours = case["ours"]
    try:
        theirs = load(case)
    except Exception as error:  # the text is for the reader of a failing test only
        return {"same": ours is None, "theirs": None, "error": f"{type(error).__name__}: {error}"}
    is_same = ours is not None and same(theirs, json.loads(ours))
    return {"same": is_same, "theirs": json.dumps(theirs), "error": None}


json.dump([verdict(case) for case in json.load(sys.stdin)], frames)
