"""French is complete: every addon with a template has an `fr.po` that translates all of it.

Runs with the development interpreter, which has polib: `python -m tools.devkit.i18n [checkout]`.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polib

from tools.devkit import tree

# Python and Odoo placeholders, inline template expressions, the QWeb nodes inside a mail's text.
PLACEHOLDER = re.compile(
    r"%\(\w+\)[sdrf]|%[sdrf](?![a-zà-ÿ])|\{\{.*?\}\}|(?<![{$])\{\w*\}(?!\})|</?t\b[^>]*>"
)


def templates(repo: Path) -> list[Path]:
    return [pot for addon in tree.addons(repo) for pot in sorted((addon / "i18n").glob("*.pot"))]


def check(repo: Path) -> list[str]:
    """:return: one line for each text that French readers would see wrong or in English"""
    problems = []
    for pot in templates(repo):
        french = pot.with_name("fr.po")
        name = french.relative_to(repo)
        if french.exists():
            wrong = _compare(polib.pofile(pot), polib.pofile(french))
            problems += [f"{name}: {text}" for text in wrong]
        else:
            problems.append(f"{name}: missing")
    return problems


def _compare(template: polib.POFile, french: polib.POFile) -> Iterator[str]:
    translated = {(e.msgctxt, e.msgid): e for e in french if not e.obsolete}
    for wanted in template:
        entry = translated.get((wanted.msgctxt, wanted.msgid))
        shown = repr(wanted.msgid[:60])
        if entry is None:
            yield f"{shown} is not in the file"
        elif entry.fuzzy:
            yield f"{shown} is fuzzy"
        elif not entry.msgstr.strip():
            yield f"{shown} is not translated"
        elif _placeholders(entry.msgid) != _placeholders(entry.msgstr):
            yield f"{shown} has other placeholders than its translation"


def _placeholders(text: str) -> Counter[str]:
    return Counter(PLACEHOLDER.findall(text.replace("%%", "")))


def main(arguments: list[str]) -> int:
    problems = check(Path(arguments[0] if arguments else ".").resolve())
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
