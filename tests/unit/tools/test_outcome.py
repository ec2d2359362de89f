"""The closing line, and what pytest's report is taken for."""

import pytest

from tools.devkit.outcome import Outcome, conclude
from tools.devkit.python_tests import read_report


@pytest.mark.parametrize(
    ("outcomes", "last_line", "code"),
    [
        ([Outcome("a", 3), Outcome("b", 2)], "5 passed, 0 failed", 0),
        ([Outcome("a", 3), Outcome("b", 2, ["x", "y"])], "5 passed, 2 failed", 1),
        ([Outcome("a", 0)], "0 passed, 1 failed", 1),
    ],
)
def test_last_line(outcomes, last_line, code, capsys):
    assert conclude(outcomes) == code
    assert capsys.readouterr().out.splitlines()[-1] == last_line


def report(tmp_path, cases, code):
    path = tmp_path / "report.xml"
    path.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    outcome = Outcome("part")
    read_report(outcome, path, code)
    return outcome.passed, outcome.failed


def test_pytest_report(tmp_path):
    good = '<testcase classname="t" name="a"/>'
    bad = '<testcase classname="t" name="b"><failure message="m"/></testcase>'
    broken = '<testcase classname="t" name="c"><error message="m"/></testcase>'
    skipped = '<testcase classname="t" name="d"><skipped message="m"/></testcase>'
    assert report(tmp_path, good + bad + broken + skipped, 1) == (1, 3)
    assert report(tmp_path, good, 0) == (1, 0)
    assert report(tmp_path, good, 3) == (1, 1)
    assert report(tmp_path, "", 5) == (0, 1)


def test_pytest_that_ran_nothing_at_all(tmp_path):
    outcome = Outcome("part")
    read_report(outcome, tmp_path / "missing.xml", 4)
    assert outcome.failed == 1
