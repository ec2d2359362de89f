"""A database is updated for the addons whose content changed, and for no other."""

import os

import pytest

from tools.devkit import contents


@pytest.fixture
def addon(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "__manifest__.py").write_text("{}")
    (tmp_path / "models" / "a.py").write_text("x = 1")
    return tmp_path


def test_changes_with_content_and_with_names(addon):
    seen = {contents.fingerprint(addon)}
    (addon / "models" / "a.py").write_text("x = 2")
    seen.add(contents.fingerprint(addon))
    (addon / "models" / "a.py").rename(addon / "models" / "b.py")
    seen.add(contents.fingerprint(addon))
    assert len(seen) == 3


def test_does_not_change_with_dates_and_by_products(addon):
    before = contents.fingerprint(addon)
    os.utime(addon / "models" / "a.py", (0, 0))
    (addon / "__pycache__").mkdir()
    (addon / "__pycache__" / "a.pyc").write_bytes(b"x")
    (addon / ".a.py.swp").write_bytes(b"x")
    assert contents.fingerprint(addon) == before


def test_difference_is_what_is_new_and_what_changed():
    installed = {"a": "1", "b": "1"}
    assert contents.difference(installed, {"a": "1", "b": "2", "c": "1"}) == (["c"], ["b"])
    assert contents.difference(installed, installed) == ([], [])
