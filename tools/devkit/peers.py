"""Addons of others, beside which ours are measured, or on which a bridge stands.

Wheels, unpacked into the cache; they run in databases of their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.devkit import config, locks, odoo_tree, venvs


@dataclass(frozen=True)
class Peer:
    """:param options: of Odoo's command line; :param env: for its process"""

    modules: tuple[str, ...]
    options: tuple[str, ...]
    env: dict[str, str]


#: AGPL-3, of the Odoo Community Association.
_RESOURCE_BOOKING = (
    "odoo-addon-resource-booking==19.0.1.0.1.2",
    "odoo-addon-web-calendar-slot-duration==19.0.1.0.0.2",
    "cssselect==1.6.0",
)


def resource_booking() -> Peer:
    """Return OCA's `resource_booking`, fetching it when it is missing."""
    return _peer("resource_booking", _RESOURCE_BOOKING, config.short_hash(*_RESOURCE_BOOKING))


def queue_job() -> Peer:
    """Return OCA's `queue_job` beside our addons, fetching it when it is missing."""
    lock = config.QUEUE_LOCK
    words = ("--require-hashes", "-r", str(lock))
    return _peer("queue_job", words, config.short_hash(lock.read_text()), config.REPO)


def beneath(addons: Iterable[str]) -> Peer:
    """Return what addons of ours stand on that is not Odoo's own; for most it is nothing."""
    needs = {need for addon in addons for need in config.MANIFESTS[addon]["depends"]}
    return queue_job() if "queue_job" in needs else Peer((), (), {})


def _peer(module: str, words: tuple[str, ...], version: str, *beside: Path) -> Peer:
    """:param words: for pip; :param beside: more folders of addons"""
    target = config.cache_dir() / "peers" / f"{module}-{version}"

    def build(folder: Path) -> None:
        python, what = venvs.dev_python(), f"peer-{module}"
        venvs.pip_install(python, what, "--target", str(folder), *words)

    locks.step(target, f"getting {module}", build)
    tree = odoo_tree.get()
    addons = ",".join(map(str, (*tree.addons, target / "odoo" / "addons", *beside)))
    env = {"PYTHONPATH": f"{tree.path}:{target}"}
    return Peer((module,), (f"--addons-path={addons}",), env)
