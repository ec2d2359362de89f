import itertools

import pytest

from tools.devkit import cleaning, odoo_tests, postgres, templates

from .house import House

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def connection():
    with postgres.running() as running:
        cleaning.drop_leftovers(running)
        yield running


@pytest.fixture
def house(connection):
    """A fresh database with Odoo's own modules, without any of ours."""
    template = templates.base(connection, demo=False)
    with odoo_tests.scratch(connection, template, f"install{next(_NUMBERS)}") as name:
        yield House(connection, name)
