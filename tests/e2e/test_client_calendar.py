"""The mails about one appointment leave the calendar of the client right, in any order."""

from datetime import datetime, timedelta, timezone
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest

from .client_calendar import ClientCalendar
from .mailbox import event_of, invitation_of

VANCOUVER = ZoneInfo("America/Vancouver")


def stored(moment):
    return f"{moment.astimezone(timezone.utc):%Y-%m-%d %H:%M:%S}"


def an_hour_from(start):
    return {"start": stored(start), "stop": stored(start + timedelta(hours=1))}


@pytest.fixture(scope="module")
def start():
    """10:00 in Montreal, after the change of the clocks in spring: both zones have moved."""
    today = datetime.now(timezone.utc).date()
    year = today.year + (today.month >= 3)
    return datetime(year, 4, 7, 10, tzinfo=ZoneInfo("America/Toronto"))


@pytest.fixture(scope="module")
def mails(marie, mailbox, start):
    """One mail for each step of the life of an appointment, as they reached the mail server."""
    client = "emilie@client.example"
    guest = {
        "name": "Émilie Côté",
        "email": client,
        "lang": "fr_CA",
        "tz": "America/Vancouver",
    }
    model = "immoassist.appointment"
    values = {"name": "Visite du duplex", "location": "4512, rue Saint-Denis"}
    values |= an_hour_from(start) | {"attendee_ids": [(0, 0, guest)]}
    (appointment,) = marie.call(model, "create", [values])
    steps = (
        lambda: marie.call(model, "write", [appointment], an_hour_from(start + timedelta(days=1))),
        lambda: marie.call(model, "action_cancel", [appointment]),
        lambda: marie.call(model, "action_confirm", [appointment]),
        lambda: marie.call(model, "action_cancel", [appointment]),
    )
    mailbox.wait(client)
    for number, step in enumerate(steps, start=2):
        step()
        mailbox.wait(client, number)
    return mailbox.of(client)


def test_one_mail_for_each_step(mails):
    assert [invitation_of(mail)[1] for mail in mails] == [
        "REQUEST",
        "REQUEST",
        "CANCEL",
        "REQUEST",
        "CANCEL",
    ]
    events = [event_of(mail) for mail in mails]
    assert len({str(event["uid"]) for event in events}) == 1
    assert [event["sequence"] for event in events] == [0, 1, 2, 3, 4]
    stamps = [event["dtstamp"].dt for event in events]
    assert stamps == sorted(stamps)


def test_applied_in_turn(mails, start):
    calendar = ClientCalendar()
    seen = []
    for mail in mails:
        assert calendar.receive(*invitation_of(mail))
        seen.append([(e["dtstart"].dt, e["dtend"].dt) for e in calendar.meetings()])
    hour, moved = timedelta(hours=1), start + timedelta(days=1)
    first, second = [(start, start + hour)], [(moved, moved + hour)]
    assert seen == [first, second, [], second, []]


def test_in_the_zone_of_the_broker_and_at_the_instant_of_the_client(mails, start):
    event = event_of(mails[0])
    assert event["dtstart"].params["TZID"] in ("America/Toronto", "America/Montreal")
    assert event["dtstart"].dt.hour == 10
    assert event["dtstart"].dt.astimezone(VANCOUVER).hour == 7


def test_every_order_of_delivery_ends_alike(mails):
    files = [invitation_of(mail) for mail in mails]
    for number in range(2, len(files) + 1):
        for order in permutations(range(number)):
            calendar = ClientCalendar()
            for index in order:
                calendar.receive(*files[index])
            standing = [event["sequence"] for event in calendar.meetings()]
            last = number - 1
            assert standing == ([last] if files[last][1] == "REQUEST" else []), order


def test_the_same_mail_twice_is_no_news(mails):
    calendar = ClientCalendar()
    assert calendar.receive(*invitation_of(mails[0]))
    assert not calendar.receive(*invitation_of(mails[0]))


def test_in_the_language_and_zone_of_the_client(mails):
    texts = [mail.get_body(preferencelist=("html",)).get_content() for mail in mails]
    assert "07:00" in texts[0] or "7 h" in texts[0], "7:00 in Vancouver"
    assert "Vancouver" in texts[0]
    assert "avril" in texts[0]
    # The old time is told beside the new one.
    assert "<s>" in texts[1]
