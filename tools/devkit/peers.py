"""Addons of others, that benches measure ours beside: wheels, unpacked into the cache.

They run in a database and a server of their own. Nothing of them is imported or copied.
"""

from dataclasses import dataclass

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
    return _peer(("resource_booking",), _RESOURCE_BOOKING)


def _peer(modules: tuple[str, ...], wheels: tuple[str, ...]) -> Peer:
    target = config.cache_dir() / "peers" / f"{modules[0]}-{config.short_hash(*wheels)}"

    def build(folder) -> None:
        python, what = venvs.dev_python(), f"peer-{modules[0]}"
        venvs.pip_install(python, what, "--target", str(folder), *wheels)

    locks.step(target, f"getting {modules[0]}", build)
    tree = odoo_tree.get()
    addons = ",".join(map(str, (*tree.addons, target / "odoo" / "addons")))
    env = {"PYTHONPATH": f"{tree.path}:{target}"}
    return Peer(modules, (f"--addons-path={addons}",), env)
