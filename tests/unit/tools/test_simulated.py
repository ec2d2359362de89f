"""The demo's own Google and Outlook."""

import urllib.request

from tools.devkit import simulated


def test_it_answers_with_an_account_of_each_and_says_what_it_is():
    with simulated.running() as url:
        page = urllib.request.urlopen(f"{url}/", timeout=10).read().decode()
    assert "Simulated Google and Outlook" in page
    for address in ("marie.tremblay@gmail.example", "marie.tremblay@outlook.example"):
        assert address in page
    assert page.count("America/Montreal") == 2, "her hours, as in Odoo"


def test_a_key_is_made_once(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    first = simulated.environment("demo")["IMMOASSIST_ENCRYPTION_KEY"]
    assert simulated.environment("demo")["IMMOASSIST_ENCRYPTION_KEY"] == first
    assert simulated.environment("other")["IMMOASSIST_ENCRYPTION_KEY"] != first
    (path,) = (tmp_path / "immoassist" / "keys").glob("demo")
    assert path.stat().st_mode & 0o077 == 0
