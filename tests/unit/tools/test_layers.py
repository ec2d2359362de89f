"""Planted violations are found, and what the design allows is left alone."""

from pathlib import Path

import pytest

from tools.devkit import layers

APPOINTMENTS = "immoassist_appointments"
SYNC = "immoassist_calendar_sync"
BOOKING = "immoassist_booking"


def problems(repo: Path, name: str, source: str) -> list[str]:
    path = repo / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    return layers.check(repo)


@pytest.mark.parametrize(
    ("name", "source", "message"),
    [
        (f"{SYNC}/core/a.py", "import odoo\n", "core imports odoo"),
        (f"{SYNC}/core/a.py", "from odoo import fields\n", "core imports odoo.fields"),
        (f"{SYNC}/core/a.py", "import requests\n", "core imports requests"),
        (f"{SYNC}/core/a.py", "def f():\n    import icalendar\n", "core imports icalendar"),
        (f"{SYNC}/core/a.py", "import socket\n", "no input or output"),
        (f"{SYNC}/core/a.py", "from urllib.request import urlopen\n", "no input or output"),
        (f"{SYNC}/core/a.py", "x = datetime.now(UTC)\n", "reads the clock"),
        (f"{SYNC}/core/a.py", "x = dt.date.today()\n", "reads the clock"),
        (f"{SYNC}/core/a.py", "x = time.time()\n", "reads the clock"),
        (f"{SYNC}/core/sub/a.py", "from ... import models\n", f"core imports {SYNC}.models"),
        (f"{SYNC}/core/a.py", "from ..providers import base\n", "a layer above"),
        (f"{SYNC}/core/a.py", "from .. import hooks\n", "core imports"),
        (f"{SYNC}/providers/a.py", "from odoo import models\n", "providers imports odoo.models"),
        (f"{SYNC}/providers/a.py", "from ..models import x\n", "providers imports"),
        (f"{SYNC}/providers/a.py", "from ..worker import x\n", "providers imports"),
        (f"{SYNC}/worker/a.py", "from ..models import x\n", "a layer above"),
        (f"{SYNC}/models/a.py", "from ..controllers import x\n", "a layer above"),
        (f"{SYNC}/models/a.py", f"from odoo.addons.{SYNC}.controllers.x import y\n", "layer above"),
        (f"{APPOINTMENTS}/models/a.py", f"from odoo.addons.{SYNC} import core\n", "built on it"),
        (f"{APPOINTMENTS}/hooks.py", f"from odoo.addons.{BOOKING} import x\n", "built on it"),
        (f"{BOOKING}/models/a.py", f"from odoo.addons.{SYNC}.core import x\n", "knows"),
        (f"{SYNC}/models/a.py", f"x = env.ref('{BOOKING}.page')\n", "knows"),
        (f"{BOOKING}/__manifest__.py", f"{{'depends': ['{SYNC}']}}\n", "knows"),
        (f"{BOOKING}/views/a.xml", f'<t t-call="{SYNC}.x"/>\n', "knows"),
    ],
)
def test_planted_violation_is_found(tmp_path, name, source, message):
    found = problems(tmp_path, name, source)
    assert found
    assert message in found[0]
    assert found[0].startswith(f"{name}:")


@pytest.mark.parametrize(
    ("name", "source"),
    [
        (f"{SYNC}/core/a.py", "from __future__ import annotations\nimport zoneinfo\n"),
        (f"{SYNC}/core/a.py", "from urllib.parse import urlsplit\nfrom . import model\n"),
        (f"{SYNC}/core/a.py", f"from odoo.addons.{APPOINTMENTS}.core import intervals\n"),
        (f"{SYNC}/core/a.py", "x = slot.now()\n"),
        (f"{SYNC}/providers/a.py", "import requests\nfrom ..core import model\n"),
        (f"{SYNC}/models/a.py", "from odoo import models\nfrom ..providers import google\n"),
        (f"{SYNC}/models/a.py", "x = datetime.now(UTC)\n"),
        (f"{SYNC}/controllers/a.py", "from ..models import x\nfrom ..core import y\n"),
        (f"{SYNC}/tests/a.py", f"from odoo.addons.{SYNC}.controllers import x\n"),
        (f"{BOOKING}/models/a.py", f"from odoo.addons.{APPOINTMENTS}.core import slots\n"),
        (f"{BOOKING}/__init__.py", "from . import controllers, models\n"),
        ("tests/e2e/a.py", f"# {BOOKING} meets {SYNC}\nimport odoo\n"),
    ],
)
def test_what_the_design_allows_passes(tmp_path, name, source):
    assert problems(tmp_path, name, source) == []
