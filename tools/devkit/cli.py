"""The commands, each imported only when it is used."""

import os
from collections.abc import Callable

from tools.devkit.errors import Problem


def _odoo(arguments: list[str]) -> int:
    from tools.devkit import odoo_cmd

    return odoo_cmd.run(arguments)


def _demo(arguments: list[str]) -> int:
    from tools.devkit import demo

    return demo.run()


def _bench(arguments: list[str]) -> int:
    from tools.devkit import bench

    return bench.run(os.environ.get("BENCH", "").split(), write=bool(os.environ.get("WRITE")))


def _fault_report(arguments: list[str]) -> int:
    from tools.devkit import faults

    return faults.run(os.environ.get("FAULT", "").split())


def _clean_databases(arguments: list[str]) -> int:
    from tools.devkit import cleaning

    return cleaning.drop_databases()


def _lint(arguments: list[str]) -> int:
    from tools.devkit import suite

    return suite.run(suite.lint)


def _i18n(arguments: list[str]) -> int:
    from tools.devkit import i18n_update

    return i18n_update.run()


def _security_table(arguments: list[str]) -> int:
    from tools.devkit import security_table

    return security_table.run()


def _audit(arguments: list[str]) -> int:
    from tools.devkit import audit

    return audit.run()


def _unit(arguments: list[str]) -> int:
    from tools.devkit import suite

    return suite.run(suite.unit)


def _odoo_tests(arguments: list[str]) -> int:
    from tools.devkit import suite

    return suite.run(suite.odoo)


def _standards(arguments: list[str]) -> int:
    from tools.devkit import suite

    return suite.run(suite.standards)


def _end_to_end(arguments: list[str]) -> int:
    from tools.devkit import suite

    return suite.run(suite.end_to_end)


def _faults(arguments: list[str]) -> int:
    from tools.devkit import suite

    return suite.run(suite.faults)


def _install(arguments: list[str]) -> int:
    from tools.devkit import suite

    return suite.run(suite.install)


def _upgrade(arguments: list[str]) -> int:
    from tools.devkit import suite

    return suite.run(suite.upgrade)


def _newcomer(arguments: list[str]) -> int:
    from tools.devkit import suite

    return suite.run(suite.newcomer)


def _test(arguments: list[str]) -> int:
    from tools.devkit import suite

    return suite.run(suite.lint, suite.unit, suite.odoo, suite.standards, suite.end_to_end)


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "audit": _audit,
    "odoo": _odoo,
    "demo": _demo,
    "bench": _bench,
    "faults": _fault_report,
    "clean-db": _clean_databases,
    "i18n": _i18n,
    "lint": _lint,
    "security-table": _security_table,
    "test": _test,
    "test-unit": _unit,
    "test-odoo": _odoo_tests,
    "test-standards": _standards,
    "test-e2e": _end_to_end,
    "test-faults": _faults,
    "test-install": _install,
    "test-upgrade": _upgrade,
    "test-newcomer": _newcomer,
}


def dispatch(arguments: list[str]) -> int:
    """Run the command named by the first argument."""
    name = arguments[0] if arguments else ""
    if name not in COMMANDS:
        raise Problem(f"Unknown command {name!r}; there are: {', '.join(sorted(COMMANDS))}.")
    return COMMANDS[name](arguments[1:])
