"""What an installed addon leaves in a database: its schema, its external ids, its rows."""

from contextlib import closing

from psycopg2 import sql

SCHEMA = {
    "table": r"""
        SELECT c.relkind::text || ' ' || regexp_replace(c.relname, '^ir_sequence_\d+$', 'N')
          FROM pg_class c
          JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'public' AND c.relkind IN ('r', 'v', 'm', 'S', 'f', 'p')
    """,
    "column": """
        SELECT concat_ws(' ', table_name || '.' || column_name, data_type, is_nullable)
          FROM information_schema.columns WHERE table_schema = 'public'
    """,
    "index": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraint": """
        SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace
           -- Odoo declares it twice, differently: the last module to be loaded wins.
           AND conname != 'rule_group_rel_group_id_fkey'
    """,
    "trigger": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "function": """
        SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    """,
    "type": "SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace",
    "extension": "SELECT extname FROM pg_extension",
    # Odoo leaves those of what it adds to its own mixins (a thread, activities), of any addon.
    "external id": r"""
        SELECT module || '.' || name FROM ir_model_data
         WHERE module LIKE 'immoassist\_%' OR name !~ '^(model_inherit|selection)__immoassist_'
           AND name !~ '^module_immoassist_'
    """,
    # And those of foreign keys in its own tables, long after the keys are gone.
    "constraint record": """
        SELECT concat_ws(' ', name, definition) FROM ir_model_constraint WHERE type != 'f'
    """,
    "field": "SELECT model || '.' || name FROM ir_model_fields",
    "parameter": "SELECT key FROM ir_config_parameter",
    "cron": "SELECT cron_name FROM ir_cron",
}

#: Tables that grow by themselves, list the addons on disk, or are told above in full.
UNCOUNTED = {
    *("bus_bus", "ir_logging", "ir_cron_progress", "ir_cron_trigger", "ir_profile"),
    *("res_users_log", "ir_attachment", "res_device_log", "website_visitor", "website_track"),
    *("orm_signaling_registry", "orm_signaling_stable"),
    *("ir_module_module", "ir_module_module_dependency", "ir_model_data"),
    "ir_model_constraint",
}

#: A person's working hours are Odoo's and his own: they stay when an addon goes.
HOURS = ("resource_calendar", "resource_calendar_attendance", "resource_resource")

TEXT_COLUMNS = """
    SELECT c.table_name, c.column_name FROM information_schema.columns c
      JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE table_schema = 'public' AND t.table_type = 'BASE TABLE'
       AND c.data_type IN ('text', 'character varying', 'jsonb')
     ORDER BY 1, 2
"""

#: The addons on disk, messages to browsers, and what Odoo leaves with every addon (see above).
MAY_MENTION = {
    *("ir_module_module", "ir_module_module_dependency", "ir_logging", "bus_bus"),
    *("ir_model_constraint", "ir_model_data"),
}


def of(connection) -> dict[str, set]:
    """Return the facts by kind; two databases with the same addons have the same ones."""
    with closing(connection.cursor()) as cursor:
        facts = {}
        for kind, query in SCHEMA.items():
            cursor.execute(query)
            facts[kind] = {row[0] for row in cursor.fetchall()}
        tables = (
            {name[2:] for name in facts["table"] if name.startswith("r ")} - UNCOUNTED - set(HOURS)
        )
        facts["rows"] = {(table, _count(cursor, table)) for table in tables}
    return facts


def difference(before: dict[str, set], after: dict[str, set]) -> list[str]:
    """Return one line for each fact that is in one of them alone."""
    lines = []
    for kind in before:
        lines += [f"gone: {kind} {fact}" for fact in sorted(before[kind] - after[kind])]
        lines += [f"left: {kind} {fact}" for fact in sorted(after[kind] - before[kind])]
    return lines


def mentions(connection, word: str) -> list[str]:
    """Return `table.column: value` of every text in the database that has the word in it."""
    found = []
    with closing(connection.cursor()) as cursor:
        cursor.execute(TEXT_COLUMNS)
        for table, column in cursor.fetchall():
            if table in MAY_MENTION:
                continue
            query = sql.SQL("SELECT left({0}::text, 200) FROM {1} WHERE {0}::text LIKE %s LIMIT 3")
            names = map(sql.Identifier, (column, table))
            cursor.execute(query.format(*names), ["%" + word.replace("_", r"\_") + "%"])
            found += [f"{table}.{column}: {value}" for (value,) in cursor.fetchall()]
    return found


def _count(cursor, table: str) -> int:
    cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
    return cursor.fetchone()[0]
