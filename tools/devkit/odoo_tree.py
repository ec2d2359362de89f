"""Odoo 19 itself: an existing tree (ODOO_HOME), or Debian's package unpacked into the cache."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools.devkit import apt, config, locks
from tools.devkit.console import say
from tools.devkit.errors import Problem

#: What Debian links from Odoo's web files into other packages: unpacked into the same root.
SID_PACKAGES = [
    "odoo-19",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
]
#: Font Awesome 4.7: the one in sid is 7.x, whose files have other names.
STABLE_PACKAGES = ["fonts-font-awesome"]

#: Debian drops this file; without it every page of a browser test logs an error.
SELFIE = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"

#: Broken links that nothing here uses.
HARMLESS_LINKS = {"odoo/addons/point_of_sale/static/src/fonts/Inconsolata.otf"}

#: Two thirds of the package are translations; kept are French and the templates (.pot). Left out
#: too is Debian's second, incomplete copy of the addons.
LEFT_OUT = ("*/i18n*/[!f]*.po", "*/i18n*/f[!r]*.po", "./usr/lib/python3/dist-packages/addons")

#: Changes when the tree would come out otherwise.
RECIPE = config.short_hash(*SID_PACKAGES, *STABLE_PACKAGES, SELFIE, *LEFT_OUT)


@dataclass(frozen=True)
class Tree:
    """Where Odoo is: its import path, its addons folders, and its version for cache keys."""

    path: Path
    addons: tuple[Path, ...]
    version: str


def get() -> Tree:
    """Return Odoo's tree, fetching it when there is none."""
    home = os.environ.get("ODOO_HOME")
    if home:
        return _existing(Path(home).expanduser().resolve())
    target = config.cache_dir() / f"odoo-19-{RECIPE}"
    locks.step(target, "unpacking Odoo", _unpack, megabytes=1000)
    path = target / "usr" / "lib" / "python3" / "dist-packages"
    return Tree(path, (path / "odoo" / "addons",), locks.stamp_note(target))


def _existing(home: Path) -> Tree:
    release = home / "odoo" / "release.py"
    if not release.is_file():
        raise Problem(f"ODOO_HOME is {home}, and there is no odoo/release.py in it.")
    if "version_info = (19," not in release.read_text():
        raise Problem(f"ODOO_HOME is {home}, and that is not Odoo 19.")
    folders = (home / "addons", home / "odoo" / "addons")
    addons = tuple(folder for folder in folders if (folder / "web").is_dir())
    if not addons:
        raise Problem(f"ODOO_HOME is {home}, and Odoo's addons are not in it.")
    return Tree(home, addons, "19-home-" + config.short_hash(str(home)))


def _unpack(folder: Path) -> str:
    debs = [*_debs("sid", SID_PACKAGES), *_debs("stable", STABLE_PACKAGES)]
    say("Unpacking Odoo...")
    apt.extract(debs, folder, LEFT_OUT)
    tree = folder / "usr" / "lib" / "python3" / "dist-packages"
    (tree / SELFIE).parent.mkdir(parents=True, exist_ok=True)
    (tree / SELFIE).touch()
    _check_links(tree)
    odoo_deb = next(deb.name for deb in debs if deb.name.startswith("odoo-19_"))
    return odoo_deb.split("_")[1]


def _debs(suite: str, packages: list[str]) -> list[Path]:
    target = config.cache_dir() / "debs" / f"{suite}-{config.short_hash(*packages)}"

    def build(folder: Path) -> None:
        apt.download(suite, packages, folder, "Downloading Debian packages")

    locks.step(target, "downloading Odoo", build, megabytes=200)
    return sorted(target.glob("*.deb"))


def _check_links(tree: Path) -> None:
    found = subprocess.run(
        ["find", ".", "-xtype", "l", "-printf", "%P\n"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=True,
    )
    broken = sorted(set(found.stdout.splitlines()) - HARMLESS_LINKS)
    if broken:
        raise Problem(
            f"Debian's odoo-19 package links to files that are not there ({broken[0]} and "
            f"{len(broken) - 1} more): SID_PACKAGES in tools/devkit/odoo_tree.py needs an update."
        )
