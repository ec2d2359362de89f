"""Rules for Odoo that no linter has: what needs a reason beside it, in words.

`# sudo: <why>` within the function, before or on the line, lifts the first; `# security: <why>`
on the line or in the comment above it lifts any other (in the comment syntax of the language).
What ruff's `S` finds (eval, pickle, a shell, no timeout, TLS that is not verified, ...) is ruff's
business.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tools.devkit import tree

SUFFIXES = (".py", ".xml", ".js")
REASON = re.compile(r"(#|//|/\*|<!--) security: \w+ \w+")
COMMENT = re.compile(r"\s*(#|//|/\*|<!--)")
SUDO_REASON = re.compile(r"\bsudo\b[^\n]*:")
EVALUATES = {"safe_eval", "test_python_expr"}
LOGS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
SECRET = re.compile(r"token|secret|passw|credential|refresh|grant|api_?key|encryption_key", re.I)
#: Names that tell of a secret without being one.
HARMLESS = re.compile(r"_(id|uri|url|hash|kind|name|count|at)s?$|^csrf")
OPTIONS = {
    ("csrf", False): "a route that forged forms reach (csrf=False)",
    ("auth", "none"): 'a route without user and session (auth="none")',
    ("verify", False): "TLS that is not verified",
}
XML_RULES = (
    (re.compile(r"\bt-raw\s*="), "t-raw writes unescaped HTML: t-out"),
    (re.compile(r"\bt-out\s*=\s*[\"'][^\"']*\b[Mm]arkup\("), "t-out of what is made markup there"),
    (re.compile(r"<field name=\"code\">[^<]*\b(env|cr)\b[^<]*\bexecute\("), "SQL in a data file"),
)
JS_RULES = (
    (re.compile(r"\.(innerHTML|outerHTML)\s*="), "writes HTML: textContent, or elements"),
    (re.compile(r"\b(insertAdjacentHTML|document\.write)\b"), "writes HTML: elements"),
    (re.compile(r"\b(eval|new Function)\s*\("), "runs text as code"),
    (re.compile(r"\bmarkup\s*\("), "makes text HTML"),
)


def check(repo: Path) -> list[str]:
    """:return: one line for each violation, `file:line: what is wrong`"""
    return [problem for path in files(repo) for problem in _check_file(repo, path)]


def files(repo: Path) -> list[Path]:
    """The code of the addons that runs in production."""
    addons = set(tree.addons(repo))
    return [
        path
        for path in tree.files(repo, *SUFFIXES)
        if addons & set(path.parents)
        and not {"tests", "lib", "description"} & set(path.relative_to(repo).parts)
    ]


def _check_file(repo: Path, path: Path) -> Iterator[str]:
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    rules = {".py": _python, ".xml": _xml, ".js": _javascript}[path.suffix]
    for number, text in sorted(set(rules(source, lines))):
        if not any(REASON.search(line) for line in _beside(lines, number)):
            yield f"{path.relative_to(repo)}:{number}: {text}"


def _beside(lines: list[str], number: int) -> list[str]:
    """The line and the comment above it."""
    first = number - 1
    while first and COMMENT.match(lines[first - 1]):
        first -= 1
    return lines[first:number]


def _xml(_source: str, lines: list[str]) -> Iterator[tuple[int, str]]:
    return _lines(lines, XML_RULES)


def _javascript(_source: str, lines: list[str]) -> Iterator[tuple[int, str]]:
    return _lines(lines, JS_RULES)


def _lines(lines: list[str], rules: tuple) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, 1):
        yield from ((number, text) for pattern, text in rules if pattern.search(line))


def _python(source: str, lines: list[str]) -> Iterator[tuple[int, str]]:
    module = ast.parse(source)
    yield from _unreasoned_sudo(module, lines)
    texts = _constant_texts(module)
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            yield from ((node.lineno, text) for text in _judge_call(node, texts))
            for option in node.keywords:
                yield from _judge_option(option.arg, option.value)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                yield from _judge_option(_constant(key), value)
        elif isinstance(node, ast.ImportFrom | ast.Import):
            names = {alias.name.rpartition(".")[2] for alias in node.names}
            yield from ((node.lineno, f"{name} runs text as code") for name in names & EVALUATES)
        elif isinstance(node, ast.Name | ast.Attribute) and _name(node) == "SUPERUSER_ID":
            yield node.lineno, "acts as the superuser: nobody's name is on what it does"


def _unreasoned_sudo(module: ast.Module, lines: list[str]) -> Iterator[tuple[int, str]]:
    functions = [n for n in ast.walk(module) if isinstance(n, ast.FunctionDef)]
    for node in ast.walk(module):
        if _is_sudo(node):
            around = [f.lineno for f in functions if f.lineno <= node.lineno <= f.end_lineno]
            first = min(around, default=1)
            if not any(SUDO_REASON.search(line) for line in lines[first - 1 : node.end_lineno]):
                yield node.lineno, "sudo without a reason (`# sudo: why`)"


def _constant_texts(module: ast.Module) -> set[str]:
    """Names that the file gives to texts it writes down as they are."""
    return {
        target.id
        for node in ast.walk(module)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _is_sudo(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    if _name(node.func) == "sudo":
        return not (node.args and _constant(node.args[0]) is False)
    return any(k.arg == "su" and _constant(k.value) is True for k in node.keywords)


def _judge_call(node: ast.Call, texts: set[str]) -> Iterator[str]:
    name = _name(node.func)
    first = node.args[0] if node.args else None
    written = first is None or isinstance(first, ast.Constant) or _name(first) in texts
    if name == "Markup" and not written:
        yield "Markup of what is no constant: `Markup('<b>%s</b>') % text` escapes"
    if name == "SQL" and not written:
        yield "SQL of a text that is put together: arguments, SQL.identifier"
    if name == "execute" and isinstance(first, ast.JoinedStr | ast.BinOp):
        yield "a query that is put together: odoo.tools.SQL"
    if name in LOGS and "log" in ast.unparse(node.func).lower():
        told = {_name(part) for argument in node.args for part in ast.walk(argument)}
        secrets = (word for word in told if SECRET.search(word) and not HARMLESS.search(word))
        yield from (f"logs {word}, which may be a secret" for word in sorted(secrets))


def _judge_option(name: object, value: ast.expr) -> Iterator[tuple[int, str]]:
    option = (name, _constant(value))
    if option in OPTIONS:
        yield value.lineno, OPTIONS[option]


def _constant(node: ast.expr | None) -> object:
    return node.value if isinstance(node, ast.Constant) else ...


def _name(node: ast.AST) -> str:
    """The last part of `a.b.c`; "" for what has none."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
