from datetime import date, datetime, timezone

from odoo.tests import BaseCase, tagged

from ..core import month as months
from ..core.guest import read_guest
from ..core.query import BadQuery, format_slot, parse_date, parse_month, parse_slot
from ..core.username import problem, propose, slugify

UTC = timezone.utc


@tagged("post_install", "-at_install")
class TestQuery(BaseCase):
    def test_slot(self):
        wanted = datetime(2027, 3, 14, 14, 30, tzinfo=UTC)
        for text in (
            "2027-03-14T14:30:00Z",
            "2027-03-14T14:30Z",
            "2027-03-14T10:30:00-04:00",
            "2027-03-14T15:30+01:00",
            "2027-03-14T15:30 01:00",  # "+" that was not escaped
        ):
            self.assertEqual(parse_slot(text), wanted, text)
        self.assertEqual(format_slot(wanted), "2027-03-14T14:30:00Z")

    def test_nonsense(self):
        cases = {
            parse_month: ["", "2027-13", "2027-00", "9999-12", "0001-01", "2027-3", "２０２７-03"],
            parse_date: ["2027-02-30", "2027-03", "9999-12-31", "2027-03-14\n", "\x00"],
            parse_slot: [
                "2027-03-14T14:30:00",
                "2027-03-14 14:30Z",
                "2027-03-14T25:00Z",
                "2027-03-14T14:30:30Z",
                "2027-03-14T14:30+99:00",
                "0001-01-01T00:00+14:00",
                "9999-12-31T23:59-14:00",
            ],
        }
        for parse, texts in cases.items():
            for text in texts:
                with self.subTest(text), self.assertRaises(BadQuery):
                    parse(text)


@tagged("post_install", "-at_install")
class TestMonth(BaseCase):
    def test_past_weeks_are_left_out(self):
        march, today = date(2027, 3, 1), date(2027, 3, 17)
        rows = months.weeks(march, 1, today, set())
        self.assertEqual(rows[0][0], date(2027, 3, 15))
        self.assertEqual(rows[-1], [date(2027, 3, day) for day in (29, 30, 31)] + [None] * 4)
        rows = months.weeks(march, 1, today, {date(2027, 3, 2)})
        self.assertEqual(rows[0][0], march)

    def test_week_starts_on_sunday(self):
        row = months.weeks(date(2027, 3, 1), 7, date(2027, 1, 1), set())[0]
        self.assertEqual(row[:2], [None, date(2027, 3, 1)])

    def test_neighbours(self):
        self.assertEqual(months.next_month(date(2027, 12, 31)), date(2028, 1, 1))
        self.assertEqual(months.previous_month(date(2027, 1, 31)), date(2026, 12, 1))


@tagged("post_install", "-at_install")
class TestUsername(BaseCase):
    def test_problem(self):
        self.assertIsNone(problem("marie-tremblay"))
        for name in ("ab", "a" * 41):
            self.assertEqual(problem(name), "length")
        for name in ("Marie", "a--b", "-ab", "ab-", "é-ab", "a b", "abc\n", "a/b"):
            self.assertEqual(problem(name), "shape")
        for name in ("slots", "confirmation", "photo"):
            self.assertEqual(problem(name), "reserved")

    def test_propose(self):
        self.assertEqual(slugify("Éloïse d'Arc-Côté"), "eloise-d-arc-cote")
        self.assertEqual(propose("Marie Tremblay", {"marie-tremblay"}), "marie-tremblay-2")
        for name in ("", "李", "Slots", "A", "x" * 90, "Confirmation"):
            self.assertIsNone(problem(propose(name, set())), name)


@tagged("post_install", "-at_install")
class TestGuest(BaseCase):
    def guest(self, **fields):
        return read_guest({"name": "Claire", "email": "claire@example.com", **fields})

    def test_good(self):
        form = self.guest(
            name="  Zoé   d’Amours ", phone="\u202a+1 514-555-0100\u202c", note="a\r\nb\tc"
        )
        self.assertFalse(form.errors)
        self.assertEqual(form.values["name"], "Zoé d’Amours")
        self.assertEqual(form.values["phone"], "+1 514-555-0100")
        self.assertEqual(form.values["note"], "a\nb c")
        for email in ("o'neil@example.com", "a+b@sub.example.co.uk", "élise@exemple.fr"):
            self.assertFalse(self.guest(email=email).errors, email)
        for phone in ("514 555-0100", "(514) 555-0100 ext. 12", "06.12.34.56.78"):
            self.assertFalse(self.guest(phone=phone).errors, phone)

    def test_bad(self):
        for field, text, code in (
            ("name", "", "required"),
            ("name", " \u200b", "required"),
            ("name", "x" * 101, "long"),
            ("name", "a\r\nBcc: x@example.com", "characters"),
            ("name", "a\x00b", "characters"),
            ("name", "a\ud800b", "characters"),
            ("name", "a\u2028b", "characters"),
            ("note", "a\x07b", "characters"),
            ("email", "", "required"),
            ("email", "x" * 300 + "@example.com", "long"),
            ("email", "x" * 65 + "@example.com", "email"),
            ("email", "a@b", "email"),
            ("email", "a@b.c, d@e.f", "email"),
            ("email", "Claire <a@example.com>", "email"),
            ("email", "a..b@example.com", "email"),
            ("phone", "call me", "phone"),
            ("phone", "12", "phone"),
        ):
            with self.subTest(field=field, text=text[:20]):
                form = self.guest(**{field: text})
                self.assertEqual(form.errors, {field: code})
                form.values[field].encode()

    def test_a_megabyte_is_quick_and_short(self):
        form = self.guest(name="<b>" * 400_000)
        self.assertEqual(form.errors, {"name": "long"})
        self.assertLessEqual(len(form.values["name"]), 100)
