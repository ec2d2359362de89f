"""The table of who may reach what is that of the running code."""

from tools.devkit import security_table


def test_the_table_in_the_docs_is_true(odoo):
    expected = security_table.made(odoo.shell)
    found = security_table.TARGET.read_text(encoding="utf-8")
    assert found == expected, "run `make security-table`"
