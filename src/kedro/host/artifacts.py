"""Datasets that stay in memory between runs, under their name and their filled definition."""
import hashlib
import json
import os
import time

from .errors import load_failure
from .save import local_file
from .sizes import size_and_sharing


class Artifact:
    def __init__(self, name, key, definition, refresh, copy_mode):
        self.name, self.key, self.definition, self.refresh = name, key, definition, refresh
        self.copy_mode = copy_mode  # Of the memory dataset that hands it out.
        self.value, self.mark, self.is_stale, self.loaded_at = None, None, True, 0


class Artifacts:
    def __init__(self, catalogs):
        self._catalogs = catalogs
        self._known = {}

    def preload(self, names, params, refresh, copy_mode=None):
        self._catalogs.fill(params)
        copy_mode = copy_mode or "artifact"
        loaded, kept = [], []
        for name in dict.fromkeys(names):
            if self._catalogs.written(name) is None:
                raise self._catalogs.not_found(name)
            definition = self._definition(name)
            key = key_of(name, definition)
            known = self._known.get(name, {}).get(key)
            if known is not None and (known.refresh, known.copy_mode) == (refresh, copy_mode):
                self._fresh(known)
                kept.append(name)
                continue
            started = time.perf_counter()
            made = Artifact(name, key, definition, refresh, copy_mode)
            self._load(made)
            self._known.setdefault(name, {})[key] = made
            duration = (time.perf_counter() - started) * 1000
            size, shared = size_and_sharing(made.value)
            loaded.append({
                "dataset": name,
                "durationMs": duration,
                "type": self._catalogs.type_of(name),
                "key": key,
                "shared": "as is" if copy_mode == "assign" and shared != "frozen" else shared,
                **({} if size is None else {"bytes": size}),
            })
        return {"loaded": loaded, "kept": kept}

    def value(self, name):
        """The artifact that a run with this configuration may use; None when there is none."""
        by_key = self._known.get(name)
        if by_key is None:
            return None
        known = by_key.get(key_of(name, self._definition(name)))
        if known is not None:
            self._fresh(known)
        return known

    def invalidate(self, names):
        for name in names:
            for known in self._known.get(name, {}).values():
                known.is_stale = True

    def release(self, names=None):
        names = list(self._known) if names is None else names
        return [name for name in names if self._known.pop(name, None) is not None]

    def _definition(self, name):
        self._catalogs.definitions.of(self._catalogs.written(name))  # Throws what is wrong with it.
        return self._catalogs.plain_entry(name)

    def _fresh(self, known):
        if known.is_stale or (known.refresh == "when-changed" and self._mark(known) != known.mark):
            self._load(known)

    def _load(self, known):
        mark = self._mark(known)  # Before loading: a change in between is seen at the next use instead of never.
        catalog, broken = self._catalogs.build()
        self._catalogs.materialise(catalog, known.name, broken)
        try:
            known.value = catalog.load(known.name)
        except Exception as error:
            raise load_failure(known.name, error) from error
        known.mark, known.is_stale, known.loaded_at = mark, False, int(time.time() * 1000)

    def _mark(self, known):
        """What tells whether storage has changed; a fresh object, unlike any other, where nothing can tell."""
        if known.refresh != "when-changed":
            return None
        path = local_file({**known.definition})
        if path is None:
            return object()
        place = self._catalogs.project.path / path
        try:
            if known.definition.get("versioned"):
                versions = (each / place.name for each in sorted(place.iterdir(), reverse=True))
                place = next((each for each in versions if each.exists()), place)
            found = os.stat(place)
        except OSError:
            return object()
        return (str(place), found.st_mtime_ns, found.st_size, found.st_ino)


def key_of(name, definition):
    text = json.dumps([name, definition], sort_keys=True, default=repr)
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


