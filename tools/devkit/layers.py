"""The layering rule: who may import whom inside and between the addons.

Controllers stand on models, models on providers, providers on core, never the other way round;
core is the standard library alone and reads no clock, so its tests run without Odoo, in a second.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.devkit import config, tree

RANK = {
    **{"core": 0, "providers": 1, "worker": 2},
    **{"models": 3, "wizard": 3, "controllers": 4},
}
NO_ODOO = {"core", "providers"}
BASE = "immoassist_appointments"
ADDONS = {*config.ADDONS, *config.BRIDGES}
_NAMES = re.compile("|".join(sorted(ADDONS, key=len, reverse=True)))
# Standard library that talks to the outside: a core that needs one of these is not a core.
IO_MODULES = {"asyncio", "http", "smtplib", "socket", "sqlite3", "subprocess", "urllib"}
PURE_URLLIB = {"urllib.parse"}
CLOCK = {"now", "today", "utcnow"}
TEXT = (".py", ".xml", ".js", ".csv", ".scss")


def check(repo: Path) -> list[str]:
    """:return: one line for each violation, `file:line: what is wrong`"""
    problems = []
    for path in tree.files(repo, *TEXT):
        relative = path.relative_to(repo)
        if relative.parts[0] not in ADDONS or "static/description" in relative.as_posix():
            continue
        source = path.read_text(encoding="utf-8")
        problems += [f"{relative}:{line}: {text}" for line, text in _violations(relative, source)]
    return problems


def _violations(relative: Path, source: str) -> Iterator[tuple[int, str]]:
    addon, layer = relative.parts[0], relative.parts[1]
    yield from _siblings(addon, source)
    if relative.suffix != ".py" or "tests" in relative.parts:
        return
    for node in ast.walk(ast.parse(source, filename=str(relative))):
        for name in _imported(node, relative):
            yield from ((node.lineno, text) for text in _judge(addon, layer, name))
        if layer == "core" and _reads_clock(node):
            yield node.lineno, "core reads the clock: take `now` as an argument"


def _siblings(addon: str, source: str) -> Iterator[tuple[int, str]]:
    """Models and templates are named in strings, so the whole text is searched, not the imports.

    An addon knows the base and what its manifest needs.
    """
    if addon == BASE:
        return
    known = {BASE, addon, *config.MANIFESTS[addon]["depends"]}
    for number, line in enumerate(source.splitlines(), 1):
        for other in set(_NAMES.findall(line)) - known:
            yield number, f"{addon} knows {other}"


def _imported(node: ast.AST, relative: Path) -> Iterator[str]:
    """Absolute dotted names; those of this repository without `odoo.addons.`."""
    if isinstance(node, ast.Import):
        yield from (alias.name.removeprefix("odoo.addons.") for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        package = relative.parent.parts[: len(relative.parent.parts) - node.level + 1]
        head = list(package) if node.level else []
        head += node.module.split(".") if node.module else []
        for alias in node.names:
            yield ".".join([*head, alias.name]).removeprefix("odoo.addons.")


def _judge(addon: str, layer: str, name: str) -> Iterator[str]:
    parts = name.split(".")
    if parts[0] in ADDONS:
        yield from _judge_own(addon, layer, parts)
    elif layer in NO_ODOO and parts[0] == "odoo":
        yield f"{layer} imports {name}"
    elif layer == "core" and parts[0] not in sys.stdlib_module_names:
        yield f"core imports {parts[0]}, which is not the standard library"
    elif layer == "core" and parts[0] in IO_MODULES and ".".join(parts[:2]) not in PURE_URLLIB:
        yield f"core imports {parts[0]}: no input or output there"


def _judge_own(addon: str, layer: str, parts: list[str]) -> Iterator[str]:
    target = parts[1] if len(parts) > 1 else ""
    if addon == BASE and parts[0] != BASE:
        yield f"{BASE} imports {parts[0]}, which is built on it"
    elif layer in NO_ODOO and target not in NO_ODOO:
        # Also the addon itself (`from .. import x`): its `__init__` brings in the models.
        yield f"{layer} imports {'.'.join(parts)}"
    elif RANK.get(layer, 9) < RANK.get(target, 0):
        yield f"{layer} imports {'.'.join(parts)}, a layer above it"


def _reads_clock(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    owner = node.func.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return (node.func.attr in CLOCK and name in {"datetime", "date"}) or (
        node.func.attr in {"time", "monotonic"} and name == "time"
    )
