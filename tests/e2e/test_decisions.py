"""Two people, two workers, one appointment: one of them wins, the other is told, nobody twice."""

import re
from datetime import datetime, timedelta

import pytest

from tools.devkit import databases

from .backoffice import BackOffice, RefusedError
from .client import Client, Link, offered_times
from .mailbox import link_of
from .races import BLOCKED, at_the_same_moment, until, until_sent

MODEL = "immoassist.appointment"
SIGNING = "/book/marie-tremblay/signature"
MARIE = "marie.tremblay@agence.example"
LATE = "It had been decided before you answered. Nothing was changed."


@pytest.fixture(scope="module")
def ines(odoo):
    """The manager of the agency."""
    return BackOffice(odoo.url, odoo.database, "ines", "ines")


@pytest.fixture(scope="module")
def broker(marie):
    return marie.uid


@pytest.fixture(scope="module")
def times(odoo):
    return iter(offered_times(odoo.url, page=SIGNING)[::6])


class Request:
    """A signing that a client asked for, which waits for Marie; both have got their mail."""

    def __init__(self, odoo, admin, mailbox, slot):
        self.odoo, self.admin, self.mailbox = odoo, admin, mailbox
        self.client = f"signs-{re.sub('[^0-9]', '', slot)}@client.example"
        visitor = Client(odoo.url, f"Client {slot}", SIGNING)
        visitor.open_form(slot)
        visitor.form |= {"email": self.client}
        assert visitor.submit().status_code == 303
        domain = [("email_normalized", "=", self.client)]
        (guest,) = admin.call(
            "immoassist.appointment.attendee", "search_read", domain, fields=["appointment_id"]
        )
        self.id = guest["appointment_id"][0]
        self.first_mail = mailbox.wait(self.client)[0]
        until_sent(self.odoo)
        self.seen_by_marie = len(mailbox.of(MARIE))
        self.mail_to_marie = mailbox.of(MARIE)[-1]

    def read(self):
        fields = ["state", "cancelled_by", "start"]
        return self.admin.call(MODEL, "read", [self.id], fields)[0]

    def told(self):
        """Subjects of the mails since the request: (to the client, to the broker)."""
        until_sent(self.odoo)
        to_client = self.mailbox.of(self.client)[1:]
        to_marie = self.mailbox.of(MARIE)[self.seen_by_marie :]
        return [str(m["Subject"]) for m in to_client], [str(m["Subject"]) for m in to_marie]

    def assert_told_once(self, word, broker):
        """The client got one mail, with this word; the broker one, unless he did it himself."""
        to_client, to_marie = self.told()
        assert [word in subject for subject in to_client] == [True], to_client
        assert len(to_marie) == broker, to_marie


@pytest.fixture
def request_(odoo, admin, mailbox, times):
    return Request(odoo, admin, mailbox, next(times))


def approving(user, request_):
    return lambda: user.call(MODEL, "action_approve", [request_.id])


def refusing(user, request_):
    """The dialog of the manager is open, its button not pressed yet."""
    context = user.call(MODEL, "action_ask_cancel", [request_.id])["context"]
    wizard = "immoassist.appointment.cancel"
    (question,) = user.call(wizard, "create", [{"reason": "Sold"}], context=context)
    return lambda: user.call(wizard, "action_cancel", [question])


def refused(answer):
    """Whether somebody was told that he came too late, and why, in words."""
    if isinstance(answer, RefusedError):
        return str(answer)
    assert not isinstance(answer, Exception), answer
    return answer if isinstance(answer, str) and LATE in answer else ""


def winner_of(*answers):
    """Who was not refused, and what the other one was told."""
    told = [refused(answer) for answer in answers]
    assert told.count("") == 1, told
    winner = told.index("")
    return winner, told[1 - winner]


def test_two_approve_in_the_back_office(odoo, marie, ines, broker, request_):
    actions = [approving(user, request_) for user in (marie, ines)]
    winner, message = winner_of(*at_the_same_moment(odoo, broker, *actions))
    assert "has been approved in the meantime" in message
    assert request_.read()["state"] == "confirmed"
    request_.assert_told_once("Confirmed", broker=winner)


@pytest.mark.parametrize("turn", [1, -1])
def test_one_approves_and_the_other_refuses(odoo, marie, ines, broker, request_, turn):
    actions = [approving(marie, request_), refusing(ines, request_)][::turn]
    winner, message = winner_of(*at_the_same_moment(odoo, broker, *actions)[::turn])
    if winner == 0:
        assert "has been approved in the meantime" in message
        assert request_.read()["state"] == "confirmed"
        request_.assert_told_once("Confirmed", broker=0)
    else:
        assert "has been refused by the agency in the meantime" in message
        assert request_.read()["state"] == "cancelled"
        request_.assert_told_once("Not possible", broker=1)


@pytest.mark.parametrize("turn", [1, -1])
def test_approved_from_the_mail_and_refused_in_the_back_office(odoo, ines, broker, request_, turn):
    link = Link(link_of(request_.mail_to_marie, "approve"))
    actions = [link.press, refusing(ines, request_)][::turn]
    winner, message = winner_of(*at_the_same_moment(odoo, broker, *actions)[::turn])
    if winner == 0:
        assert "has been approved in the meantime" in message
        assert request_.read()["state"] == "confirmed"
        request_.assert_told_once("Confirmed", broker=0)
    else:
        assert re.search(r"<h1>\s*Refused", message)
        assert request_.read()["state"] == "cancelled"
        request_.assert_told_once("Not possible", broker=1)


def test_approved_and_refused_from_the_same_mail(odoo, broker, request_):
    links = [Link(link_of(request_.mail_to_marie, action)) for action in ("approve", "refuse")]
    answers = at_the_same_moment(odoo, broker, *(link.press for link in links))
    winner, message = winner_of(*answers)
    assert re.search(r"<h1>\s*" + ("Approved", "Refused")[winner], message)
    assert request_.read()["state"] == ("confirmed", "cancelled")[winner]
    request_.assert_told_once(("Confirmed", "Not possible")[winner], broker=0)


def expiring(odoo, request_):
    """Make the request due, and have the cron find it; a call that nobody heard is repeated."""
    odoo.sql(
        "UPDATE immoassist_appointment SET approval_deadline = now() AT TIME ZONE 'UTC'"
        " - interval '1 hour' WHERE id = %s",
        (request_.id,),
    )

    def run():
        before = odoo.sql(BLOCKED)[0][0]
        odoo.sql(
            "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' - interval '1 minute'"
            " WHERE id = (SELECT res_id FROM ir_model_data WHERE name = 'ir_cron_expire_requests')"
        )
        until(lambda: wake(odoo) or odoo.sql(BLOCKED)[0][0] > before, "the cron to begin")

    return run


def wake(odoo):
    databases.sql(odoo.connection, f"SELECT pg_notify('cron_trigger', '{odoo.database}')")


def cron_has_run(odoo):
    """Whether the expiry has nothing left to do, as the cron itself notes."""
    query = (
        "SELECT count(*) FROM ir_cron WHERE nextcall > now() AT TIME ZONE 'UTC'"
        " AND id = (SELECT res_id FROM ir_model_data WHERE name = 'ir_cron_expire_requests')"
    )
    return odoo.sql(query) == [(1,)]


@pytest.mark.parametrize("turn", [1, -1])
def test_approved_while_it_expires(odoo, marie, broker, request_, turn):
    actions = [approving(marie, request_), expiring(odoo, request_)][::turn]
    approval, _cron = at_the_same_moment(odoo, broker, *actions)[::turn]
    until(lambda: cron_has_run(odoo), "the cron to end")
    found = request_.read()
    if message := refused(approval):
        assert "was not answered in time" in message
        assert (found["state"], found["cancelled_by"]) == ("cancelled", "expiry")
        request_.assert_told_once("Not possible", broker=1)
    else:
        assert found["state"] == "confirmed"
        request_.assert_told_once("Confirmed", broker=0)


def moving(user, request_):
    start = datetime.fromisoformat(request_.read()["start"]) + timedelta(minutes=30)
    values = {"start": f"{start:%Y-%m-%d %H:%M:%S}"}
    return lambda: user.call(MODEL, "write", [request_.id], values)


@pytest.mark.parametrize("turn", [1, -1])
def test_the_client_cancels_while_the_broker_moves(odoo, marie, broker, request_, turn):
    """Who cancels first wins; a move that was first happens, and is told, before it ends."""
    link = Link(link_of(request_.first_mail, "cancel"))
    before = request_.read()["start"]
    actions = [link.press, moving(marie, request_)][::turn]
    page, move = at_the_same_moment(odoo, broker, *actions)[::turn]
    assert "This appointment is cancelled" in page
    after = request_.read()
    assert (after["state"], after["cancelled_by"]) == ("cancelled", "client")
    if message := refused(move):
        assert "has been cancelled by the client, and was not moved" in message
        assert after["start"] == before
        request_.assert_told_once("Cancelled", broker=1)
    else:
        assert after["start"] != before
        to_client, to_marie = request_.told()
        assert (len(to_client), len(to_marie)) == (2, 1)
