"""Let the pure parts of the addons be imported without Odoo.

Importing ``odoo.addons.immoassist_appointments.core`` would run the addon's ``__init__``, which
needs Odoo. An empty module with only a ``__path__`` stands in for each package above ``core`` and
``providers``.
"""

import os
import sys
from pathlib import Path
from types import ModuleType

from hypothesis import settings

ROOT = Path(__file__).parents[2]
ADDONS = [path.parent.name for path in ROOT.glob("immoassist_*/__manifest__.py")]


def _package(name: str, *path: Path) -> None:
    module = ModuleType(name)
    module.__path__ = [str(folder) for folder in path]
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)


_package("odoo")
_package("odoo.addons")
for addon in ADDONS:
    _package(f"odoo.addons.{addon}", ROOT / addon)
    _package(addon, ROOT / addon)

# Deterministic by default: a red build is red again on the next run and on every machine. To look
# for new examples: HYPOTHESIS_PROFILE=explore.
settings.register_profile("ci", derandomize=True, deadline=None, database=None)
settings.register_profile("explore", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
