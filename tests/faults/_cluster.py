"""A PostgreSQL of one scenario alone: the shared one of the other tests is never harmed."""

import contextlib
import os
import subprocess
from pathlib import Path

from tools.devkit import config, databases, locks, postgres, templates
from tools.devkit.postgres import Connection

#: As in production: what is committed is on the disk.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@contextlib.contextmanager
def own(env=None):
    """Give a :class:`postgres.Cluster` that this process and its children use inside the block.

    :param env: more environment variables for PostgreSQL
    """
    home = config.cache_dir() / f"faults-{os.getpid()}"
    with postgres.running() as shared:
        _remove_leftovers()
        template = templates.addons(shared, demo=True)
        state = databases.read_state(shared, template)
        dump = _dump(shared, template)
    cluster = postgres.Cluster(home, DURABLE, env)
    names = {"PGPORT": postgres.PORT, "PGUSER": postgres.USER}
    try:
        cluster.create()
        cluster.start()
        os.environ |= {"PGHOST": str(cluster.socket_dir), **names}
        _restore(template, state, dump)
        yield cluster
    finally:
        for name in ("PGHOST", *names):
            os.environ.pop(name, None)
        cluster.stop("immediate")
        locks.remove(home)
        dump.unlink(missing_ok=True)


def _remove_leftovers():
    """Of runs that were killed."""
    for home in config.cache_dir().glob("faults-*"):
        pid = home.name.removeprefix("faults-").partition(".")[0]
        if not Path(f"/proc/{pid}").exists():
            locks.remove(home)


def _dump(connection, name):
    target = config.cache_dir() / f"faults-{os.getpid()}.dump"
    # Who copies it ends whatever is connected to it: one after the other.
    with locks.locked(name, "copying the template database"):
        _run("pg_dump", "-Fc", "-Z1", "-f", str(target), name, env=connection.env)
    return target


def _restore(name, state, dump):
    here = Connection({})
    # The template is current, so these are only looked for: see `templates.addons`.
    for base in {state["base"], state["base"].replace("_base_demo_", "_base_")}:
        databases.sql(here, 'CREATE DATABASE :"name"', name=base)
        databases.write_state(here, base, {"base": base})
    databases.sql(here, 'CREATE DATABASE :"name"', name=name)
    _run("pg_restore", "--no-owner", "-j2", "-d", name, str(dump), env={})
    databases.write_state(here, name, state)


def _run(program, *arguments, env):
    command = [str(postgres.binaries() / program), *arguments]
    subprocess.run(command, env={**os.environ, **env}, check=True)
