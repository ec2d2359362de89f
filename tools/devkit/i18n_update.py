"""`make i18n`: export each addon's texts and bring its French in line; says what is left to do."""

import os
import subprocess
from pathlib import Path

from tools.devkit import (
    builds,
    config,
    databases,
    locks,
    odoo_cmd,
    peers,
    postgres,
    templates,
    venvs,
)
from tools.devkit.console import say
from tools.devkit.errors import Problem

#: Runs with the development interpreter, which has polib. Texts that are gone are dropped, texts
#: that changed are not guessed: a wrong guess reads as a translation.
_MERGE = """
import sys, polib
pot, po = sys.argv[1:]
template, french = polib.pofile(pot), polib.pofile(po, wrapwidth=100)
french.merge(template)
for entry in french:
    if entry.fuzzy:
        entry.flags.remove("fuzzy")
        entry.msgstr = ""
        entry.previous_msgid = None
for entry in french.obsolete_entries():
    french.remove(entry)
french.save(po)
for entry in french.untranslated_entries():
    print(f"{po}: {entry.msgid!r}")
"""


def run() -> int:
    """Export and merge; the number of addons with texts that lack French is the exit code."""
    with postgres.running() as connection:
        template = templates.addons(connection, demo=False)
        name = f"immoassist_i18n_{os.getpid()}"
        with locks.locked(template, "copying the template database"):
            databases.clone(connection, template, name)
        try:
            addons = _translated_addons()
            peer = peers.beneath(addons)
            if bridges := [name for name in addons if name in config.BRIDGES]:
                words = ("-i", ",".join(bridges), *peer.options)
                builds.run(connection, name, "Installing the bridges", *words, env=peer.env)
            words = (*peer.options, "i18n", "export", "-d", name, *addons)
            _run_odoo(connection, *words, env=peer.env)
        finally:
            databases.drop(connection, name)
    return sum(_merge(addon) for addon in addons)


def _run_odoo(connection: postgres.Connection, *arguments: str, env: dict[str, str]) -> None:
    environment = {**odoo_cmd.environment(connection), **env}
    done = subprocess.run(odoo_cmd.command(*arguments), env=environment, check=False)
    if done.returncode:
        raise Problem("Odoo could not export the texts; what it printed above says why.")


def _french(addon: str) -> Path:
    return config.REPO / addon / "i18n" / "fr.po"


def _translated_addons() -> list[str]:
    """Addons that have texts: one starts with an empty `i18n/fr.po`."""
    return [addon for addon in (*config.ADDONS, *config.BRIDGES) if _french(addon).exists()]


def _merge(addon: str) -> bool:
    french = _french(addon)
    pot = french.with_name(f"{addon}.pot")
    done = subprocess.run(
        [venvs.dev_python(), "-c", _MERGE, pot, french], check=True, capture_output=True, text=True
    )
    say(done.stdout.strip() or f"{french.relative_to(config.REPO)}: complete")
    return bool(done.stdout)
