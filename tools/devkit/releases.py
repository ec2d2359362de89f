"""Our own earlier releases, for the upgrade test: unpacked from git into the cache."""

import os
import subprocess
import tarfile
import tempfile
from pathlib import Path

from tools.devkit import config, locks, odoo_tree
from tools.devkit.errors import Problem
from tools.devkit.peers import Peer

TAGS = "19.0.*"
#: The commits of releases, for a clone that was made without tags.
COMMITS = {"19.0.1.0.0": "7bd7f37"}


def wanted() -> list[str]:
    """Return the releases to upgrade from: RELEASES="19.0.1.0.0 ...", else first and last."""
    if chosen := os.environ.get("RELEASES", "").split():
        return chosen
    tags = _git("tag", "--list", TAGS, "--sort=version:refname").split() or list(COMMITS)
    return sorted({tags[0], tags[-1]}, key=tags.index)


def get(name: str) -> Peer:
    """Return the addons of a release, unpacked, as `tools.devkit.server` installs them."""
    commit = _commit(name)
    target = config.cache_dir() / "releases" / commit
    locks.step(target, f"unpacking the release {name}", lambda folder: _unpack(commit, folder))
    modules = [addon for addon in config.ADDONS if (target / addon).is_dir()]
    addons = ",".join(map(str, (*odoo_tree.get().addons, target)))
    return Peer(tuple(modules), (f"--addons-path={addons}",), {})


def _commit(name: str) -> str:
    for reference in (f"refs/tags/{name}", COMMITS.get(name)):
        if reference and (found := _git("rev-parse", "--verify", "-q", f"{reference}^{{commit}}")):
            return found.strip()
    raise Problem(f"This clone lacks the release {name}: `git fetch --tags --unshallow` gets it.")


def _unpack(commit: str, folder: Path) -> None:
    with tempfile.TemporaryFile() as packed:
        git = ["git", "-C", str(config.REPO), "archive", commit]
        subprocess.run(git, stdout=packed, check=True)
        packed.seek(0)
        with tarfile.open(fileobj=packed) as archive:
            archive.extractall(folder)  # noqa: S202 (what we committed ourselves)


def _git(*words: str) -> str:
    command = ["git", "-C", str(config.REPO), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
