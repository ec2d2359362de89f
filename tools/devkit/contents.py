"""Fingerprints of the addons, to know which ones a database has to be updated for."""

import hashlib
from pathlib import Path

from tools.devkit import config

#: What changes nothing in a database.
IGNORED_FOLDERS = {"__pycache__", "node_modules"}
IGNORED_SUFFIXES = {".pyc", ".pyo", ".swp", ".orig", ".md", ".rst"}


def fingerprint(addon: Path) -> str:
    """Return a hash of an addon's files: names and contents, not dates."""
    digest = hashlib.sha256()
    for path in sorted(addon.rglob("*")):
        relative = path.relative_to(addon)
        if IGNORED_FOLDERS & set(relative.parts) or path.suffix in IGNORED_SUFFIXES:
            continue
        if any(part.startswith(".") for part in relative.parts) or not path.is_file():
            continue
        digest.update(relative.as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def fingerprints() -> dict[str, str]:
    """Return the fingerprint of each of our addons that is present."""
    return {name: fingerprint(config.REPO / name) for name in config.present_addons()}


def difference(installed: dict[str, str], wanted: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return (to install, to update): addons that are new, addons whose content changed."""
    missing = [name for name in wanted if name not in installed]
    changed = [name for name in wanted if name in installed and installed[name] != wanted[name]]
    return missing, changed
