"""Which big tables a piece of work reads from end to end, by PostgreSQL's own plans."""

import contextlib
import json

BIG = 900
"""Rows from which on a table is big."""


def scanned(env, work):
    """Run `work`; return the big tables that one of its statements reads as a whole."""
    with _noted() as statements:
        work()
    found = set()
    for statement in statements:
        with env.cr.savepoint(flush=False):
            env.cr.execute(b"EXPLAIN (FORMAT JSON) " + statement)
            (plan,) = env.cr.fetchone()
        plan = json.loads(plan) if isinstance(plan, str) else plan
        found |= set(_sequential(plan[0]["Plan"]))
    env.cr.execute("SELECT relname FROM pg_class WHERE reltuples > %s", [BIG])
    return sorted(found & {name for (name,) in env.cr.fetchall()})


@contextlib.contextmanager
def _noted():
    """Give a list to which every statement that can be explained is added, of any cursor."""
    from odoo.sql_db import Cursor

    statements, execute = [], Cursor.execute

    def noted(self, *args, **kwargs):
        result = execute(self, *args, **kwargs)
        statement = self._obj.query or b""
        if statement.lstrip()[:6].upper() in (b"SELECT", b"UPDATE", b"INSERT", b"DELETE") or (
            statement.lstrip()[:4].upper() == b"WITH"
        ):
            statements.append(statement)
        return result

    Cursor.execute = noted
    try:
        yield statements
    finally:
        Cursor.execute = execute


def _sequential(node):
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for part in node.get("Plans", ()):
        yield from _sequential(part)
