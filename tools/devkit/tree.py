"""Which files of the checkout the checks look at."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def files(repo: Path, *suffixes: str) -> list[Path]:
    """The files git tracks or would add, sorted: what a build leaves behind is not ours to check.

    :param suffixes: endings of the names wanted; none means every file
    :return: absolute paths; an unpacked archive, which has no git, is walked instead
    """
    found = _known_to_git(repo) if (repo / ".git").exists() and shutil.which("git") else _walk(repo)
    # git also lists files that were just deleted.
    return sorted(p for p in found if p.is_file() and (not suffixes or p.name.endswith(suffixes)))


def addons(repo: Path) -> list[Path]:
    return sorted(p.parent for p in repo.glob("*/__manifest__.py"))


def is_test(relative: Path) -> bool:
    return "tests" in relative.parts


def _known_to_git(repo: Path) -> set[Path]:
    command = ["git", "-C", str(repo), "ls-files", "-z", "-co", "--exclude-standard"]
    listing = subprocess.run(command, check=True, capture_output=True).stdout
    return {repo / name for name in listing.decode().split("\0") if name}


def _walk(repo: Path) -> set[Path]:
    left_behind = {"__pycache__", "node_modules", ".venv", ".git"}
    return {p for p in repo.rglob("*") if not left_behind & set(p.relative_to(repo).parts)}
