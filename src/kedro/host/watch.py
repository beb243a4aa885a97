"""What happens in a run, told as it happens, and where a cancel takes hold: hooks of the host itself."""
import inspect
import time

from kedro.framework.hooks import hook_impl


class Progress:
    """What one run has begun, finished and saved, and the events that tell of it."""

    def __init__(self, channel, has_events=False, is_paced=False, nodes=(), stored=(), asked=()):
        """`stored`: datasets that outlive the run; `asked`: those whose values it returns."""
        self._channel, self._has_events, self._is_paced = channel, has_events, is_paced
        self._nodes, self._streaming = {node.name: node for node in nodes}, []
        self.stored, self.asked, self.values = stored, asked, {}
        self.loading, self.saving, self.left = {}, {}, {}
        self.started, self.durations, self.saved = {}, {}, {}
        self.node_error = None

    def at(self, name):
        """When a node started, in milliseconds since the epoch; None for one that nobody saw start."""
        started = self.started.get(name)
        return None if started is None else round((time.time() - time.perf_counter() + started) * 1000)

    def tell(self, kind, **what):
        if self._has_events:
            self._channel.tell({"type": kind, "at": int(time.time() * 1000), **what})

    def catch_up(self):
        """Sends what was told, before something that may take long."""
        if self._has_events:
            self._channel.flush()

    def start(self, node):
        if node.name in self.started:
            return
        self._end_streams()
        if inspect.isgeneratorfunction(node.func):
            self._streaming.append(node.name)
        self.started[node.name] = time.perf_counter()
        self.left[node.name] = set(node.outputs)
        self.tell("node-started", node=node.name)

    # A generator's node saves its outputs piece by piece; its end shows when the next begins, or the run ends.
    def _end_streams(self):
        while self._streaming:
            self._finish(self._streaming.pop())

    def output_saved(self, node, name=None):
        left = self.left[node.name]
        left.discard(name)
        if not left and node.name not in self._streaming:
            self._finish(node.name)

    def end(self):
        for name in self.started:
            self._finish(name)

    def _finish(self, name):
        if name in self.durations:
            return
        self.durations[name] = _since(self.started[name])
        self.tell("node-finished", node=name, durationMs=self.durations[name])
        if self._is_paced and not self._channel.may_go_on():
            raise KeyboardInterrupt


class Watch:
    """Sees the run that it is given."""

    def __init__(self):
        self.run, self.is_cancelled = None, False

    def see(self, run):
        self.run, self.is_cancelled = run, False

    # Threads of a runner hear of a cancel here only.
    def _go_on(self):
        if self.is_cancelled:
            raise KeyboardInterrupt
        return self.run

    @hook_impl(tryfirst=True)
    def before_dataset_loaded(self, dataset_name, node):
        run = self._go_on()
        run.start(node)
        if dataset_name in run.stored:
            run.catch_up()
        run.loading[dataset_name] = time.perf_counter()

    @hook_impl(trylast=True)
    def after_dataset_loaded(self, dataset_name, node):
        started = self.run.loading.pop(dataset_name, None)
        if started is not None and dataset_name in self.run.stored:
            self.run.tell("dataset-loaded", dataset=dataset_name, durationMs=_since(started))

    @hook_impl(tryfirst=True)
    def before_node_run(self, node):
        run = self._go_on()
        run.start(node)
        run.catch_up()

    @hook_impl(trylast=True)
    def after_node_run(self, node):
        if not node.outputs:
            self.run.output_saved(node)
            self._go_on()

    @hook_impl(tryfirst=True)
    def on_node_error(self, error, node):
        self.run.node_error = (node.name, error)

    @hook_impl(tryfirst=True)
    def before_dataset_saved(self, dataset_name, node):
        run = self._go_on()
        if dataset_name in run.stored:
            run.catch_up()
        run.saving[dataset_name] = (time.perf_counter(), node.name)

    @hook_impl(trylast=True)
    def after_dataset_saved(self, dataset_name, data, node):
        run = self.run
        started, _ = run.saving.pop(dataset_name)
        if dataset_name in run.asked:
            run.values[dataset_name] = data
        if dataset_name in run.stored:
            run.saved[dataset_name] = None
            run.tell("dataset-saved", dataset=dataset_name, durationMs=_since(started))
        run.output_saved(node, dataset_name)
        self._go_on()


def _since(started):
    return (time.perf_counter() - started) * 1000
