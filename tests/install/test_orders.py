"""The addons are installed, updated and uninstalled alone and in every order.

What a database has in it depends on which addons are installed, and not on how it came to that.
"""

from tools.devkit import config

from . import footprint
from .orders import every_step


def test_every_order_leads_to_the_same_database(house):
    house.check_health()  # the first login leaves a greeting
    states = {frozenset(): house.footprint()}
    wrong, seen_healthy = [], set()
    for step in every_step():
        getattr(house, step.verb)(step.addon)
        assert house.installed() == step.installed
        name = f"{step.verb} {step.addon}, then with {sorted(step.installed)}"
        if step.installed not in states:
            states[step.installed] = house.footprint()
            house.update(*sorted(step.installed))
            name += ", updated"
        lines = footprint.difference(states[step.installed], house.footprint())
        wrong += [f"{name}: {line}" for line in lines]
        if step.verb == "uninstall" and step.installed not in seen_healthy:
            seen_healthy.add(step.installed)
            house.check_health()
    assert not wrong, "\n".join(wrong)
    assert len(states) == len(seen_healthy) + 1  # all of them at once are reached by installing


def test_all_at_once(house):
    before = house.footprint()
    house.install(*config.ADDONS)
    assert house.installed() == set(config.ADDONS)
    house.uninstall(*config.ADDONS)
    assert house.installed() == set()
    wrong = footprint.difference(before, house.footprint()) + house.mentions("immoassist")
    assert not wrong, "\n".join(wrong)
