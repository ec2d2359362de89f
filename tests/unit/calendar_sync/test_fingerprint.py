import math
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from odoo.addons.immoassist_calendar_sync.core.fingerprint import canonical, fingerprint, same

from tests.unit.calendar_sync.builders import NINE, contents, visit

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("a\r\nb", "a\nb", id="line ends of Windows"),
        pytest.param("a\rb", "a\nb", id="line ends of old"),
        pytest.param(" a\n", "a", id="outer white space"),
        pytest.param("\u00e9", "e\u0301", id="accent apart"),
        pytest.param("", None, id="empty text"),
        pytest.param(" \r\n", None, id="blank text"),
        pytest.param((), None, id="empty tuple"),
        pytest.param(set(), None, id="empty set"),
        pytest.param({}, None, id="empty mapping"),
        pytest.param({"a": None}, None, id="mapping of nothing"),
        pytest.param({"a": 1, "b": 2}, {"b": 2, "a": 1}, id="order of names"),
        pytest.param({"a": 1, "b": ""}, {"a": 1}, id="empty value"),
        pytest.param([1, 2], (1, 2), id="list and tuple"),
        pytest.param({"b", "a"}, frozenset({"a", "b"}), id="sets"),
        pytest.param(1, 1.0, id="whole number"),
        pytest.param(NINE, datetime(2027, 3, 1, 10, tzinfo=PARIS), id="zones"),
        pytest.param(NINE, NINE.replace(microsecond=999_999), id="fraction of a second"),
    ],
)
def test_the_same_in_other_words(one, other):
    assert same(one, other)
    assert fingerprint({"x": one}) == fingerprint({"x": other})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("a", "b", id="text"),
        pytest.param("a b", "ab", id="inner space"),
        pytest.param("a", "A", id="case"),
        pytest.param(1, "1", id="number and text"),
        pytest.param(1, True, id="number and boolean"),
        pytest.param(False, None, id="false is a value"),
        pytest.param(0, None, id="zero is a value"),
        pytest.param(1.5, 1, id="fraction"),
        pytest.param([1, 2], [2, 1], id="order of a list"),
        pytest.param([None, 1], [1], id="position in a list"),
        pytest.param(["a"], {"a"}, id="list and set"),
        pytest.param({"a": "b"}, ["a", "b"], id="mapping and list"),
        pytest.param({"a": 1}, {"b": 1}, id="name"),
        pytest.param(NINE, NINE + timedelta(seconds=1), id="second"),
        pytest.param(date(2027, 3, 1), datetime(2027, 3, 1, tzinfo=timezone.utc), id="all day"),
        pytest.param(date(2027, 3, 1), "2027-03-01", id="date and text"),
        pytest.param(
            datetime(2027, 10, 31, 2, 30, tzinfo=PARIS),
            datetime(2027, 10, 31, 2, 30, tzinfo=PARIS, fold=1),
            id="the hour that comes twice",
        ),
    ],
)
def test_not_the_same(one, other):
    assert not same(one, other)
    assert fingerprint({"x": one}) != fingerprint({"x": other})


@pytest.mark.parametrize("value", [NINE.replace(tzinfo=None), math.nan, math.inf])
def test_what_has_no_meaning_is_refused(value):
    with pytest.raises(ValueError, match=r"naive datetime|finite"):
        canonical(value)


@pytest.mark.parametrize("value", [b"bytes", bytearray(b"a"), object(), timedelta(1)])
def test_what_cannot_be_compared_is_refused(value):
    with pytest.raises(TypeError, match="No way to compare"):
        canonical([value])


def test_the_hash_is_stable():
    """It is stored: another value would make every event of every broker look changed."""
    assert fingerprint(visit()) == (
        "20e004833c369e6691f413d6987dcdf0c607307c2b27a2265bb1a5cf80a1f6cb"
    )
    assert fingerprint({}) == fingerprint({"name": ""})


@given(contents, contents)
def test_equal_hash_means_equal_fields(one, other):
    equal = all(same(one[name], other[name]) for name in one)
    assert (fingerprint(one) == fingerprint(other)) is equal
