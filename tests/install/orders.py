"""Every way of installing and uninstalling the addons, one step after the other."""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from tools.devkit import config


class Step(NamedTuple):
    """:param installed: afterwards"""

    verb: str
    addon: str
    installed: frozenset


def every_step() -> Iterator[Step]:
    """Begin with none of them installed, and take each step from each state at least once."""
    taken, here = set(), frozenset()
    while path := _to_an_untaken_step(here, taken):
        for step in path:
            taken.add((here, step))
            here = step.installed
            yield step


def _to_an_untaken_step(start: frozenset, taken: set) -> list[Step]:
    waiting, seen = deque([(start, [])]), {start}
    while waiting:
        state, path = waiting.popleft()
        for step in _steps(state):
            if (state, step) not in taken:
                return [*path, step]
            if step.installed not in seen:
                seen.add(step.installed)
                waiting.append((step.installed, [*path, step]))
    return []


def _steps(state: frozenset) -> Iterator[Step]:
    for addon in config.ADDONS:
        if addon in state:
            yield Step("uninstall", addon, state - {a for a in state if addon in _needs(a)})
        else:
            yield Step("install", addon, state | _needs(addon))


def _needs(addon: str) -> set[str]:
    """The addon and those of ours that come with it."""
    ours = set(config.MANIFESTS[addon]["depends"]) & set(config.MANIFESTS)
    return {addon}.union(*(_needs(name) for name in ours))
