"""What our session is held against, in Python. Started by the bench: `baselines.py PROJECT ENV PIPELINE`, `-` for
the default ENV.

Reads lines `run NAME COUNT` and answers each with the microseconds of one run, measured here, or `error MESSAGE`. The first
run of a name opens it, untimed.
"""
import os
import sys
import time
from pathlib import Path

# The answers have a descriptor of their own; what Kedro and nodes print goes to standard error.
ANSWERS = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)

PROJECT = Path(sys.argv[1]).resolve()
ENV = None if sys.argv[2] == "-" else sys.argv[2]
PIPELINE = sys.argv[3]


def runner():
    """Kedro's runner on one catalog that stays warm, with hooks, and nothing else of a run."""
    from kedro.framework.project import pipelines
    from kedro.framework.session import KedroSession
    from kedro.framework.startup import bootstrap_project
    from kedro.io import MemoryDataset
    from kedro.runner import SequentialRunner

    bootstrap_project(PROJECT)
    session = KedroSession.create(project_path=PROJECT, env=ENV)
    catalog, hooks = session.load_context().catalog, session._hook_manager
    pipeline = pipelines[PIPELINE]
    for name in pipeline.inputs():
        if name == "model_input_table":
            catalog[name] = MemoryDataset(catalog.load(name))

    def once():
        return SequentialRunner().run(pipeline, catalog, hooks, run_id="warm")

    return once


def durable_runner():
    """The same, whose file is saved as ours is."""
    _save_durably()
    return runner()


def durable_boot():
    _save_durably()
    return boot()


def _save_durably():
    """Lets the dataset of the model write beside its place, wait for the disk, and move the file there whole."""
    from kedro_datasets.pickle import PickleDataset

    direct = PickleDataset.save

    def save(self, data):
        place = self._filepath
        beside = place.with_name(f".{os.urandom(4).hex()}.{place.name}")
        self._filepath = beside
        try:
            direct(self, data)
        finally:
            self._filepath = place
        handle = os.open(beside, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        os.replace(beside, place)

    PickleDataset.save = save


def service():
    """Kedro's own session for many runs."""
    from kedro.framework.session import KedroServiceSession
    from kedro.framework.startup import bootstrap_project

    bootstrap_project(PROJECT)
    session = KedroServiceSession.create(project_path=PROJECT, env=ENV)
    return lambda: session.run(pipeline_names=[PIPELINE])


def boot():
    """kedro-boot, which loads inputs that are files once, when it opens. Given no parameters it warns at each run."""
    from kedro_boot.app.booter import boot_project

    session = boot_project(PROJECT, kedro_args={"pipeline": PIPELINE, "env": ENV or ""})
    parameters = session.config_loader["parameters"]
    return lambda: session.run(parameters=parameters)


def write_table():
    """A caller that hands a table over in a file: the cheapest way to write it."""
    import pyarrow.parquet as parquet

    table = _table(1_000_000)
    return lambda: parquet.write_table(table, PROJECT / "data/given.parquet")


def write_ten():
    """The same with ten rows, for a warm-up that leaves no memory behind."""
    import pyarrow.parquet as parquet

    return lambda: parquet.write_table(_table(10), PROJECT / "data/given.parquet")


def read_table():
    """The same caller takes the answer out of a file."""
    import pyarrow.parquet as parquet

    def once():
        if parquet.read_table(PROJECT / "data/returned.parquet").num_rows != 1_000_000:
            raise ValueError("rows are missing")

    return once


def _table(rows):
    import numpy as np
    import pyarrow as pa

    count = np.arange(rows)
    return pa.table({
        "int": count,
        "float": count / 3,
        "bool": count % 3 == 0,
        "string": pa.array([f"row {i % 100_000}" for i in range(rows)]),
        "date": pa.array((count % 10_000).astype("int32"), pa.date32()),
    })


_CONTENDERS = (runner, durable_runner, service, boot, durable_boot, write_table, write_ten, read_table)
CONTENDERS = {each.__name__: each for each in _CONTENDERS}


def main():
    known = {}
    for line in sys.stdin:
        _, name, count = line.split()
        try:
            if name not in known:
                known[name] = CONTENDERS[name]()
            once, times = known[name], int(count)
            started = time.perf_counter()
            for _ in range(times):
                once()
            print((time.perf_counter() - started) * 1e6 / max(times, 1), file=ANSWERS)
        except Exception as error:
            print("error", " ".join(f"{type(error).__name__}: {error}".split()), file=ANSWERS)


main()
