"""What a database holds, table by table, to see afterwards that an upgrade lost nothing of it."""

import contextlib
from dataclasses import dataclass

from psycopg2 import sql

TABLES = """
    SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
      FROM pg_class c
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
     GROUP BY c.relname
"""


@dataclass(frozen=True)
class Table:
    """:param rows: by id; a table without ids is one of pairs, each its own key"""

    columns: tuple[str, ...]
    rows: dict


# What an update makes anew from the code, or what Odoo itself throws away and counts.
OF_THE_CODE = (
    *("ir_model", "ir_act_", "ir_actions", "ir_ui_view", "ir_ui_menu", "ir_module_", "ir_asset"),
    *("ir_rule", "ir_profile", "ir_logging", "ir_embedded", "bus_", "res_device", "report_"),
    *("rule_group_rel", "orm_signaling_", "ir_cron_trigger", "ir_cron_progress"),
)


# Of a moment: Odoo deletes their rows by itself.
DIALOGS = (
    *("immoassist_appointment_cancel", "immoassist_propose_times", "immoassist_explain_time"),
    *("immoassist_calendar_check", "immoassist_calendar_disconnect"),
)
# An update writes what it finds in files, also when that is the same; crons begin anew.
SAYS_WHEN = ("write_date", "write_uid", "nextcall")


def take(odoo):
    """The data of the database of a server, by name of the table."""
    with contextlib.closing(odoo.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = [row for row in cursor.fetchall() if not row[0].startswith(OF_THE_CODE)]
        return {name: _read(cursor, name, columns) for name, columns in tables}


def _read(cursor, name, columns):
    fields = sql.SQL(", ").join(map(sql.Identifier, columns))
    cursor.execute(sql.SQL("SELECT {} FROM {}").format(fields, sql.Identifier(name)))
    rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    if "id" in columns:
        return Table(tuple(columns), {row["id"]: row for row in rows})
    return Table(tuple(columns), {tuple(row.values()): row for row in rows})


def lost(before, after, on_purpose):
    """What was there before and is not there any more, one line for each column of a table.

    :param on_purpose: {(table, column or "*"): why}; what a release changes by its migration
    """
    found = []
    for name, table in before.items():
        if (name, "*") in on_purpose:
            continue
        if name not in after:
            found.append(f"{name}: the table is gone")
            continue
        found += [
            f"{name}.{column}: {what}"
            for column, what in _differences(table, after[name])
            if (name, column) not in on_purpose
        ]
    return found


def _differences(before, after):
    gone = before.rows.keys() - after.rows.keys()
    if gone:
        yield "id", f"{len(gone)} of {len(before.rows)} rows are gone, as {sorted(gone)[:3]}"
    for column in before.columns:
        if column in SAYS_WHEN:
            continue
        if column not in after.columns:
            yield column, "the column is gone"
            continue
        changed = [
            (key, row[column], after.rows[key][column])
            for key, row in before.rows.items()
            if key not in gone and not _holds(after.rows[key][column], row[column])
        ]
        if changed:
            yield column, f"{len(changed)} of {len(before.rows)} changed, as {changed[:2]}"


def _holds(after, before):
    """Whether a value is as it was; a text in several languages may be in more of them."""
    if isinstance(before, dict) and isinstance(after, dict):
        return before.items() <= after.items()
    return after == before


def empty(tables, columns):
    """Our tables without rows, and their columns without a value in any row.

    :param columns: {table: names} that need no value
    """
    for name, table in sorted(tables.items()):
        if not name.startswith("immoassist_") or name.startswith(DIALOGS):
            continue
        if not table.rows:
            yield name
            continue
        known = {*SAYS_WHEN, "create_uid", *columns.get(name, ())}
        for column in table.columns:
            if column not in known and not any(row[column] for row in table.rows.values()):
                yield f"{name}.{column}"
