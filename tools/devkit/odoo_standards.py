"""`make test-standards`: Odoo's own lint, and its tests of whatever is installed, on our addons.

Every model, view and menu of a database with our addons is looked at, as Odoo's own continuous
integration does for its addons; then `test_lint` is installed.
"""

import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

from tools.devkit import (
    browser,
    cleaning,
    config,
    locks,
    odoo_log,
    odoo_tests,
    odoo_tree,
    postgres,
    templates,
    venvs,
)
from tools.devkit import tree as files
from tools.devkit.console import say
from tools.devkit.odoo_run import Run, follow
from tools.devkit.outcome import Outcome

#: Of every model, view and menu that is installed.
_GENERIC = (
    "/base:TestEveryModel,/base:TestOverrides,/base:TestInvisibleField,"
    "migration/base:TestAllViews,render_all_views/base:TestRenderAllViews,"
    "click_all/immoassist_appointments"
)

#: Not run: pylint and eslint over the whole of Odoo, which take minutes (the same checks run over
#: our addons alone: pylint below, eslint in `make lint`), the tests of those checkers themselves,
#: and docstrings, where Odoo's own addons fail.
_LINT = "/test_lint," + ",".join(
    f"-/test_lint:{name}"
    for name in (
        *("TestPyLint", "TestESLint", "TestDocstring"),
        *("TestGetTextLint", "TestSqlLint", "TestI18nChecks"),
    )
)

#: Which addons' tests must run, and the options of Odoo for it.
RUNS = (
    (["base", "immoassist_appointments"], "--test-tags", _GENERIC),
    (["test_lint"], "--test-tags", _LINT, "-i", "test_lint"),
)

#: Failures that are Odoo's own, each with its reason.
_NOT_OURS = {
    r"TestEveryModel\.test_form_new_record .*\(model='ir\.ui\.view'\)": "Odoo gives lxml no text.",
}

#: Of Odoo's `TestPyLint`.
_PYLINT_CHECKS = (
    "used-before-assignment,undefined-variable,eval-used,unreachable,function-redefined,"
    "sql-injection,missing-gettext,gettext-variable,gettext-placeholders,gettext-repr,"
    "raise-unlink-override"
)
_PYLINT_PLUGINS = (
    "_pylint_path_setup,pylint.extensions.bad_builtin,"
    "_odoo_checker_sql_injection,_odoo_checker_gettext,_odoo_checker_unlink_override"
)

#: What `test_lint` imports and Odoo itself does not need.
_PYLINT = ("astroid", "dill", "isort", "mccabe", "platformdirs", "pylint", "tomlkit")


def run() -> Outcome:
    """Run them on one copy of the template with our addons and their demo data."""
    outcome = Outcome("test-standards")
    browser.ensure()
    _lint_python(outcome)
    env = {"PYTHONPATH": _pylint()}
    with postgres.running() as connection:
        cleaning.drop_leftovers(connection)
        template = templates.addons(connection, demo=True)
        with odoo_tests.scratch(connection, template, "standards") as database:
            for tested, *options in RUNS:
                words = (connection, database, tested, *options)
                (done,) = follow([partial(Run, *words, env=env)])
                odoo_tests.judge(outcome, odoo_log.entries(done.text()), tested, done.code)
    outcome.complaints = [text for text in outcome.complaints if not _excused(text)]
    return outcome


def _excused(complaint: str) -> bool:
    return any(re.search(pattern, complaint) for pattern in _NOT_OURS)


def _lint_python(outcome: Outcome) -> None:
    """Run Odoo's pylint checks over our addons."""
    tree = odoo_tree.get()
    checkers = next(folder for folder in tree.addons if (folder / "test_lint").is_dir())
    addons = [folder.name for folder in files.addons(config.REPO)]
    say(f"Running Odoo's pylint checks over {', '.join(addons)}...")
    done = subprocess.run(
        [
            *(str(venvs.dev_python()), "-m", "pylint", f"--rcfile={os.devnull}", "--score=n"),
            *("--disable=all", f"--enable={_PYLINT_CHECKS}", f"--load-plugins={_PYLINT_PLUGINS}"),
            *("--disable=unknown-option-value,useless-option-value", "--bad-functions=input"),
            *addons,
        ],
        cwd=config.REPO,
        env={
            **venvs.environment_without_venv(),
            "PYTHONPATH": os.pathsep.join((str(checkers / "test_lint/tests"), str(tree.path))),
            "ADDONS_PATH": os.pathsep.join(map(str, (*tree.addons, config.REPO))),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        outcome.complaints.append(f"pylint with Odoo's checks:\n{done.stdout}{done.stderr}")
    else:
        outcome.passed += 1


def _pylint() -> str:
    """Return an import path of Odoo and of the pylint of our own lock, and of nothing else."""
    lines = config.DEV_LOCK.read_text().splitlines()
    wheels = [line for line in lines if line.split("==")[0] in _PYLINT]
    target = config.cache_dir() / "peers" / f"pylint-{config.short_hash(*wheels, sys.version[:4])}"

    def build(folder: Path) -> None:
        venvs.pip_install(venvs.dev_python(), "odoo-pylint", "--target", str(folder), *wheels)

    locks.step(target, "getting pylint", build)
    return f"{odoo_tree.get().path}{os.pathsep}{target}"
