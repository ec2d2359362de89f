import pytest

from odoo.addons.immoassist_appointments.core.moments import parse_moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-03-14 13:00:00", "2027-03-14T13:00:00"),
        ("2027-03-14 13:00", "2027-03-14T13:00:00"),
        ("2027-03-14T13:00:00Z", "2027-03-14T13:00:00"),
        ("2027-03-14T09:00:00-04:00", "2027-03-14T13:00:00"),
        ("2027-03-14T00:30:00+05:30", "2027-03-13T19:00:00"),
        ("2027-03-14T13:00:00.500000+00:00", "2027-03-14T13:00:00"),
        ("2027-03-14", "2027-03-14T00:00:00"),
    ],
)
def test_moments(text, moment):
    assert parse_moment(text).isoformat() == moment


@pytest.mark.parametrize(
    "text",
    ["", "Z", "tomorrow", "2027-02-30 10:00:00", "2027-03-14T09:00:00-99:00",
     "0001-01-01T00:00:00+05:00", "13:00", "2027-03-14 25:00:00"],
)  # fmt: skip
def test_no_moments(text):
    with pytest.raises(ValueError):
        parse_moment(text)
