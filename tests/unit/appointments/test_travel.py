from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.immoassist_appointments.core.travel import (
    Place,
    RememberedTravel,
    TravelModel,
    great_circle_km,
)

from tests.unit.appointments.builders import CITY_HALL, LAVAL, OLD_PORT, minutes

points = st.builds(Place, st.floats(-90, 90), st.floats(-180, 180))


def test_distances_are_those_of_the_map():
    montreal, paris = Place(45.5019, -73.5674), Place(48.8566, 2.3522)
    assert great_circle_km(montreal, paris) == pytest.approx(5503, rel=0.01)
    # A degree of latitude is 111.2 km on a sphere of the mean radius.
    assert great_circle_km(Place(45, 5), Place(46, 5)) == pytest.approx(111.195, abs=0.001)


def test_antipodes_are_half_a_turn_apart():
    assert great_circle_km(Place(90, 0), Place(-90, 0)) == pytest.approx(20015.1, abs=0.1)


@given(points, points)
def test_a_distance_is_symmetric_and_never_negative(a, b):
    assert great_circle_km(a, b) == pytest.approx(great_circle_km(b, a))
    assert 0 <= great_circle_km(a, b) < 20016
    assert great_circle_km(a, a) == 0


def test_time_is_the_detour_at_city_speed_plus_parking():
    # 10 km straight are 13 km of road, 26 minutes at 30 km/h, and 5 minutes to park.
    away = Place(45 + 10 / 111.195, 5)
    assert TravelModel().time(Place(45, 5), away) / minutes(1) == pytest.approx(31, abs=0.01)


def test_the_same_building_takes_no_time():
    here = Place(45, 5)
    assert TravelModel().time(here, Place(45 + 0.049 / 111.195, 5)) == timedelta(0)
    assert TravelModel().time(here, Place(45 + 0.051 / 111.195, 5)) > minutes(5)
    assert TravelModel().time(OLD_PORT, CITY_HALL) > minutes(5)


@pytest.mark.parametrize("pair", [(None, None), (OLD_PORT, None), (None, OLD_PORT)])
def test_an_unknown_place_takes_the_default(pair):
    assert TravelModel(unknown=minutes(17)).time(*pair) == minutes(17)


@pytest.mark.parametrize("coordinates", [(90.1, 0), (-91, 0), (0, 181), (0, -180.5)])
def test_a_place_is_on_the_map(coordinates):
    with pytest.raises(ValueError, match="Not on the map"):
        Place(*coordinates)


@pytest.mark.parametrize(
    "wrong",
    [{"speed_kmh": 0}, {"detour": -1}, {"fixed": minutes(-1)}, {"unknown": minutes(-1)}],
)
def test_nobody_drives_back_in_time(wrong):
    with pytest.raises(ValueError, match="positive speed"):
        TravelModel(**wrong)


def test_a_routing_service_is_asked_once_per_pair():
    class Service:
        calls = 0

        def time(self, origin, destination):
            self.calls += 1
            return minutes(3)

    service = Service()
    remembered = RememberedTravel(service)
    for _ in range(3):
        assert remembered.time(OLD_PORT, LAVAL) == minutes(3)
    remembered.time(LAVAL, OLD_PORT)
    assert service.calls == 2
