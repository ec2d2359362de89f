"""Template databases: Odoo's modules once per version, then our addons on top, kept current."""

from collections.abc import Callable

from tools.devkit import builds, config, contents, databases, locks, odoo_tree
from tools.devkit.errors import Problem
from tools.devkit.postgres import Connection

#: Compiles every asset bundle now, so that the first page (and the first tour) does not wait.
_PREPARE = """
env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
"""


_LOAD_DEMO = """
from odoo.modules.loading import force_demo
force_demo(env)
env.cr.commit()
"""


def base(connection: Connection, demo: bool) -> str:
    """Return the template with Odoo's own modules, made once per version of Odoo."""
    key = config.short_hash(
        odoo_tree.get().version,
        *config.BASE_MODULES,
        *config.LANGUAGES,
        config.ODOO_LOCK.read_text(),
    )
    plain = f"immoassist_base_{key}"
    _once(connection, plain, lambda build: _install_odoo(connection, build))
    if not demo:
        return plain
    name = f"immoassist_base_demo_{key}"
    _once(connection, name, lambda build: _load_demo(connection, plain, build))
    return name


def _once(connection: Connection, name: str, make: Callable[[str], None]) -> None:
    """Make a template under a working name; it gets its own when it is whole."""
    with locks.locked(name, "making the template database"):
        if databases.read_state(connection, name):
            return
        build = f"{name}_b"
        databases.drop(connection, build)
        make(build)
        databases.write_state(connection, build, {"base": name})
        databases.rename(connection, build, name)


def _install_odoo(connection: Connection, build: str) -> None:
    builds.run(
        connection,
        build,
        "Making the template database with Odoo's own modules (once)",
        *("-i", ",".join(config.BASE_MODULES)),
        *("--load-language", ",".join(config.LANGUAGES)),
    )
    prepare(connection, build)


def _load_demo(connection: Connection, plain: str, build: str) -> None:
    with locks.locked(plain, "copying the template database"):
        databases.clone(connection, plain, build)
    builds.shell(connection, build, "Loading Odoo's demo data (once)", _LOAD_DEMO)


def addons(connection: Connection, demo: bool, *, current: bool = True) -> str:
    """Return the template with our addons; `current` brings it up to this checkout's content.

    Without `current` an older one will do: who clones it updates what changed since.
    """
    # One for each checkout: two of them would undo each other's updates all the time.
    checkout = config.short_hash(str(config.REPO))
    name = f"immoassist_addons_{checkout}{'_demo' if demo else ''}"
    base_name = base(connection, demo)
    with locks.locked(name, "making the template database of our addons"):
        state = databases.read_state(connection, name) or {}
        if state.get("base") != base_name or not state.get("addons"):
            _make(connection, name, base_name)
        elif current and state["addons"] != contents.fingerprints():
            _refresh(connection, name, base_name, state)
    return name


def _make(connection: Connection, name: str, base_name: str) -> None:
    present = config.present_addons()
    if not present:
        raise Problem(f"None of our addons is in {config.REPO}: {', '.join(config.ADDONS)}.")
    wanted = contents.fingerprints()
    build = f"{name}_b"
    with locks.locked(base_name, "copying the template database"):
        databases.clone(connection, base_name, build)
    builds.run(connection, build, f"Installing {', '.join(present)}", "-i", ",".join(present))
    prepare(connection, build)
    databases.write_state(connection, build, {"base": base_name, "addons": wanted})
    databases.rename(connection, build, name)


def _refresh(connection: Connection, name: str, base_name: str, state: dict) -> None:
    wanted = contents.fingerprints()
    if set(state["addons"]) - set(wanted):  # an addon went away: only a new database forgets it
        _make(connection, name, base_name)
        return
    databases.write_state(connection, name, {})  # killed from here on: made again
    try:
        update(connection, name, state["addons"], wanted)
        prepare(connection, name)
    except Problem:
        # Perhaps only the step from the older content is impossible, not the content itself.
        _make(connection, name, base_name)
        return
    databases.write_state(connection, name, {"base": base_name, "addons": wanted})


def update(
    connection: Connection, name: str, installed: dict[str, str], wanted: dict[str, str]
) -> None:
    """Install and update in a database what changed between two sets of fingerprints."""
    missing, changed = contents.difference(installed, wanted)
    options = []
    if missing:
        options += ["-i", ",".join(missing)]
    if changed:
        options += ["-u", ",".join(changed)]
    if options:
        builds.run(connection, name, f"Updating {', '.join(missing + changed)}", *options)


def prepare(connection: Connection, name: str) -> None:
    """Compile the asset bundles of a database."""
    builds.shell(connection, name, "Compiling the assets", _PREPARE)


def scratch(connection: Connection, name: str, demo: bool, *, ours: bool = True) -> None:
    """Make `name` a current copy of a template, for a run that drops it.

    :param ours: with our addons, not only Odoo's own modules
    """
    template = addons(connection, demo) if ours else base(connection, demo)
    with locks.locked(template, "copying the template database"):
        databases.clone(connection, template, name)


def fresh(connection: Connection, name: str, demo: bool) -> None:
    """Make `name` a whole database with our addons, from the template."""
    template = addons(connection, demo)
    build = f"{name[:58]}_b"
    with locks.locked(template, "copying the template database"):
        state = databases.read_state(connection, template) or {}
        databases.clone(connection, template, build)
    databases.write_state(connection, build, {**state, "demo": demo})
    databases.rename(connection, build, name)
