"""Downloads Debian packages without root and without touching the machine's own sources."""

import shutil
import subprocess
from pathlib import Path

from tools.devkit import config
from tools.devkit.console import say, tail
from tools.devkit.errors import Problem

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
ALTERNATIVES = (
    "set ODOO_HOME to an existing Odoo 19 tree, or use Docker instead (`docker compose up`)"
)


def mirror() -> str:
    """Return the Debian mirror that this machine already uses."""
    missing = [name for name in ("apt-get", "dpkg") if not shutil.which(name)]
    if missing or not KEYRING.exists():
        what = " and ".join(missing) if missing else str(KEYRING)
        raise Problem(
            f"Odoo comes from Debian's packages and {what} is not on this machine: {ALTERNATIVES}."
        )
    listing = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(SITE) $(COMPONENT) $(ORIGIN)"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    sites = [line.split()[0] for line in listing.splitlines() if " main" in line]
    sites = [site for site in sites if site.rstrip("/").endswith("debian")] or sites
    if not sites:
        raise Problem(f"apt-get has no package source to take a mirror from: {ALTERNATIVES}.")
    return max(sites, key=sites.count)


def download(suite: str, packages: list[str], folder: Path, doing: str) -> list[Path]:
    """Download packages of a Debian suite into `folder`; return the .deb files."""
    lists = config.cache_dir() / "apt" / suite
    (lists / "partial").mkdir(parents=True, exist_ok=True)
    sources = lists.with_suffix(".list")
    sources.write_text(f"deb [signed-by={KEYRING}] {mirror()} {suite} main\n")
    options = [
        ("Dir::Etc::SourceList", sources),
        ("Dir::Etc::SourceParts", "/dev/null"),
        ("Dir::State::Lists", lists),
        ("Dir::Cache::pkgcache", ""),
        ("Dir::Cache::srcpkgcache", ""),
        ("APT::Get::List-Cleanup", "0"),
        ("Acquire::Languages", "none"),
        ("Acquire::Retries", "3"),
        # The cache may lie where apt's own sandbox user cannot write.
        ("APT::Sandbox::User", "root"),
        ("APT::Update::Error-Mode", "any"),
    ]
    command = ["apt-get", "-q", *(f"-o{key}={value}" for key, value in options)]
    log = config.log_dir() / f"apt-{suite}.log"
    say(f"  {doing} ({suite}: {' '.join(packages)})")
    with log.open("w") as output:
        for words in (["update"], ["download", *packages]):
            done = subprocess.run(
                command + words, cwd=folder, stdout=output, stderr=output, check=False
            )
            if done.returncode:
                raise Problem(
                    f"Debian's mirror could not be read (is there a network?); "
                    f"{ALTERNATIVES}. apt-get said, in {log}:{tail(log, 6)}"
                )
    return sorted(folder.glob("*.deb"))


def extract(debs: list[Path], folder: Path, exclude: tuple[str, ...] = ()) -> None:
    """Unpack .deb files into one folder, without installing anything.

    :param exclude: patterns, as tar knows them, of what to leave out
    """
    for deb in debs:
        with subprocess.Popen(
            ["dpkg-deb", "--fsys-tarfile", str(deb)], stdout=subprocess.PIPE
        ) as archive:
            done = subprocess.run(
                [
                    *("tar", "--extract", "--directory", str(folder), "--no-same-owner"),
                    *("--wildcards", *(f"--exclude={pattern}" for pattern in exclude)),
                ],
                stdin=archive.stdout,
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode or archive.returncode:
            raise Problem(f"{deb.name} could not be unpacked: {done.stderr.strip()[-300:]}")
