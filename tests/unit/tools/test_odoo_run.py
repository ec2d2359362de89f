"""Several Odoo runs: how many at once, and that none outlives a problem."""

import pytest

from tools.devkit import odoo_run
from tools.devkit.errors import Problem


class Running:
    """Stands for an Odoo process that ends after some looks, or breaks."""

    def __init__(self, name, journal, looks=1, problem=None):
        self.name, self.code, self.ended = name, None, False
        self._journal, self._looks, self._problem = journal, looks, problem
        journal.append(f"+{name}")

    def look(self):
        if self._problem:
            raise self._problem
        self._looks -= 1
        if not self._looks:
            self.code = 0
            self._journal.append(f"-{self.name}")

    def progress(self):
        return self.name

    def end(self):
        self.ended = True


def test_two_at_once_and_the_next_when_one_has_ended():
    journal = []
    looks = {"a": 2, "b": 1, "c": 1}
    starts = [lambda name=name: Running(name, journal, looks[name]) for name in looks]
    runs = odoo_run.follow(starts, at_once=2)
    assert [run.name for run in runs] == ["a", "b", "c"]
    assert [run.code for run in runs] == [0, 0, 0]
    assert journal == ["+a", "+b", "-b", "+c", "-a", "-c"]


def test_a_problem_ends_all_of_them():
    made = []

    def start(problem=None):
        made.append(Running("x", [], looks=99, problem=problem))
        return made[-1]

    with pytest.raises(Problem, match="silent"):
        odoo_run.follow([start, lambda: start(Problem("silent"))], at_once=2)
    assert [run.ended for run in made] == [True, True]
