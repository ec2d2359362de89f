"""Planted violations are found, what has a reason is left alone, and tests may do as they like."""

from pathlib import Path

import pytest

from tools.devkit import security_rules

MODELS = "immoassist_booking/models/a.py"
XML = "immoassist_booking/views/a.xml"
JS = "immoassist_booking/static/src/a.js"


def problems(repo: Path, name: str, source: str) -> list[str]:
    (repo / "immoassist_booking").mkdir(exist_ok=True)
    (repo / "immoassist_booking" / "__manifest__.py").touch()
    path = repo / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    return security_rules.check(repo)


@pytest.mark.parametrize(
    ("name", "source", "message"),
    [
        (MODELS, "def f(self):\n    return self.sudo().x\n", "sudo without a reason"),
        (MODELS, "def f(self):\n    return self.env(su=True)\n", "sudo without a reason"),
        (MODELS, "def f():\n    # sudo: why\n    x.sudo()\ndef g():\n    x.sudo()\n", ":5: sudo"),
        (MODELS, "def f():\n    # sudo\n    x.sudo()\n", "sudo without a reason"),
        (MODELS, "x = SQL(f'SELECT {a}')\n", "put together"),
        (MODELS, "x = SQL('SELECT %s' % a)\n", "put together"),
        (MODELS, "x = SQL(query)\n", "put together"),
        (MODELS, "cr.execute('SELECT ' + a)\n", "put together"),
        (MODELS, "cr.execute(f'SELECT {a}')\n", "put together"),
        (MODELS, "from odoo.tools.safe_eval import safe_eval\n", "runs text as code"),
        (MODELS, "x = Markup(text)\n", "Markup"),
        (MODELS, "x = markupsafe.Markup(f'<b>{text}</b>')\n", "Markup"),
        (MODELS, "x = http.route('/x', csrf=False)\n", "forged forms"),
        (MODELS, "x = {'auth': 'none'}\n", "without user"),
        (MODELS, "x = env(user=SUPERUSER_ID)\n", "superuser"),
        (MODELS, "x = requests.get(url, timeout=9, verify=False)\n", "TLS"),
        (MODELS, "_logger.info('got %s', given.access_token)\n", "logs access_token"),
        (MODELS, "_logger.warning(f'{client_secret}')\n", "logs client_secret"),
        (XML, "<odoo>\n<p t-raw='x'/></odoo>\n", ":2: t-raw"),
        (XML, '<p t-out="Markup(x)"/>\n', "t-out"),
        (JS, "el.innerHTML = text;\n", "writes HTML"),
        (JS, "el.insertAdjacentHTML('beforeend', text);\n", "writes HTML"),
        (JS, "render(markup(text));\n", "makes text HTML"),
    ],
)
def test_planted_violation_is_found(tmp_path, name, source, message):
    (found,) = problems(tmp_path, name, source)
    assert message in found
    assert found.startswith(f"{name}:")


@pytest.mark.parametrize(
    ("name", "source"),
    [
        (MODELS, "def f(self):\n    # sudo: the number alone.\n    return self.sudo().x\n"),
        (MODELS, 'def f(self):\n    """Give x.\n\n    sudo: why\n    """\n    self.sudo()\n'),
        (MODELS, "x.sudo()  # sudo: why\n"),
        (MODELS, "x = record.sudo(False)\n"),
        (MODELS, "x = SQL('SELECT %s', a)\n"),
        (MODELS, "QUERY = 'SELECT %s'\nx = SQL(QUERY, a)\n"),
        (MODELS, "cr.execute(query)\n"),
        (MODELS, "x = Markup('<b>%s</b>') % text\n"),
        (MODELS, "# security: words of\n# ours\nx = Markup(text)\n"),
        (MODELS, "x = {\n    'auth': 'none',  # security: it has a secret\n}\n"),
        (MODELS, "_logger.info('got %s', token_id)\n"),
        (MODELS, "login(token)\n"),
        (XML, "<!-- security: a constant of ours -->\n<p t-raw='x'/>\n"),
        (JS, "// security: a constant of ours\nel.innerHTML = WORDS;\n"),
        (JS, "el.textContent = text;\n"),
        ("immoassist_booking/tests/test_a.py", "x.sudo()\n"),
        ("immoassist_booking/static/lib/a.js", "el.innerHTML = x;\n"),
        ("tools/a.py", "x.sudo()\n"),
    ],
)
def test_what_has_a_reason_passes(tmp_path, name, source):
    assert problems(tmp_path, name, source) == []


def test_a_reason_is_in_words(tmp_path):
    assert problems(tmp_path, MODELS, "# security:\nx = Markup(text)\n")
    assert problems(tmp_path, MODELS, "# security: yes\nx = Markup(text)\n")
