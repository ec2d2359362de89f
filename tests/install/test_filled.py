"""Addons that were worked with leave an Odoo that works, and nothing that speaks of them."""

from tools.devkit import config

from .filled import FILL


def test_what_was_planned_stays_in_odoos_calendar(house):
    house.install(*config.ADDONS)
    house.shell(FILL)
    assert house.status_of("/book", "/book/installed") == [200, 200]
    meetings = house.sql("SELECT id, name, start, active FROM calendar_event ORDER BY id")
    assert [active for *_, active in meetings] == [True, False]

    house.uninstall(*config.ADDONS)
    assert house.sql("SELECT id, name, start, active FROM calendar_event ORDER BY id") == meetings
    assert "\n".join(house.mentions("immoassist")) == ""
    house.check_health()
    assert house.status_of("/book", "/") == [404, 200]

    house.install(*config.ADDONS)
    assert house.sql("SELECT count(*) FROM immoassist_appointment") == [(0,)]
    house.shell(FILL.replace("installed", "again"))
    assert house.status_of("/book/again") == [200]
    house.check_health()


def test_an_addon_on_top_leaves_the_appointments_as_they_were(house):
    house.install(*config.ADDONS)
    house.shell(FILL)
    query = "SELECT id, name, start, state, calendar_event_id FROM immoassist_appointment"
    appointments = house.sql(query)
    assert len(appointments) == 2
    for addon in reversed(config.ADDONS[1:]):
        house.uninstall(addon)
        assert house.sql(query) == appointments
        assert "\n".join(house.mentions(addon)) == ""
        house.check_health()
