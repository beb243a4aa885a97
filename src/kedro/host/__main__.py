"""A warm Kedro project behind a pipe. Started by the supervisor; not for people.

Descriptors: 0 is a lifeline (its end means that the parent is gone), 1 and 2 carry what nodes print, 3 brings requests, 4
takes answers and events. States: opening, idle, running; one request at a time.
"""
import importlib.util
import io
import json
import os
import select
import signal
import sys
import threading
from pathlib import Path


class Marked(io.RawIOBase):
    """Output with a line before the first words of each run that says whose they are."""

    def __init__(self, descriptor):
        super().__init__()
        self._descriptor, self._mark, self._said = descriptor, b"", b""

    def belongs_to(self, run_id):
        self._mark = b"\0" + json.dumps(run_id).encode() + b"\n"

    def writable(self):
        return True

    def fileno(self):
        return self._descriptor

    def write(self, data):
        text = bytes(data)
        if self._mark != self._said:
            self._said = self._mark
            text = self._mark + text
        while text:
            text = text[os.write(self._descriptor, text) :]
        return len(data)


def _guard(lifeline):
    """Ends this process and all that it started when the parent is gone, in whatever way and whatever a node does.

    A process of its own, made before anything is imported: a thread would have to wait for a node that holds the
    interpreter lock, and a signal at the parent's death would leave what the project has started.
    """
    if not hasattr(os, "fork"):
        threading.Thread(target=lambda: (_wait_for_end(lifeline, None), os._exit(1)), daemon=True).start()
        return
    host = os.getpid()
    if os.fork() != 0:
        os.close(lifeline)
        return
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for descriptor in (1, 2, 3, 4):
            os.close(descriptor)
        _wait_for_end(lifeline, host)
        if os.getpgrp() == host:
            os.killpg(host, signal.SIGKILL)
        else:
            os.kill(host, signal.SIGKILL)
    finally:
        os._exit(0)


def _wait_for_end(lifeline, host):
    while host is None or os.getppid() == host:
        ready = [lifeline] if host is None else select.select([lifeline], [], [], 0.5)[0]
        if ready and not os.read(lifeline, 1024):
            return


def _own_descriptors():
    lifeline = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    _guard(lifeline)
    for descriptor in (3, 4):
        os.set_inheritable(descriptor, False)
    streams = [Marked(1), Marked(2)]
    sys.stdout, sys.stderr = (
        io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", "backslashreplace", line_buffering=True) for raw in streams
    )
    return streams


def _load_package():
    """Imports the modules beside this file under a name of ours, so that the project's own imports meet nothing of it."""
    folder = Path(__file__).resolve().parent
    if sys.path and Path(sys.path[0]).resolve() == folder:
        del sys.path[0]
    spec = importlib.util.spec_from_file_location(
        "kedro_temporal_host", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    package = importlib.util.module_from_spec(spec)
    sys.modules["kedro_temporal_host"] = package
    spec.loader.exec_module(package)


def _resident_bytes():
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class Host:
    def __init__(self, channel, streams):
        self._channel, self._streams = channel, streams
        self._engine, self._is_running, self._is_interrupted = None, False, False
        signal.signal(signal.SIGINT, self._interrupted)

    # Ignored between runs: a cancel that comes too late belongs to a run that is over.
    def _interrupted(self, _signal, _frame):
        if not self._is_running or self._is_interrupted:
            return
        # Once a run: the parent asks again and again, and what cleans up after the first must come to its end.
        self._is_interrupted = True
        self._engine.watch.is_cancelled = True
        self._channel.interrupt()

    def serve(self):
        while True:
            message = self._channel.read()
            if message is None:
                return
            self._answer(message)

    def _answer(self, message):
        from kedro_temporal_host import errors

        attached = ()
        try:
            try:
                self._is_interrupted = False
                self._is_running = message["op"] == "run"
                answer = getattr(self, f"_{message['op']}")(message)
            finally:
                self._is_running = False
            if message["op"] == "run":
                answer, attached = answer
            reply = {"ok": answer}
        except KeyboardInterrupt:
            reply = {"error": errors.describe(errors.HostError("RUN_CANCELLED", "The run was cancelled by its caller."))}
        except SystemExit as error:
            told = errors.HostError("NODE_FAILED", f"The project's code called sys.exit({error.code!r}).")
            reply = {"error": errors.describe(told)}
        except Exception as error:
            reply = {"error": errors.describe(error)}
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        self._channel.flush()
        run = self._engine.watch.run if self._engine is not None else None
        if run is not None:
            # Also of a run that failed: what it saved is there, and what was warm of it is stale.
            self._engine.artifacts.invalidate(run.saved)
            reply["saved"] = list(run.saved)
            self._engine.watch.run = None
        reply["rss"] = _resident_bytes()
        self._channel.write(reply, attached)

    def _open(self, message):
        import warnings

        # Kedro's own call of omegaconf, once for each resolver and each opening: nothing that the user could mend.
        warnings.filterwarnings("ignore", message=r"register_new_resolver\(\)")
        from kedro_temporal_host.project import open_project

        project = open_project(
            message["project"], message.get("env"), message.get("confSource"), message.get("allowed", ())
        )
        from kedro_temporal_host.engine import Engine

        self._engine = Engine(project, message["folder"], message.get("runner"), message.get("isAsync", False))
        return {"env": project.env, "python": sys.executable, "broken": project.broken}

    def _run(self, message):
        for stream in self._streams:
            stream.belongs_to(message["runId"])
        self._engine.artifacts.invalidate(message.get("stale", ()))
        return self._engine.run(message, self._channel)

    def _describe(self, message):
        from kedro_temporal_host.describe import describe

        return describe(self._engine, message.get("runtimeParams"))

    def _outputs(self, message):
        from kedro_temporal_host.outputs import check_outputs

        return check_outputs(self._engine, message["request"])

    def _preload(self, message):
        artifacts = self._engine.artifacts
        artifacts.invalidate(message.get("stale", ()))
        params = message.get("runtimeParams") or {}
        return artifacts.preload(message["artifacts"], params, message["refresh"], message.get("copyMode"))

    def _release(self, message):
        return {"released": self._engine.artifacts.release(message.get("artifacts"))}


def main():
    streams = _own_descriptors()
    _load_package()
    from kedro_temporal_host.frames import Channel

    Host(Channel(3, 4), streams).serve()


main()
