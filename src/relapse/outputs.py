"""Files written whole or not at all, and one run at a time in a folder.

A set of files is first written beside its place, flushed to the disk, and then moved there one by one, in the given
order. Whoever is killed, or finds the disk full, before the first move has changed nothing. No system can move several
files at once: whoever is killed between two moves leaves some new files beside old ones, each of them whole. Put the
file that speaks for the others (the manifest with their hashes) last; it tells the two cases apart, and the next run
puts everything right.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Annotated

from filelock import FileLock, Timeout
from pydantic import AfterValidator, BeforeValidator
from pydantic.dataclasses import dataclass

from relapse.core.errors import InputError
from relapse.core.recipe import STRICT

_STAGE = ".writing-"
_LOCK = ".relapse.lock"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_FOLDER = {errno.EEXIST, errno.ENOTDIR}


def _named(value: object) -> object:
    if value is None or not str(value).strip():
        raise ValueError("no folder is named; write . for the working directory")
    return value


Folder = Annotated[Path, BeforeValidator(_named), AfterValidator(Path.expanduser)]


@dataclass(frozen=True, config=STRICT)
class Paths:
    """Where a run reads and writes; relative to the working directory, `~` is the home folder.

    Args:
        outputs: what users asked for.
        data: input tables, a folder a county.
        state: MLflow's store; it outlives any outputs folder.
    """

    outputs: Folder
    data: Folder
    state: Folder


def write_all(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder, each whole, or none of them; a file that is there already is replaced.

    Args:
        folder: made where there is none; it may be a link.
        files: bytes by path within the folder (with `/`), moved to their places in this order: manifest last.

    Raises:
        InputError: a path leads out of the folder or is a folder already, there is no permission, or the disk is full;
            what lay there before is as it was.
    """
    targets = {name: folder / _inside(name) for name in files}
    with _said_plainly(folder):
        for target in targets.values():
            target.parent.mkdir(parents=True, exist_ok=True)
        taken = [str(target) for target in targets.values() if target.is_dir()]
        if taken:
            raise InputError(f"{taken[0]} is a folder where a file must be written; move it away")
        stage = Path(tempfile.mkdtemp(prefix=_STAGE, dir=folder))
        try:
            staged = [_write(stage / str(place), content) for place, content in enumerate(files.values())]
            for part, target in zip(staged, targets.values(), strict=True):
                part.replace(target)
            for parent in {target.parent for target in targets.values()}:
                _flush_folder(parent)
        finally:
            shutil.rmtree(stage, ignore_errors=True)


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A folder for what is needed on the way; it goes again, and so does that of a killed run at the next one's begin.

    Args:
        folder: in which it is made; it must be locked.

    Raises:
        InputError: there is no permission, or the disk is full.
    """
    with _said_plainly(folder):
        stage = Path(tempfile.mkdtemp(prefix=_STAGE, dir=folder))
        try:
            yield stage
        finally:
            shutil.rmtree(stage, ignore_errors=True)


@contextmanager
def locked(folder: Path, seconds: float, say: Callable[[str], None]) -> Iterator[None]:
    """Hold a folder against other runs; within one thread it may be held more than once.

    The lock is the operating system's: it goes with the process that held it, however that ended.

    Args:
        folder: made where there is none.
        seconds: to wait for another run; 0 refuses at once.
        say: is told once that another run is being waited for.

    Raises:
        InputError: another run held the folder for longer, or there is no permission.
    """
    with _said_plainly(folder):
        new = not folder.exists()
        lock = FileLock(folder.resolve() / _LOCK, is_singleton=True)
        _take(lock, folder, seconds, say)
    try:
        if lock.lock_counter == 1:  # nobody else writes here now: what a killed run left half-written can go
            for left in folder.glob(f"{_STAGE}*"):
                shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        if new:
            _remove_if_empty(folder)
        lock.release()


def _remove_if_empty(folder: Path) -> None:
    """A folder that was made for a run that wrote nothing goes again, with its lock (still held: others try anew)."""
    if [each.name for each in folder.iterdir()] == [_LOCK]:
        with contextlib.suppress(OSError):
            (folder / _LOCK).unlink()
            folder.rmdir()


def _take(lock: FileLock, folder: Path, seconds: float, say: Callable[[str], None]) -> None:
    try:
        _acquire(lock, folder, 0)
    except Timeout:
        if seconds > 0:
            say(f"waiting for another run on {folder}")
        try:
            _acquire(lock, folder, seconds)
        except Timeout:
            raise InputError(
                f"another run is at work on {folder}; wait for it, or choose another folder with paths.outputs=FOLDER"
            ) from None


def _acquire(lock: FileLock, folder: Path, seconds: float) -> None:
    for last in (False, True):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=seconds)
            return
        except FileNotFoundError:  # the run that held it wrote nothing and took the folder away
            if last:
                raise


def _inside(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or not path.parts:
        raise InputError(f"'{name}' is no path within a folder")
    return path


def _write(path: Path, content: bytes) -> Path:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return path


def _flush_folder(folder: Path) -> None:
    """Make moves last through a power cut, where the system lets a folder be flushed."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:  # some network and user-space file systems cannot
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(handle)


@contextmanager
def _said_plainly(folder: Path) -> Iterator[None]:
    """Turn what the operating system says of a folder into one sentence."""
    try:
        yield
    except OSError as error:
        place = error.filename or folder
        if error.errno in _FULL:
            raise InputError(f"the disk of {folder} is full; nothing was changed. Make room, then run again") from error
        if error.errno in _FORBIDDEN:
            raise InputError(f"no permission to write to {place}; nothing there was changed") from error
        if error.errno in _NO_FOLDER:
            raise InputError(f"{place} is a file where a folder is needed; name another folder") from error
        raise InputError(f"cannot write to {place}: {error.strerror or error}") from error
