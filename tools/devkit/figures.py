"""Puts what `make bench` printed where the documents show it: between two comments of Markdown.

`<!-- bench:sync:begin -->` and `<!-- bench:sync:end -->`: what stands between them is replaced,
each time, by what was measured; everything else is written by hand.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from tools.devkit import config
from tools.devkit.errors import Problem

TABLES = config.REPO / "docs" / "figures.md"
SUMMARY = config.REPO / "README.md"
SUMMARY_NAME = "summary"


def begin(name: str) -> str:
    """Return the comment before what the bench of that name printed."""
    return f"<!-- bench:{name}:begin -->"


def end(name: str) -> str:
    """Return the comment after it."""
    return f"<!-- bench:{name}:end -->"


def replaced(text: str, name: str, printed: str) -> str:
    """Return the document with what was printed between the comments of that name.

    :raise Problem: each of the two has to be there once, in their order.
    """
    opening, closing = begin(name), end(name)
    found = re.fullmatch(
        f"(.*{re.escape(opening)}\n).*({re.escape(closing)}.*)", text, flags=re.DOTALL
    )
    if not found or text.count(opening) != 1 or text.count(closing) != 1:
        raise Problem(f"Not once, and in this order, in the document: {opening} and {closing}")
    return f"{found[1]}\n{printed.strip()}\n\n{found[2]}"


def require(file: Path, names: Iterable[str]) -> None:
    """Raise Problem when there is no place for these: better now than after an hour."""
    text = file.read_text()
    for name in names:
        try:
            replaced(text, name, "")
        except Problem as problem:
            raise Problem(f"{file.relative_to(config.REPO)}: {problem}") from None


def write(file: Path, name: str, printed: str) -> None:
    """Put what was printed into the document; whoever is killed meanwhile leaves the old one."""
    text = replaced(file.read_text(), name, printed)
    new = file.with_suffix(f".{os.getpid()}")
    new.write_text(text)
    new.replace(file)
