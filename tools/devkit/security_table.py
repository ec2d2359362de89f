"""`make security-table`: docs/security-table.md, from the running code and its guards.

Every route and public method of the three addons, with who gets through. The guards are in
`*/tests/guards.py`, where the tests of the addons hold them against the running code;
`tests/e2e/test_security_table.py` holds the file against both.
"""

import json
import os
import tempfile
from pathlib import Path

from tools.devkit import builds, config, databases, postgres, templates
from tools.devkit.console import say

TARGET = config.REPO / "docs" / "security-table.md"
_INSIDE = """
import importlib, json
from odoo.addons.immoassist_appointments.tests import surface
rows = {{}}
for addon in {addons!r}:
    guards = importlib.import_module(f"odoo.addons.{{addon}}.tests.guards")
    rows[addon] = surface.rows(env, addon, guards.DOORS, guards.CALLS)
with open({target!r}, "w") as output:
    json.dump(rows, output)
"""
HEAD = """\
# Who may reach what

Written by `make security-table`; do not edit. Everything of the three addons that can be reached
from outside. Routes, methods and what Odoo checks come from the running code, the guards from
`*/tests/guards.py`. A route or method without a guard, a guard that is none, and a table that is
not this one fail `make test` (`TestGuards` of each addon, `tests/e2e/test_security_table.py`).
What the guards are for: [threat model](threat-model.md).

## Routes

*auth*: `public` needs no account, `user` a session, `bearer` an API key, `none` neither session
nor user. *CSRF*: forms carry Odoo's token. A GET never acts, but for the way back from the
consent page of a provider, once. *Frames*: which sites may show it; `listed` are those of the
website's settings (`?embed=1`). *Read only*: may be answered by a replica. Answers carry
`nosniff`, `Referrer-Policy: same-origin` and `Permissions-Policy`; pages of one person also
`no-store` and `noindex`. The same routes answer under another address of the booking pages (a
setting). Tests that walk all public routes: `test_public_get`, `_links`, `_injection`,
`_enumeration` and `_fuzz`.
"""
METHODS = """\
## Public methods

What RPC and JSON-2 can call, besides Odoo's own methods (`read`, `search`, ...), which the rights
and record rules of the model guard. `TestGuards` calls each with a record of a broker's as
*public*, *portal*, *internal* (an employee without a group of ours), *colleague* (a broker of the
same company), *foreign* (a broker of another company), *broker* (its own) and *manager* (of the
company), and wants an AccessError where the column *gets through* does not name them. Every other
method begins with an underscore, which Odoo refuses to call (`test_private_methods` calls them
all).
"""


def run() -> int:
    """Write the table."""
    with postgres.running() as connection:
        name = f"immoassist_table_{os.getpid()}"
        templates.scratch(connection, name, demo=False)
        try:
            text = made(lambda code: builds.shell(connection, name, "Reading the surface", code))
        finally:
            databases.drop(connection, name)
    TARGET.write_text(text, encoding="utf-8")
    say(f"{TARGET.relative_to(config.REPO)}: {len(text.splitlines())} lines")
    return 0


def made(shell) -> str:
    """Return the table as the code that runs has it.

    :param shell: runs Python code where `env` is that of a database with the addons
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "rows.json"
        shell(_INSIDE.format(addons=config.present_addons(), target=str(target)))
        rows = json.loads(target.read_text(encoding="utf-8"))
    return markdown(rows)


def markdown(rows: dict) -> str:
    """:param rows: addon to `routes` and `calls`, each a list of rows of texts"""
    columns = ("route", "methods", "auth", "CSRF", "frames", "read only")
    parts = [HEAD]
    for addon, found in rows.items():
        lines = [(*columns, "who gets in", "writes", "limits"), *found["routes"]]
        parts.append(f"### {addon}\n\n{_table(lines)}\n")
    parts.append(METHODS)
    for addon, found in rows.items():
        lines = [("method", "gets through", "by", "does"), *found["calls"]]
        parts.append(f"### {addon}\n\n{_table(lines)}\n")
    return "\n".join(parts)


def _table(lines: list) -> str:
    head, *rows = lines
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))
