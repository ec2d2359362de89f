"""Locks between runs, and install steps that survive being killed at any point."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from tools.devkit import config
from tools.devkit.console import require_space, say
from tools.devkit.errors import Problem


@contextlib.contextmanager
def locked(name: str, doing: str) -> Iterator[None]:
    """Hold the lock `name`; the kernel releases it when this process dies, however it dies."""
    folder = config.cache_dir() / "locks"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fd = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise Problem(f"The cache folder {folder} cannot be written: {error.strerror}.") from error
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Another run is {doing}, waiting for it...")
            fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def _stamp(target: Path) -> Path:
    return target.with_name(target.name + ".complete")


def is_complete(target: Path) -> bool:
    """Tell whether a step finished: its stamp is written last, after everything else."""
    return _stamp(target).is_file() and target.exists()


def remove(target: Path) -> None:
    """Delete a step's result, its stamp first: a killed removal leaves no false stamp."""
    _stamp(target).unlink(missing_ok=True)
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)


def step(
    target: Path,
    doing: str,
    build: Callable[[Path], str | None],
    *,
    in_place: bool = False,
    megabytes: int = 0,
) -> Path:
    """Make sure `target` is built, once, whatever happened to earlier runs.

    `build(folder)` works in a fresh folder beside the target, renamed when it is done; what it
    returns is kept in the stamp. `in_place` is for what cannot be moved (a virtual environment
    has its path inside): there the stamp alone says that it is whole.
    """
    if is_complete(target):
        return target
    with locked(target.name, doing):
        if is_complete(target):
            return target
        if megabytes:
            require_space(target.parent, megabytes, doing)
        target.parent.mkdir(parents=True, exist_ok=True)
        work = target if in_place else target.with_name(target.name + ".partial")
        remove(target)
        remove(work)
        work.mkdir()
        note = build(work)
        if work != target:
            work.rename(target)
        _write_stamp(target, note or "")
    return target


def _write_stamp(target: Path, note: str) -> None:
    temporary = target.with_name(target.name + ".stamp-partial")
    temporary.write_text(note)
    temporary.rename(_stamp(target))


def stamp_note(target: Path) -> str:
    """Return what the step's build returned when it completed."""
    return _stamp(target).read_text().strip()
