"""Databases and their file stores: cloned, renamed and dropped together.

What a database contains is written in its comment (COMMENT ON DATABASE) as JSON, at the very end
of its making: a database without it is not whole.
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from tools.devkit import config, postgres
from tools.devkit.errors import Problem
from tools.devkit.postgres import Connection


def sql(
    connection: Connection, statement: str, database: str = "postgres", **values: str
) -> list[list[str]]:
    """Run one SQL statement; return its rows as text.

    :param values: psql's variables, quoted by it: `:'name'` for a text, `:"name"` for a name
    """
    done = subprocess.run(
        [
            *(str(postgres.binaries() / "psql"), "-XAtq", "-F", "\x1f", "-v", "ON_ERROR_STOP=1"),
            *(word for name, value in values.items() for word in ("-v", f"{name}={value}")),
            *("-d", database, "-f", "-"),
        ],
        env={**os.environ, **connection.env},
        input=statement,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Problem(f"PostgreSQL refused ({statement[:60]}...): {done.stderr.strip()}")
    return [line.split("\x1f") for line in done.stdout.splitlines()]


def checked_name(name: str) -> str:
    """Return the name, or raise Problem when it needs quoting somewhere."""
    if not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_-]{0,60}", name):
        raise Problem(f"{name!r} is no usable database name: letters, digits, _ and - only.")
    return name


def exists(connection: Connection, name: str) -> bool:
    """Tell whether the database exists."""
    return bool(sql(connection, "SELECT 1 FROM pg_database WHERE datname = :'name'", name=name))


def read_state(connection: Connection, name: str) -> dict | None:
    """Return what the database contains, None when it is missing, {} when it is not ours."""
    rows = sql(
        connection,
        "SELECT coalesce(shobj_description(oid, 'pg_database'), '') "
        "FROM pg_database WHERE datname = :'name'",
        name=name,
    )
    if not rows:
        return None
    try:
        state = json.loads(rows[0][0] or "{}")
    except ValueError:
        return {}
    return state if isinstance(state, dict) else {}


def write_state(connection: Connection, name: str, state: dict) -> None:
    """Mark the database as whole, with what it contains; {} marks it as not whole."""
    text = json.dumps(state, sort_keys=True) if state else ""
    sql(connection, "COMMENT ON DATABASE :\"name\" IS :'text'", name=name, text=text)


def filestore(name: str) -> Path:
    """Return the folder of a database's attachments."""
    return config.data_dir() / "filestore" / name


def drop(connection: Connection, name: str) -> None:
    """Drop a database, its connections and its file store, if they exist."""
    checked_name(name)
    _disconnect(connection, name)
    sql(connection, 'DROP DATABASE IF EXISTS :"name"', name=name)
    shutil.rmtree(filestore(name), ignore_errors=True)


def clone(connection: Connection, source: str, target: str) -> None:
    """Copy a database with its file store; the copy has no comment yet."""
    drop(connection, checked_name(target))
    _disconnect(connection, source)
    if filestore(source).exists():
        # Attachments are named after their content and never rewritten: links are as good.
        shutil.copytree(filestore(source), filestore(target), copy_function=_link_or_copy)
    sql(connection, 'CREATE DATABASE :"target" TEMPLATE :"source"', target=target, source=source)
    # Each database has its own secret and identity, as after Odoo's own "duplicate".
    sql(
        connection,
        "UPDATE ir_config_parameter SET value = gen_random_uuid()::text "
        "WHERE key IN ('database.uuid', 'database.secret')",
        target,
    )


def rename(connection: Connection, old: str, new: str) -> None:
    """Give a finished database its final name, replacing what had it.

    The database comes last: killed before, the next run finds none and makes it again.
    """
    drop(connection, checked_name(new))
    _disconnect(connection, old)
    if filestore(old).exists():
        filestore(old).rename(filestore(new))
    sql(connection, 'ALTER DATABASE :"old" RENAME TO :"new"', old=old, new=new)


def _disconnect(connection: Connection, name: str) -> None:
    sql(
        connection,
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE datname = :'name' AND pid <> pg_backend_pid()",
        name=name,
    )


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
