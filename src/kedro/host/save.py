"""Files that are saved whole: written beside their place, waited for, and moved there."""
import os
import secrets
import shutil
from pathlib import Path, PurePosixPath
from urllib.parse import urlparse

from kedro.io import AbstractVersionedDataset
from kedro.io.core import DatasetError

from .private import save_path_of, save_to

# Its writer may put more files beside the one.
_SEVERAL_FILES = "kedro_datasets.rioxarray."


def local_file(definition):
    """The path of an entry that is one local file; None for anything else."""
    path = definition.get("filepath")
    if not isinstance(path, str) or urlparse(path).scheme not in ("", "file"):
        return None
    return path.removeprefix("file://")


def is_versioned(dataset):
    return isinstance(dataset, AbstractVersionedDataset) and dataset.resolve_save_version() is not None


def save_whole(dataset, definition):
    """Lets a dataset of kedro-datasets write beside its place and moves the file there whole.

    Left as Kedro does it: types of the project's own, remote places, appending, a target that is a folder.
    """
    target, module = local_file(definition), type(dataset).__module__
    if target is None or not module.startswith("kedro_datasets.") or module.startswith(_SEVERAL_FILES):
        return
    if not isinstance(dataset, AbstractVersionedDataset) or _appends(definition):
        return
    direct = dataset.save

    def save(data):
        place = Path(save_path_of(dataset))  # Throws where that version is saved already.
        is_new = is_versioned(dataset)
        if place.is_dir() or (is_new and Path(target).is_file()):
            direct(data)  # Kedro says why not.
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = place.with_name(f".{secrets.token_hex(4)}.{place.name[-200:]}")
        try:
            with save_to(dataset, PurePosixPath(beside.as_posix())):
                direct(data)
            _move(beside, place, is_new)
        except BaseException:
            _remove(beside)
            if is_new:
                _remove_empty(place.parent)
            raise

    dataset.save = save


def _move(made, place, is_new):
    if made.is_file():
        handle = os.open(made, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if is_new and _link(made, place):
            os.unlink(made)
            return
    if made.exists():  # Else its author knew a place of his own.
        os.replace(made, place)


def _link(made, place):
    """Unlike a rename, a link never replaces what another run has put there."""
    try:
        os.link(made, place)
        return True
    except FileExistsError as error:
        raise DatasetError(f"Save path '{place}' must not exist if versioning is enabled.") from error
    except OSError:
        return False  # A file system without hard links.


def _remove(path):
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _remove_empty(folder):
    try:
        folder.rmdir()
    except OSError:
        pass


def _appends(definition):
    modes = [
        (definition.get("save_args") or {}).get("mode", ""),
        ((definition.get("fs_args") or {}).get("open_args_save") or {}).get("mode", ""),
    ]
    return any("a" in str(mode) or "+" in str(mode) for mode in modes)


def discard(definition, version):
    """Removes what an earlier attempt of a run had saved under its version: the next saves it again."""
    local, path = local_file(definition), definition.get("filepath")
    if local is not None:
        shutil.rmtree(Path(local) / version, ignore_errors=True)
    elif isinstance(path, str):
        from fsspec.core import url_to_fs

        hidden = ("open_args_load", "open_args_save")
        arguments = {key: item for key, item in (definition.get("fs_args") or {}).items() if key not in hidden}
        storage, place = url_to_fs(path, **(definition.get("credentials") or {}), **arguments)
        if storage.exists(f"{place}/{version}"):
            storage.rm(f"{place}/{version}", recursive=True)
