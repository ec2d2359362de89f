import io
import re
from collections import Counter

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path
from odoo.tools.translate import trans_export

MODULE = "immoassist_appointments"

# What a translation must repeat: Python's placeholders, template expressions, QWeb nodes.
PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sdf](?![a-zà-ÿ])|\{\{.*?\}\}|</?t\b[^>]*>")
HIGH_PUNCTUATION = re.compile(r"[^\s\d\u00a0\u202f][:;?!»](\s|$)|«[^\u00a0\u202f]| [:;?!»]")


@tagged("post_install", "-at_install")
class TestFrench(TransactionCase):
    """The template is up to date, and French is complete."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = polib.pofile(file_path(f"{MODULE}/i18n/{MODULE}.pot"))
        cls.french = polib.pofile(file_path(f"{MODULE}/i18n/fr.po"))

    def test_template_is_up_to_date(self):
        exported = io.BytesIO()
        trans_export(False, [MODULE], exported, "po", self.env)
        fresh = polib.pofile(exported.getvalue().decode())
        # Odoo's own fields on our models come and go with the modules of this database.
        self.assertEqual(
            {entry.msgid for entry in fresh if self.is_ours(entry)},
            {entry.msgid for entry in self.template if self.is_ours(entry)},
        )

    def is_ours(self, entry):
        """Whether a text is used elsewhere than on a field that another module defines."""
        fields = "model:ir.model.fields,"
        return any(not place.startswith(fields) for place, _line in entry.occurrences) or any(
            self.defined_by_us(place) for place, _line in entry.occurrences
        )

    def defined_by_us(self, place):
        record = self.env.ref(place.split(":", 2)[2], raise_if_not_found=False)
        field = record and self.env[record.model]._fields.get(record.name)
        return bool(field) and field._module == MODULE

    def test_everything_is_translated(self):
        french = {entry.msgid: entry for entry in self.french if not entry.obsolete}
        for wanted in self.template:
            with self.subTest(msgid=wanted.msgid):
                entry = french.get(wanted.msgid)
                self.assertTrue(entry and entry.msgstr.strip())
                self.assertFalse(entry.fuzzy)
                self.assertEqual(placeholders(entry.msgid), placeholders(entry.msgstr))

    def test_nothing_is_left_over(self):
        known = {entry.msgid for entry in self.template}
        self.assertFalse([entry.msgid for entry in self.french if entry.msgid not in known])

    def test_typography(self):
        for entry in self.french:
            text = re.sub(r"<[^>]*>|\{\{.*?\}\}|\d+(?::\d+)+", "", entry.msgstr)
            with self.subTest(msgstr=entry.msgstr):
                self.assertNotRegex(text, HIGH_PUNCTUATION)


def placeholders(text):
    return Counter(PLACEHOLDER.findall(text.replace("%%", "")))
