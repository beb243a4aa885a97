"""Answers config trees with Kedro's own OmegaConfigLoader: a JSON list of cases on stdin, a JSON list of answers on stdout.

A case: {"conf": absolute folder, "env": name, "runtimeParams": {...}, "mergeStrategy": {...}, "groups": [...]}.
An answer: {"values": {group: value}, "errors": {group: text}}. A group without files answers {}.
"""

import json
import sys

from kedro.config import MissingConfigException, OmegaConfigLoader


def answer(case):
    values, errors = {}, {}
    for group in case["groups"]:
        # A loader per group: one that has failed on a group must not colour the next.
        try:
            loader = OmegaConfigLoader(
                conf_source=case["conf"],
                env=case["env"],
                base_env="base",
                default_run_env="local",
                runtime_params=case["runtimeParams"],
                merge_strategy=case["mergeStrategy"],
            )
            values[group] = loader[group]
        except MissingConfigException:
            values[group] = {}
        except Exception as error:  # the text is for the reader of a failing test only
            errors[group] = f"{type(error).__name__}: {error}"
    return {"values": values, "errors": errors}


frames = sys.stdout
sys.stdout = sys.stderr  # Kedro may log to stdout
json.dump([answer(case) for case in json.load(sys.stdin)], frames)
