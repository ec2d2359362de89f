"""The addons beside those of Odoo that an agency is likely to have, whoever came first."""

from tools.devkit import config

from . import footprint
from .filled import FILL

NEIGHBOURS = ("crm", "hr", "hr_holidays", "google_calendar", "microsoft_calendar")

#: Bridges between ours and these; those to anything else do not come.
BRIDGES = {
    name
    for name in config.BRIDGES
    if set(config.MANIFESTS[name]["depends"]) <= {*config.ADDONS, *NEIGHBOURS}
}


def test_they_move_in_beside_the_others_and_out_again(house):
    house.install(*NEIGHBOURS)
    before = house.footprint()
    house.install(*config.ADDONS)
    assert house.installed() == {*config.ADDONS, *BRIDGES}
    house.update(*config.ADDONS, *BRIDGES)
    house.shell(FILL)
    house.check_health()
    house.test("immoassist_beside")
    house.uninstall(*config.ADDONS, *BRIDGES)
    assert house.installed() == set()
    wrong = house.mentions("immoassist")
    wrong += [
        line
        for line in footprint.difference(before, house.footprint())
        if "rows (" not in line  # there are the meetings and the mails of what was planned
    ]
    assert not wrong, "\n".join(wrong)
    house.check_health()


def test_the_others_move_in_and_out_again(house):
    house.install(*config.ADDONS)
    house.shell(FILL)
    house.install(*NEIGHBOURS)
    assert house.installed() == {*config.ADDONS, *BRIDGES}
    house.check_health()
    house.uninstall("crm", "google_calendar", "microsoft_calendar")
    assert house.installed() == set(config.ADDONS)
    assert house.sql("SELECT count(*) FROM immoassist_appointment") == [(2,)]
    house.check_health()
