"""The runner: it counts what failed, and silence is never taken for success."""

import subprocess
from pathlib import Path

import pytest

from tools.devkit import lint, lint_checks, tree
from tools.devkit.errors import Problem
from tools.devkit.lint_checks import Context, Result


@pytest.fixture
def checks(monkeypatch):
    def missing_tool(_context):
        raise FileNotFoundError("no such tool")

    table = {
        "good": lambda _context: Result(3),
        "bad": lambda _context: Result(3, failed=True, output="a.py:1: wrong\n"),
        "none-yet": lambda _context: Result(0, may_be_empty=True),
        "lost": missing_tool,
    }
    monkeypatch.delenv("LINT", raising=False)
    monkeypatch.setattr(lint, "CHECKS", table)


def run(*names: str) -> int:
    return lint.run(Path("python"), Path(), names)


def test_it_counts_failures_and_shows_why(checks, capsys):
    assert run() == 2
    out = capsys.readouterr().out
    assert "    a.py:1: wrong" in out
    assert "no such tool" in out
    assert "2 of 4 checks failed: bad, lost" in out


def test_nothing_to_check_is_said(checks, capsys):
    assert run("none-yet") == 0
    assert "nothing to check" in capsys.readouterr().out


def test_the_variable_chooses(checks, monkeypatch, capsys):
    monkeypatch.setenv("LINT", "good none-yet")
    assert run() == 0
    assert "2 checks passed" in capsys.readouterr().out


def test_an_unknown_name_is_an_error(checks):
    with pytest.raises(Problem, match="rufff"):
        run("good", "rufff")


@pytest.mark.parametrize("name", ["ruff", "ruff-format", "size"])
def test_an_empty_checkout_does_not_pass(tmp_path, name):
    result = lint_checks.CHECKS[name](Context(Path("python"), tmp_path))
    assert result.failed
    assert lint._verdict(result, 0) == "FAILED (no file found)"


def test_shell_scripts_are_known_by_their_first_line(tmp_path):
    for name, text in [
        ("a.sh", ""),
        ("run", "#!/usr/bin/env bash\n"),
        ("b", "#!/usr/bin/python3\n"),
    ]:
        (tmp_path / name).write_text(text)
    found = [p.name for p in tree.files(tmp_path) if lint_checks._is_shell(p)]
    assert found == ["a.sh", "run"]


def test_files_git_ignores_are_not_checked(tmp_path):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("built/\n")
    (tmp_path / "built").mkdir()
    (tmp_path / "built" / "a.py").touch()
    (tmp_path / "b.py").touch()
    assert [p.name for p in tree.files(tmp_path, ".py")] == ["b.py"]
