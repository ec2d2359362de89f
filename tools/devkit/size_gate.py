"""Small files and small functions, or a stated reason.

`# long: <why>` on or above the `def` (for a file: in its first ten lines, in the comment syntax of
its language) lifts the limit. The reason is the point: a bare `# long:` counts for nothing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tools.devkit import tree

MAX_FILE, MAX_TEST_FILE, MAX_FUNCTION = 300, 400, 40
SUFFIXES = (".py", ".js", ".mjs", ".xml", ".scss", ".css", ".sh")
REASON = re.compile(r"(#|//|/\*|<!--)\s*long: \w+ \w+")
FILE_HEAD = 10


def check(repo: Path) -> list[str]:
    """:return: one line for each file or function over its limit"""
    problems = []
    for path in tree.files(repo, *SUFFIXES):
        relative = path.relative_to(repo)
        if "static/lib" not in relative.as_posix():
            problems += _check_file(relative, path.read_text(encoding="utf-8"))
    return problems


def _check_file(relative: Path, source: str) -> Iterator[str]:
    lines = source.splitlines()
    limit = MAX_TEST_FILE if tree.is_test(relative) else MAX_FILE
    if len(lines) > limit and not _excused(lines[:FILE_HEAD]):
        yield f"{relative}:1: {len(lines)} lines, {limit} at most"
    if relative.suffix == ".py":
        yield from _check_functions(relative, source, lines)


def _check_functions(relative: Path, source: str, lines: list[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(source, filename=str(relative))):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        length = node.end_lineno - node.lineno + 1
        top = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        # From the line above the decorators to the end of the signature.
        if length > MAX_FUNCTION and not _excused(lines[max(top - 2, 0) : node.body[0].lineno - 1]):
            yield f"{relative}:{node.lineno}: {node.name}: {length} lines, {MAX_FUNCTION} at most"


def _excused(lines: list[str]) -> bool:
    return any(REASON.search(line) for line in lines)
