"""Answers catalogs with Kedro's own CatalogConfigResolver: a JSON list of cases on stdin, a JSON list of answers on stdout.

A case: {"catalog": {entry: definition}, "credentials": {...}, "names": [...]}. An answer, for each name: {"pattern": the factory
that wins or null, "config": the resolved definition} or {"pattern": …, "error": text}.

Kedro refuses a whole catalog for one bad factory. A name is answered as if only the factory that wins for it were there, so
that one bad entry does not hide the others; where no entry is bad, the whole catalog has to say the same.
"""

import json
import logging
import sys

from kedro.io import DataCatalog
from kedro.io.catalog_config_resolver import CatalogConfigResolver

logging.disable(logging.CRITICAL)
RUNTIME = DataCatalog.default_runtime_patterns


def resolver(catalog, credentials):
    return CatalogConfigResolver(catalog, credentials, RUNTIME)


def winner(patterns, name):
    plain = [p for p in patterns if CatalogConfigResolver._pattern_specificity(p) > 0]
    found = resolver({p: {"type": "x"} for p in plain}, {}).match_dataset_pattern(name)
    if found is not None:
        return found
    rest = [p for p in patterns if p not in plain]
    # Two of them are an error, which this raises.
    return resolver({p: {"type": "x"} for p in rest}, {}).match_user_catch_all_pattern(name)


def answer_one(name, catalog, credentials):
    pattern = None
    try:
        if name in catalog and not CatalogConfigResolver.is_pattern(name):
            return {"pattern": None, "config": resolver({name: catalog[name]}, credentials).resolve_pattern(name)}
        pattern = winner([p for p in catalog if CatalogConfigResolver.is_pattern(p)], name)
        alone = {} if pattern is None else {pattern: catalog[pattern]}
        return {"pattern": pattern, "config": resolver(alone, credentials).resolve_pattern(name)}
    except Exception as error:  # the text is for the reader of a failing test only
        return {"pattern": pattern, "error": f"{type(error).__name__}: {error}"}


def answer(case):
    catalog, credentials = case["catalog"], case["credentials"]
    answers = [answer_one(name, catalog, credentials) for name in case["names"]]
    try:
        whole = resolver(catalog, credentials)
    except Exception:
        return answers
    for name, said in zip(case["names"], answers):
        try:
            config = whole.resolve_pattern(name)
        except Exception:
            assert "error" in said, (name, catalog)
        else:
            assert said.get("config") == config, (name, catalog, said, config)
    return answers


frames = sys.stdout
sys.stdout = sys.stderr  # Kedro may log to stdout
json.dump([answer(case) for case in json.load(sys.stdin)], frames)
