"""The table, row by row: what is done, with which fields, against which version."""

import pytest

from odoo.addons.immoassist_calendar_sync.core.merge import Conflict
from odoo.addons.immoassist_calendar_sync.core.reconcile import Action, Decision, reconcile
from odoo.addons.immoassist_calendar_sync.core.snapshot import (
    Base,
    LocalEvent,
    Origin,
    Presence,
    RemoteEvent,
    Role,
)

from tests.unit.calendar_sync.builders import (
    DELETED,
    NINE,
    UID,
    base,
    hours,
    local,
    remote,
    visit,
)

ODOO, PROVIDER = Origin.ODOO, Origin.PROVIDER
GUEST = Role.GUEST
DECLINED, GONE = Presence.DECLINED, Presence.DELETED
NEXT = {"start": NINE + hours(2), "stop": NINE + hours(3)}


def decide(link, mine, theirs, origin=ODOO, role=Role.ORGANISER) -> Decision:
    return reconcile(link, mine, theirs, origin=origin, role=role)


def row(name, link, mine, theirs, action, **expected):
    return pytest.param(link, mine, theirs, action, expected, id=name)


@pytest.mark.parametrize(
    ("link", "mine", "theirs", "action", "expected"),
    [
        row("no news", base(), local(), None, Action.NOTHING, base=base()),
        row("own etag", base(), local(), remote("v1"), Action.NOTHING, base=base()),
        row("own content", base(), local(), remote("v2"), Action.NOTHING, base=base("v2")),
        row(
            "own etag, text rewritten by the provider",
            base(),
            local(),
            remote("v1", description="<p></p>"),
            Action.NOTHING,
            base=base(),
        ),
        row(
            "changed here",
            base(),
            local(name="Signing"),
            None,
            Action.PUSH,
            push={"name": "Signing"},
            if_match="v1",
            base=base(None, name="Signing"),
        ),
        row(
            "changed here, echo of an older push",
            base(),
            local(name="Signing"),
            remote("v2"),
            Action.PUSH,
            push={"name": "Signing"},
            if_match="v2",
            base=base(None, name="Signing"),
        ),
        row(
            "emptied here",
            base(),
            local(location=None),
            None,
            Action.PUSH,
            push={"location": None},
            if_match="v1",
            base=base(None, location=None),
        ),
        row(
            "changed there",
            base(),
            local(),
            remote(location="Office"),
            Action.APPLY,
            write={"location": "Office"},
            base=base("v2", location="Office"),
        ),
        row(
            "changed on both sides, different fields",
            base(),
            local(name="Signing"),
            remote(location="Office"),
            Action.MERGE,
            write={"location": "Office"},
            push={"name": "Signing"},
            if_match="v2",
            base=base(None, name="Signing", location="Office"),
        ),
        row(
            "changed on both sides, the same way: an answer was lost",
            base(),
            local(name="Signing"),
            remote(name="Signing"),
            Action.NOTHING,
            base=base("v2", name="Signing"),
        ),
        row("deleted there", base(), local(), DELETED, Action.CANCEL, base=base("v2", GONE)),
        row(
            "changed here, deleted there",
            base(),
            local(name="Signing"),
            DELETED,
            Action.RECREATE,
            push=visit(name="Signing"),
            base=base(None, name="Signing"),
        ),
        row(
            "cancelled here",
            base(),
            local(cancelled=True),
            None,
            Action.DELETE,
            if_match="v1",
            base=base(None, GONE),
        ),
        row(
            "cancelled here, changed there",
            base(),
            local(cancelled=True),
            remote(),
            Action.DELETE,
            if_match="v2",
            base=base(None, GONE),
        ),
        row(
            "cancelled here, deleted there",
            base(),
            local(cancelled=True),
            DELETED,
            Action.NOTHING,
            base=base("v2", GONE),
        ),
        row(
            "cancelled here, and deleted by us before",
            base("v3", GONE),
            local(cancelled=True),
            None,
            Action.NOTHING,
            base=base("v3", GONE),
        ),
        row("erased here", base(), None, None, Action.DELETE, if_match="v1", base=base(None, GONE)),
        row(
            "erased here, changed there: that change stays unseen",
            base(),
            None,
            remote(name="Lunch"),
            Action.DELETE,
            if_match="v2",
            base=Base({k: v for k, v in visit().items() if k != "name"}, None, GONE),
        ),
        row(
            "reopened here",
            base("v3", GONE),
            local(),
            None,
            Action.RECREATE,
            push=visit(),
            base=base(None),
        ),
        row("reopened on both sides", base("v3", GONE), local(), remote("v4"), Action.NOTHING,
            base=base("v4")),
        row("new here", None, local(), None, Action.CREATE, push=visit(), base=base(None)),
        row("new here, cancelled at once", None, local(cancelled=True), None, Action.NOTHING),
        row("new there", None, None, remote(), Action.IMPORT, write=visit(), base=base("v2")),
        row("deleted there, never here", None, None, DELETED, Action.NOTHING),
        row("deleted there with its content, never here", None, None, remote(presence=GONE),
            Action.NOTHING),
        row("nowhere", None, None, None, Action.NOTHING),
        row("first match, equal", None, local(), remote(), Action.NOTHING, base=base("v2")),
        row("first match, cancelled here", None, local(cancelled=True), remote(), Action.DELETE,
            if_match="v2", base=base(None, GONE)),
        row("first match, cancelled and deleted", None, local(cancelled=True), DELETED,
            Action.NOTHING),
        row("first match, deleted there", None, local(), DELETED, Action.RECREATE,
            push=visit(), base=base(None)),
    ],
)  # fmt: skip
def test_the_organiser_of_an_appointment_born_in_odoo(link, mine, theirs, action, expected):
    assert decide(link, mine, theirs) == Decision(action, **expected)


@pytest.mark.parametrize(
    ("link", "mine", "theirs", "action", "expected"),
    [
        row("cancelled here", base(), local(cancelled=True), None, Action.DECLINE,
            if_match="v1", base=base(None, DECLINED)),
        row("cancelled here, declined before", base("v3", DECLINED), local(cancelled=True), None,
            Action.NOTHING, base=base("v3", DECLINED)),
        row("cancelled here, moved by the organiser, who asks again",
            base("v3", DECLINED), local(cancelled=True), remote("v4"), Action.DECLINE,
            if_match="v4", base=base(None, DECLINED)),
        row("cancelled here, deleted by the organiser",
            base(), local(cancelled=True), DELETED, Action.NOTHING, base=base("v2", GONE)),
        row("deleted by the organiser", base(), local(), DELETED, Action.CANCEL,
            base=base("v2", GONE)),
        row("changed here, deleted by the organiser", base(), local(name="Signing"), DELETED,
            Action.CANCEL, base=base("v2", GONE)),
        row("declined there", base(), local(), remote(presence=DECLINED), Action.CANCEL,
            base=base("v2", DECLINED)),
        row("changed here, declined there",
            base(), local(name="Signing"), remote(presence=DECLINED), Action.CANCEL,
            base=base("v2", DECLINED)),
        row("reopened here", base("v3", DECLINED), local(), None, Action.ACCEPT,
            if_match="v3", base=base(None)),
        row("reopened here, read again", base("v3", DECLINED), local(), remote("v3", DECLINED),
            Action.ACCEPT, if_match="v3", base=base(None)),
        row("reopened and changed here", base("v3", DECLINED), local(name="Signing"), None,
            Action.ACCEPT, write={"name": base().fields["name"]}, if_match="v3", base=base(None)),
        row("changed here, the organiser's", base(), local(name="Signing"), None, Action.APPLY,
            write={"name": base().fields["name"]}, base=base("v1")),
        row("changed here, one's own", base(private=False), local(private=True), None, Action.PUSH,
            push={"private": True}, if_match="v1", base=base(None, private=True)),
        row("reopened here, changed there",
            base("v3", DECLINED), local(), remote("v4", DECLINED, name="Lunch"), Action.ACCEPT,
            write={"name": "Lunch"}, if_match="v4", base=base(None, name="Lunch")),
        row("reopened here, deleted by the organiser meanwhile",
            base("v3", DECLINED), local(), DELETED, Action.CANCEL, base=base("v2", GONE)),
        row("accepted again there", base("v3", DECLINED), local(), remote("v4"), Action.NOTHING,
            base=base("v4")),
        row("declined there, never here", None, None, remote(presence=DECLINED), Action.NOTHING),
        row("first match, cancelled and declined", None, local(cancelled=True),
            remote(presence=DECLINED), Action.NOTHING, base=base("v2", DECLINED)),
        row("first match, deleted there", None, local(), DELETED, Action.CANCEL,
            base=Base({}, "v2", GONE)),
    ],
)  # fmt: skip
def test_the_guest_of_an_imported_appointment(link, mine, theirs, action, expected):
    assert decide(link, mine, theirs, PROVIDER, GUEST) == Decision(action, **expected)


@pytest.mark.parametrize(
    ("origin", "role", "theirs", "action"),
    [
        (ODOO, GUEST, remote(presence=DECLINED), Action.ACCEPT),
        (PROVIDER, GUEST, remote(presence=DECLINED), Action.CANCEL),
        (ODOO, GUEST, DELETED, Action.CANCEL),
        (PROVIDER, Role.ORGANISER, DELETED, Action.CANCEL),
        (ODOO, Role.ORGANISER, DELETED, Action.RECREATE),
    ],
)
def test_first_match_with_a_meeting_that_is_over_there(origin, role, theirs, action):
    assert decide(None, local(), theirs, origin, role).action is action


@pytest.mark.parametrize(
    ("origin", "write", "push"),
    [(ODOO, {}, {"name": "Signing"}), (PROVIDER, {"name": "Lunch"}, {})],
)
@pytest.mark.parametrize("link", [base(), None], ids=["changed twice", "first match"])
def test_a_field_changed_twice_goes_to_where_it_was_born(link, origin, write, push):
    decision = decide(link, local(name="Signing"), remote(name="Lunch"), origin)
    assert decision.action is Action.MERGE
    assert (decision.write, decision.push) == (write, push)
    assert decision.conflicts == (Conflict("name", "Signing", "Lunch", origin),)
    assert decision.if_match == ("v2" if push else None)
    assert decision.base == base(None if push else "v2", **(write or push))


def test_an_imported_meeting_loses_nothing_that_only_odoo_changed():
    decision = decide(base(), local(name="Signing"), remote(location="Office"), PROVIDER)
    assert (decision.push, decision.write) == ({"name": "Signing"}, {"location": "Office"})
    assert decision.conflicts == ()


def test_conflicts_are_told_by_name():
    ours, theirs = local(name="A", location="A"), remote(name="B", location="B")
    names = [conflict.name for conflict in decide(base(), ours, theirs).conflicts]
    assert names == ["location", "name"]


@pytest.mark.parametrize(
    ("origin", "winner"),
    [
        (ODOO, {"start": NINE + hours(4), "stop": NINE + hours(5), "allday": False}),
        (PROVIDER, {"start": NINE, "stop": NINE + hours(2), "allday": False}),
    ],
)
def test_half_of_two_moves_is_never_mixed(origin, winner):
    # Field by field this would start at 13:00 and stop at 11:00.
    ours = local(start=NINE + hours(4), stop=NINE + hours(5))
    theirs = remote(stop=NINE + hours(2))
    decision = decide(base(), ours, theirs, origin)
    assert {**decision.write, **decision.push} == winner
    assert [conflict.name for conflict in decision.conflicts] == ["start", "stop"]


def test_a_move_is_written_whole():
    assert decide(base(), local(stop=NEXT["stop"]), None).push == {
        "start": NINE,
        "stop": NEXT["stop"],
        "allday": False,
    }


def test_a_field_of_one_side_alone_is_left_alone():
    ours = LocalEvent({**visit(), "phone": "418"}, ical_uid=UID)
    theirs = RemoteEvent({**visit(), "colour": 3}, "v2", ical_uid=UID)
    assert decide(base(), ours, theirs) == Decision(Action.NOTHING, base=base("v2"))
    assert decide(base(), ours, None) == Decision(Action.NOTHING, base=base())
    deleted = decide(base(), ours, DELETED)
    assert deleted.action is Action.CANCEL


def test_a_partial_answer_does_not_forget_the_ancestor():
    theirs = RemoteEvent({"name": "Lunch"}, "v2")
    decision = decide(base(), local(), theirs)
    assert decision.write == {"name": "Lunch"}
    assert decision.base == base("v2", name="Lunch")


@pytest.mark.parametrize("etag", ["v1", "v2", None])
def test_what_a_partial_answer_leaves_out_has_not_changed(etag):
    # Else the change made here would wait for a full answer, and be sent by surprise.
    decision = decide(base(), local(location="Office"), RemoteEvent({"name": "Visit"}, etag))
    assert (decision.action, decision.push) == (Action.PUSH, {"location": "Office"})


def test_a_field_kept_the_same_from_now_on_is_compared_even_in_an_echo():
    ours = LocalEvent({**visit(), "phone": "418"})
    theirs = RemoteEvent({**visit(), "phone": "514"}, "v1")
    decision = decide(base(), ours, theirs)
    assert (decision.action, decision.push) == (Action.MERGE, {"phone": "418"})
    assert decision.conflicts == (Conflict("phone", "418", "514", ODOO),)


def test_a_change_that_came_while_cancelled_is_seen_when_reopened():
    declined = decide(base(), local(cancelled=True), remote("v2", name="Lunch"), PROVIDER, GUEST)
    link = declined.sent("v3")
    assert link.etag == "v3"
    reopened = decide(link, local(), remote("v3", DECLINED, name="Lunch"), PROVIDER, GUEST)
    assert (reopened.action, reopened.write) == (Action.ACCEPT, {"name": "Lunch"})


def test_a_read_without_etag_still_writes_against_a_known_version():
    assert decide(base("v1"), local(name="Signing"), remote(None)).if_match == "v1"
    assert decide(base("v1"), local(cancelled=True), remote(None)).if_match == "v1"
    assert decide(base(None), local(name="Signing"), remote(None)).if_match is None


def test_two_versions_without_etag_are_not_an_echo():
    decision = decide(base(None), local(), remote(None, name="Lunch"))
    assert decision == Decision(
        Action.APPLY, write={"name": "Lunch"}, base=base(None, name="Lunch")
    )
    empty = decide(base(""), local(), remote("", name="Lunch"))
    assert empty.action is Action.APPLY


def test_the_answer_of_an_organiser_to_himself_is_no_end():
    assert decide(base(), local(), remote(presence=DECLINED)).action is Action.NOTHING
    assert decide(None, None, remote(presence=DECLINED)).action is Action.IMPORT


@pytest.mark.parametrize(("ours", "theirs"), [(UID, "other"), (None, UID), (None, None), ("", "")])
def test_a_first_match_needs_one_identity(ours, theirs):
    with pytest.raises(ValueError, match="Not the same meeting"):
        decide(None, local(ical_uid=ours), RemoteEvent(visit(), "v2", ical_uid=theirs))


def test_a_linked_pair_needs_no_identity():
    assert decide(base(), local(ical_uid=None), RemoteEvent(visit(), "v2")).action is Action.NOTHING
