"""What a decision says about itself."""

import pytest

from odoo.addons.immoassist_calendar_sync.core.reconcile import Decision, reconcile
from odoo.addons.immoassist_calendar_sync.core.snapshot import (
    Base,
    LocalEvent,
    Origin,
    Presence,
    Role,
)

from tests.unit.calendar_sync.builders import (
    DELETED,
    base,
    local,
    remote,
)

ODOO, PROVIDER = Origin.ODOO, Origin.PROVIDER
GUEST = Role.GUEST
DECLINED, GONE = Presence.DECLINED, Presence.DELETED


def decide(link, mine, theirs, origin=ODOO, role=Role.ORGANISER) -> Decision:
    return reconcile(link, mine, theirs, origin=origin, role=role)


@pytest.mark.parametrize(
    ("decision", "sends"),
    [
        (decide(None, local(), None), True),
        (decide(None, LocalEvent(), None), True),
        (decide(base(), local(name="A"), None), True),
        (decide(base(), local(name="A"), remote(location="B")), True),
        (decide(base(), local(name="A"), remote(name="B"), PROVIDER), False),
        (decide(base(), local(), remote(name="B")), False),
        (decide(base(), local(cancelled=True), None), True),
        (decide(base(), local(cancelled=True), None, ODOO, GUEST), True),
        (decide(base("v3", DECLINED), local(), None, ODOO, GUEST), True),
        (decide(Base({}, "v3", GONE), LocalEvent(), None), True),
        (decide(base(), local(), DELETED), False),
        (decide(None, None, remote()), False),
        (decide(base(), local(), None), False),
    ],
    ids=lambda value: value.action.value if isinstance(value, Decision) else str(value),
)
def test_the_provider_is_called_only_when_there_is_something_to_say(decision, sends):
    assert decision.sends is sends


def test_the_answer_completes_the_base():
    decision = decide(base(), local(name="Signing"), None)
    assert decision.base.etag is None
    assert decision.sent("v9") == base("v9", name="Signing")
    assert decide(None, None, DELETED).sent("v9") is None
