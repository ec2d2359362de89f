"""What our addons sign, read from their code: a new purpose is found by itself."""

import ast
import re
from importlib import import_module
from pathlib import Path

from odoo.modules import get_module_path

# Links whose purpose is the name of what is done: `attendee._link("move")`, in code and views.
ACTION = re.compile(r"\b_(?:broker_)?link\(\s*['\"](\w+)['\"]")
SIGNING_ACTIONS = {"_link", "_broker_link"}


def signed_purposes():
    """Every purpose that some code of ours signs.

    :raise AssertionError: a purpose is written in a way that this cannot read
    """
    found = set()
    for folder in Path(get_module_path("immoassist_booking")).parent.glob("immoassist_*"):
        for path in [*folder.rglob("*.py"), *folder.rglob("*.xml")]:
            if "tests" in path.relative_to(folder).parts:
                continue
            text = path.read_text()
            found.update(ACTION.findall(text))
            if path.suffix == ".py" and "signing" in text:
                found.update(_signed_in(text, _module(folder, path)))
    return found


def _module(folder, path):
    parts = path.relative_to(folder).with_suffix("").parts
    return ".".join(("odoo.addons", folder.name, *parts))


def _signed_in(text, module):
    for function in ast.walk(ast.parse(text)):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "signing.sign":
                    purpose = _purpose(node.args[1], module, function)
                    if purpose:
                        yield purpose


def _purpose(node, module, function):
    if isinstance(node, ast.Constant):
        return node.value
    names = vars(import_module(module))
    if isinstance(node, ast.Name) and isinstance(names.get(node.id), str):
        return names[node.id]
    # What its callers give: `ACTION` finds them.
    assert function.name in SIGNING_ACTIONS, f"{module}.{function.name} signs something unreadable"
    return None
