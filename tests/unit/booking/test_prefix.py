import pytest

from odoo.addons.immoassist_booking.core import prefix


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("book", None),
        ("rendez-vous", None),
        ("a", "shape"),
        ("", "shape"),
        ("Rendez-Vous", "shape"),
        ("rendez--vous", "shape"),
        ("rendez/vous", "shape"),
        ("<string:x>", "shape"),
        ("x" * 41, "shape"),
        ("shop", "taken"),
    ],
)
def test_names(name, expected):
    assert prefix.problem(name, {"shop", "book"}) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/book", "/rdv"),
        ("/book/marie?month=2027-03#m", "/rdv/marie?month=2027-03#m"),
        ("/book?x=1", "/rdv?x=1"),
        ("/booking", "/booking"),
        ("/fr/book", "/fr/book"),
        ("?month=2027-03", "?month=2027-03"),
    ],
)
def test_swap(path, expected):
    assert prefix.swap(path, "book", "rdv") == expected
