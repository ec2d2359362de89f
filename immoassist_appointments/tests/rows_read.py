"""How many rows PostgreSQL reads for a query: what must not grow with years of history."""

from odoo.tools import SQL

REMOVED = ("Rows Removed by Filter", "Rows Removed by Index Recheck", "Rows Removed by Join Filter")


def rows_read(env, query):
    """Run the query; return the rows that the scans of its plan met, those not wanted included.

    :param SQL query: a SELECT
    """
    env.flush_all()
    ((plan,),) = env.execute_query(SQL("EXPLAIN (ANALYZE, FORMAT JSON) %s", query))
    return sum(_met(node) for node in _nodes(plan[0]["Plan"]) if "Scan" in node["Node Type"])


def _nodes(node):
    yield node
    for part in node.get("Plans", ()):
        yield from _nodes(part)


def _met(node):
    rows = node["Actual Rows"] + sum(node.get(name, 0) for name in REMOVED)
    return rows * node["Actual Loops"]


def copy_row(env, record, count, **changed):
    """Copy the row of a record as it is, with ids that follow; tell PostgreSQL how many there are.

    :param changed: SQL of columns; `n` is the number of the copy, from 1 on
    :return: what to add `n` to for the id of a copy
    """
    env.flush_all()
    table = SQL.identifier(record._table)
    ((last,),) = env.execute_query(SQL("SELECT max(id) FROM %s", table))
    stored = [field.name for field in record._fields.values() if field.store and field.column_type]
    own = {"id": SQL("%s + n", last), **changed}
    env.cr.execute(
        SQL(
            "INSERT INTO %(table)s (%(names)s) SELECT %(values)s "
            "FROM %(table)s, generate_series(1, %(count)s) AS n WHERE id = %(id)s",
            table=table,
            names=SQL(", ").join(map(SQL.identifier, stored)),
            values=SQL(", ").join(own.get(name) or SQL.identifier(name) for name in stored),
            count=count,
            id=record.id,
        )
    )
    env.cr.execute(SQL("ANALYZE %s", table))
    env.invalidate_all()
    return last
