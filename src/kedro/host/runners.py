"""The runner of a session, by Kedro's name for it or a class path."""
from kedro.runner import AbstractRunner, ParallelRunner, SequentialRunner
from kedro.utils import load_obj

from .errors import HostError, said


class Runners:
    def __init__(self, name, is_async):
        self.name, self._is_async, self._class = name, is_async, _class_of(name)
        # Its nodes run in other processes: what they share, release and tell of is Kedro's own there.
        self.is_parallel = issubclass(self._class, ParallelRunner)

    def make(self):
        try:
            return self._class(is_async=self._is_async)
        except TypeError:
            return self._class()


def _class_of(name):
    if not name:
        return SequentialRunner
    try:
        found = load_obj(name, "kedro.runner")
    except Exception as error:
        raise HostError("PROJECT_SETTINGS_INVALID", f'There is no runner "{name}": {said(error)}') from error
    if not issubclass(found, AbstractRunner):
        raise HostError("PROJECT_SETTINGS_INVALID", f'"{name}" is no runner of Kedro.')
    return found
