"""Fewer statements for what every run does: several rows are changed or read in one go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress, islice
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL, Query

ROW = SQL("this_row")
"""The name of the row in the condition of a :class:`Change`, and in what is asked of it."""


class Change(NamedTuple):
    """One row that gets other values.

    :param condition: which fits one row at most.
    """

    model: models.BaseModel
    assignments: SQL
    condition: SQL


def change(
    first: Change, *others: Change, asked: Sequence[SQL] = ()
) -> tuple[models.BaseModel, Sequence[object]]:
    """Change rows in the database, and read them into the cache of the ORM.

    Nothing must wait to be written to them, and no computed field depend on what is assigned.

    :param others: changed only together with the first.
    :param asked: what else is to be told of the first.
    :return: the record of the first, empty when there is no such row; and what was asked.
    """
    names = [SQL.identifier(f"changed_{number}") for number in range(1 + len(others))]
    parts = [_update(names[0], first, SQL("TRUE"), asked)]
    for name, other in zip(names[1:], others, strict=True):
        parts.append(_update(name, other, SQL("EXISTS (SELECT FROM %s)", names[0])))
    rows = SQL(" LEFT JOIN ").join([names[0], *(SQL("%s ON TRUE", name) for name in names[1:])])
    query = SQL("WITH %s SELECT * FROM %s", SQL(", ").join(parts), rows)
    # To lose a race is ordinary here: it is run again.
    first.model.env.cr.execute(query, log_exceptions=False)
    row = first.model.env.cr.fetchone()
    if row is None:
        return first.model.browse(), ()
    values = iter(row)
    record = _keep_row(first.model, values)
    told = list(islice(values, len(asked)))
    for other in others:
        _keep_row(other.model, values)
    return record, told


def _update(name: SQL, change_: Change, condition: SQL, asked: Sequence[SQL] = ()) -> SQL:
    columns = [SQL.identifier(field.name) for field in _columns(change_.model)]
    return SQL(
        "%s AS (UPDATE %s AS %s SET %s WHERE %s AND %s RETURNING %s)",
        name,
        SQL.identifier(change_.model._table),
        ROW,
        change_.assignments,
        change_.condition,
        condition,
        SQL(", ").join([SQL("id"), *columns, *asked]),
    )


def _keep_row(model: models.BaseModel, values: Iterator[object]) -> models.BaseModel:
    """Put the row that is next in `values` into the cache of the ORM."""
    record = model.browse(next(values) or ())
    record.invalidate_recordset(flush=False)
    for field in _columns(model):
        field._insert_cache(record, [next(values)])
    return record


def add(model: models.BaseModel, values: dict[str, object]) -> None:
    """Insert one row that nothing depends on; the ORM would look for defaults, which it has not.

    :param values: of every stored field, None instead of False.
    """
    values = values | {"create_uid": model.env.uid, "create_date": fields.Datetime.now()}
    query = SQL(
        "INSERT INTO %s (%s) VALUES %s",
        SQL.identifier(model._table),
        SQL(", ").join(map(SQL.identifier, values)),
        tuple(values.values()),
    )
    model.env.cr.execute(query)


def load_lines(record: models.BaseModel, name: str) -> None:
    """Read a one2many field with all that its lines say; the ORM would do so in two statements."""
    field = record._fields[name]
    domain = [(field.inverse_name, "=", record.id)]
    lines = record.env[field.comodel_name].search_fetch(domain)
    field._insert_cache(record, [lines._ids])


def search_along(
    model: models.BaseModel, domain: list, paths: Sequence[str], unless: SQL
) -> models.BaseModel:
    """Search, and read what fields lead to in the same statement.

    :param paths: of fields, each after the one that it begins with. Of a many2one field the row is
        read, of a one2many field only which lines there are.
    :param unless: about a row of `model`: it alone is read.
    """
    query = model._search(domain, order=model._order)
    tables = {"": _Table(model, model._table)}
    for path in paths:
        before, _dot, name = path.rpartition(".")
        field = tables[before].model._fields[name]
        if field.type == "one2many":
            tables[before].add_lines(field)
        else:
            tables[path] = tables[before].join(query, field, unless)
    terms = [term for table in tables.values() for term in table.terms]
    rows = model.env.execute_query(query.select(*terms))
    columns = iter(list(zip(*rows, strict=True)))
    for table in tables.values() if rows else ():
        table.keep(columns)
    return model.browse([row[0] for row in rows])


class _Table:
    """One of the tables of a statement, and what is read of it."""

    def __init__(self, model: models.BaseModel, alias: str) -> None:
        self.model, self._alias = model, alias
        self._fields = _columns(model)
        names = ["id", *(field.name for field in self._fields)]
        self.terms = [model._field_to_sql(alias, name) for name in names]

    def join(self, query: Query, field: fields.Field, unless: SQL) -> _Table:
        """Return the table that a many2one field leads to."""
        model = self.model.env[field.comodel_name]
        alias = query.make_alias(self._alias, field.name)
        own, other = self.model._field_to_sql(self._alias, field.name), SQL.identifier(alias, "id")
        condition = SQL("%s = %s AND (%s) IS NOT TRUE", own, other, unless)
        query.add_join("LEFT JOIN", alias, model._table, condition)
        return _Table(model, alias)

    def add_lines(self, field: fields.Field) -> None:
        """Read the ids of a one2many field too."""
        lines = self.model.env[field.comodel_name]
        self._fields.append(field)
        self.terms.append(
            SQL(
                "ARRAY(SELECT line.id FROM %s AS line WHERE %s = %s ORDER BY line.id)",
                SQL.identifier(lines._table),
                lines._field_to_sql("line", field.inverse_name),
                self.terms[0],
            )
        )

    def keep(self, columns: Iterator[Sequence[object]]) -> None:
        """Put what was read into the cache of the ORM; rows that are not there have no id."""
        ids = next(columns)
        records = self.model.browse(compress(ids, ids))
        for field in self._fields:
            values = compress(next(columns), ids)
            field._insert_cache(records, map(tuple, values) if field.type == "one2many" else values)


def _columns(model: models.BaseModel) -> list[fields.Field]:
    return [f for f in model._fields.values() if f.store and f.column_type and f.name != "id"]
