"""Fifty people race for one time: one gets it, all the others are told so and offered others.

`make test` runs one round of each; `make test-load` more.
"""

import os
from datetime import datetime, timedelta, timezone

import pytest

from .backoffice import BackOffice, RefusedError
from .client import offered_times
from .crowd import Picker, at_once, people, split
from .mailbox import link_of

CROWD = 50
ROUNDS = int(os.environ.get("IMMOASSIST_RACE_ROUNDS", "1"))
CALL = "/book/paul-martin/appel"
HOUSE = "/book/paul-martin/portes-ouvertes"
# Who is there, at a time of a broker.
THERE = """
    SELECT count(DISTINCT a.id), count(g.id)
      FROM immoassist_appointment a
      JOIN res_users u ON u.id = a.broker_id AND u.login = 'paul'
      LEFT JOIN immoassist_appointment_attendee g
             ON g.appointment_id = a.id AND g.state != 'declined'
     WHERE a.state != 'cancelled' AND a.start < %s AND a.stop > %s
"""
# Of that broker, the times that are held for a client with a proposal.
EXPIRE = """
    UPDATE immoassist_booking_hold h SET expires_at = now() AT TIME ZONE 'UTC' - interval '1 minute'
      FROM res_users u WHERE u.id = h.broker_id AND u.login = 'paul'
"""
FIRST = """
    SELECT min(l.start)
      FROM immoassist_appointment_proposal p
      JOIN immoassist_appointment_proposal_line l ON l.proposal_id = p.id
     WHERE p.client_email = %s
"""


@pytest.fixture(scope="module")
def paul(odoo):
    return BackOffice(odoo.url, odoo.database, "paul", "paul")


def there(odoo, slot, minutes):
    """Appointments and people of the broker in these minutes."""
    start = datetime.fromisoformat(slot).astimezone(timezone.utc).replace(tzinfo=None)
    ((appointments, guests),) = odoo.sql(THERE, (start + timedelta(minutes=minutes), start))
    return appointments, guests


def a_time(odoo, page, number):
    """A free time that no other round takes away: each has a day of its own, from the end on."""
    days = {}
    for start in offered_times(odoo.url, page=page):
        days.setdefault(start[:10], start)
    return list(days.values())[-1 - number]


@pytest.mark.parametrize("number", range(ROUNDS))
def test_one_time(odoo, number):
    slot = a_time(odoo, CALL, 0)
    crowd = people(odoo, CROWD, f"Crowd{number}x", CALL, slot)
    answers = at_once([client.submit for client in crowd])
    assert split(answers) == (1, CROWD - 1)
    assert there(odoo, slot, 20) == (1, 1)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_the_last_place_of_an_open_house(odoo, number):
    slot = a_time(odoo, HOUSE, number)
    early = people(odoo, 7, f"Early{number}x", HOUSE, slot)
    assert [client.submit().status_code for client in early] == [303] * 7
    crowd = people(odoo, CROWD, f"House{number}x", HOUSE, slot)
    answers = at_once([client.submit for client in crowd])
    assert split(answers) == (1, CROWD - 1)
    assert there(odoo, slot, 60)[1] == 8


@pytest.fixture
def proposed(odoo, admin, paul, mailbox):
    """Proposes times by mail; returns the first one and a client who has its page open."""

    def propose(address):
        call = admin.ref("immoassist_appointments.type_call")
        values = {"type_id": call, "client_name": "Ada Byron", "client_email": address}
        (dialog,) = paul.call("immoassist.propose.times", "create", [values])
        paul.call("immoassist.propose.times", "action_send", [dialog])
        ((start,),) = odoo.sql(FIRST, (address,))
        return f"{start:%Y-%m-%dT%H:%M:%SZ}", Picker(link_of(mailbox.wait(address)[0], "pick"))

    return propose


@pytest.mark.parametrize("number", range(ROUNDS))
def test_page_back_office_and_a_proposed_time(odoo, paul, proposed, number):
    """The proposed time is not held any more, but its link is still good."""
    slot, picker = proposed(f"proposed{number}@client.example")
    odoo.sql(EXPIRE)
    crowd = people(odoo, CROWD - 10, f"Page{number}x", CALL, slot)
    start = datetime.fromisoformat(slot)
    values = {
        "name": "Call from the back office",
        "start": f"{start:%Y-%m-%d %H:%M:%S}",
        "stop": f"{start + timedelta(minutes=20):%Y-%m-%d %H:%M:%S}",
    }

    def write():
        try:
            return paul.call("immoassist.appointment", "create", [values])
        except RefusedError as refused:
            return refused

    *answers, picked = at_once([*(client.submit for client in crowd), *[write] * 9, picker.submit])
    pages, written = answers[: len(crowd)], answers[len(crowd) :]
    created = [answer for answer in written if not isinstance(answer, RefusedError)]
    assert all("Choose another time" in str(a) for a in written if a not in created)
    assert picked.status_code in (303, 409)
    winners = split(pages)[0] + len(created) + (picked.status_code == 303)
    assert winners == 1
    assert there(odoo, slot, 20)[0] == 1
