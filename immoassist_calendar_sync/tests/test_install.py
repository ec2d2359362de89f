import ast
import sys
from pathlib import Path

from odoo.modules.module import Manifest
from odoo.tests import TransactionCase, tagged

ADDON = "immoassist_calendar_sync"
BASE = "immoassist_appointments"
FAMILY = "immoassist_"


@tagged("post_install", "-at_install")
class TestInstall(TransactionCase):
    def test_installed_beside_appointments(self):
        modules = self.env["ir.module.module"].search([("name", "in", [ADDON, BASE])])
        self.assertEqual(
            {module.name: module.state for module in modules},
            {ADDON: "installed", BASE: "installed"},
        )

    def test_the_addons_built_on_appointments_do_not_know_each_other(self):
        # Also those that are not installed here: all of the family that can be.
        manifests = [
            manifest
            for manifest in Manifest.all_addon_manifests()
            if manifest.name.startswith(FAMILY)
        ]
        self.assertLessEqual({ADDON, BASE}, {manifest.name for manifest in manifests})
        for manifest in manifests:
            if manifest["auto_install"]:  # a bridge knows both of its sides
                continue
            family = {name for name in manifest["depends"] if name.startswith(FAMILY)}
            with self.subTest(addon=manifest.name):
                self.assertEqual(family, set() if manifest.name == BASE else {BASE})

    def test_the_core_needs_the_standard_library_alone(self):
        core = Path(Manifest.for_addon(ADDON).path, "core")
        sources = sorted(core.rglob("*.py"))
        self.assertIn(core / "reconcile.py", sources)
        for source in sources:
            with self.subTest(file=source.name):
                foreign = set(_imported(source)) - sys.stdlib_module_names
                self.assertFalse(foreign)


def _imported(source):
    """Yield the top packages that a file imports; what leaves ``core`` counts by its dots."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level > 1:
            yield "." * node.level
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0]
