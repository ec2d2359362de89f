"""Names, versions and places: the only file to edit when one of them changes."""

import ast
import hashlib
import os
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]


def _manifests() -> dict[str, dict]:
    """Return the manifest of each addon of the checkout, those that others need first."""
    found = {
        path.parent.name: ast.literal_eval(path.read_text(encoding="utf-8"))
        for path in sorted(REPO.glob("*/__manifest__.py"))
    }

    def depth(name: str) -> int:
        return 1 + max((depth(need) for need in found[name]["depends"] if need in found), default=0)

    return {name: found[name] for name in sorted(found, key=depth)}


MANIFESTS = _manifests()

#: Bridges come by themselves beside an addon that is not ours: in no template database.
BRIDGES = tuple(name for name, manifest in MANIFESTS.items() if manifest.get("auto_install"))

#: Our addons that people install, in the order in which they depend on each other.
ADDONS = tuple(name for name in MANIFESTS if name not in BRIDGES)

#: Odoo's own addons that ours need, installed once in the base template.
BASE_MODULES = (
    "base",
    "web",
    "mail",
    "calendar",
    "resource",
    "portal",
    "phone_validation",
    "website",
)

LANGUAGES = ("en_US", "fr_FR", "fr_CA")

ODOO_LOCK = REPO / "tools" / "requirements-odoo.lock"
#: What the addons import in production: installed in both environments.
ADDONS_REQUIREMENTS = REPO / "requirements.txt"
DEV_LOCK = REPO / "tools" / "requirements-dev.lock"
AUDIT_LOCK = REPO / "tools" / "requirements-audit.lock"
#: What the bridge to the job queue stands on.
QUEUE_LOCK = REPO / "tools" / "requirements-queue.lock"

SUPPORTED_PYTHON = ((3, 10), (3, 13))


def cache_dir() -> Path:
    """Where everything downloaded and every database lives; never in the checkout.

    Root's PostgreSQL runs as another user, who cannot enter root's home: hence /var/cache.
    """
    if os.environ.get("XDG_CACHE_HOME"):
        return Path(os.environ["XDG_CACHE_HOME"]).resolve() / "immoassist"
    if os.geteuid() == 0:
        return Path("/var/cache/immoassist")
    return Path.home() / ".cache" / "immoassist"


def data_dir() -> Path:
    """Odoo's data_dir: file stores and sessions of every database."""
    return cache_dir() / "odoo-data"


def log_dir() -> Path:
    """Logs of Odoo and of the install steps."""
    path = cache_dir() / "logs"
    path.mkdir(parents=True, exist_ok=True)
    return path


def present_addons() -> list[str]:
    """Return the names of ADDONS."""
    return list(ADDONS)


def short_hash(*parts: str) -> str:
    """Return twelve hexadecimal digits that change when any part does."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()[:12]
