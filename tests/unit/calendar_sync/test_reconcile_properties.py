"""What holds for every base, local and remote side."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.immoassist_calendar_sync.core.fingerprint import fingerprint, same
from odoo.addons.immoassist_calendar_sync.core.merge import merge_fields
from odoo.addons.immoassist_calendar_sync.core.reconcile import Action, Decision, reconcile
from odoo.addons.immoassist_calendar_sync.core.snapshot import Base, Origin, Presence, Role

from tests.unit.calendar_sync.builders import (
    LocalEvent,
    RemoteEvent,
    World,
    bases,
    contents,
    etags,
    locals_,
    origins,
    partial_contents,
    remotes,
    roles,
    together,
    worlds,
)

OTHER = {Origin.ODOO: Origin.PROVIDER, Origin.PROVIDER: Origin.ODOO}


def reversed_names(fields):
    return dict(reversed(fields.items()))


@given(worlds())
def test_reconciling_again_gives_nothing(world):
    settled = world.settle()
    again = settled.decide()
    assert again.action is Action.NOTHING
    assert not again.sends
    assert not again.conflicts
    assert settled.settle() == settled


@given(worlds())
def test_nothing_to_do_is_known_without_reading_the_event_again(world):
    settled = replace(world.settle(), news=False)
    if settled.base or not settled.remote:
        assert settled.decide().action is Action.NOTHING


@given(worlds())
def test_an_etag_that_moves_for_nothing_changes_nothing(world):
    settled = world.settle()
    if settled.remote:
        touched = replace(settled, remote=replace(settled.remote, etag="touched"))
        assert touched.decide().action is Action.NOTHING


@given(worlds())
def test_both_sides_are_the_same_once_applied(world):
    settled = world.settle()
    mine, theirs = settled.local, settled.remote
    here = mine is not None and not mine.cancelled
    over = Presence.DELETED if world.role is Role.ORGANISER else Presence.DECLINED
    there = theirs is not None and theirs.presence not in {Presence.DELETED, over}
    assert here == there
    if here:
        shared = mine.fields.keys() & theirs.fields.keys()
        assert all(same(mine.fields[name], theirs.fields[name]) for name in shared)
        assert settled.base.etag == theirs.etag
        assert settled.base.presence is Presence.LIVE
        assert all(same(settled.base.fields[name], mine.fields[name]) for name in shared)


@given(worlds())
def test_the_order_of_the_names_does_not_matter(world):
    sides = (world.base, world.local, world.remote)
    turned = replace(
        world,
        **{
            name: side and replace(side, fields=reversed_names(side.fields))
            for name, side in zip(("base", "local", "remote"), sides, strict=True)
        },
    )
    one, other = world.decide(), turned.decide()
    assert one == other
    assert list(one.write) == list(other.write) == sorted(one.write)
    assert list(one.push) == list(other.push) == sorted(one.push)


@given(partial_contents, partial_contents, partial_contents, origins)
def test_a_merge_is_the_same_seen_from_the_other_side(before, ours, theirs, origin):
    merged = merge_fields(before, ours, theirs, origin)
    mirror = merge_fields(before, theirs, ours, OTHER[origin])
    assert (merged.write, merged.push) == (mirror.push, mirror.write)
    assert fingerprint(merged.agreed) == fingerprint(mirror.agreed)
    assert (merged.changed_here, merged.changed_there) == (
        mirror.changed_there,
        mirror.changed_here,
    )
    assert [(c.name, c.local, c.remote, c.winner) for c in merged.conflicts] == [
        (c.name, c.remote, c.local, OTHER[c.winner]) for c in mirror.conflicts
    ]


@given(contents, contents, contents, origins)
def test_no_change_is_lost_unsaid(before, ours, theirs, origin):
    """Whatever one side changed is on both sides afterwards, or is told as a conflict."""
    merged = merge_fields(before, ours, theirs, origin)
    told = {name for conflict in merged.conflicts for name in together(conflict.name)}
    for name, value in before.items():
        for mine in (ours[name], theirs[name]):
            assert same(mine, value) or same(merged.agreed[name], mine) or name in told


@given(contents, contents, contents, origins)
def test_the_time_is_always_that_of_one_side(before, ours, theirs, origin):
    def when(fields):
        return fields["start"], fields["stop"], fields["allday"]

    merged = merge_fields(before, ours, theirs, origin)
    assert when(merged.agreed) in (when(ours), when(theirs))


@given(contents, contents, contents, origins)
def test_the_loser_of_a_conflict_is_the_side_where_it_was_not_born(before, ours, theirs, origin):
    for conflict in merge_fields(before, ours, theirs, origin).conflicts:
        assert conflict.winner is origin
        assert not same(conflict.local, conflict.remote)
        assert (conflict.local, conflict.remote) == (ours[conflict.name], theirs[conflict.name])


@given(bases, locals_, st.none() | remotes, origins, roles)
def test_cancelled_here_never_comes_back(link, mine, theirs, origin, role):
    mine = replace(mine, cancelled=True)
    decision = reconcile(link, mine, theirs, origin=origin, role=role)
    assert decision.action in {Action.NOTHING, Action.DELETE, Action.DECLINE}
    assert not decision.write
    assert not decision.push


@given(bases, locals_, st.none() | remotes, origins)
def test_what_others_organise_is_never_made_or_deleted(link, mine, theirs, origin):
    decision = reconcile(link, mine, theirs, origin=origin, role=Role.GUEST)
    assert decision.action not in {Action.CREATE, Action.RECREATE, Action.DELETE}


@given(contents, etags, origins, roles)
def test_our_own_echo_is_nothing(fields, etag, origin, role):
    link, mine = Base(fields, "v1"), LocalEvent(fields)
    echo = RemoteEvent(reversed_names(fields), etag)
    decision = reconcile(link, mine, echo, origin=origin, role=role)
    assert decision == Decision(Action.NOTHING, base=Base(fields, etag))


@given(worlds(), contents, contents)
def test_edits_after_a_sync_converge_again(world: World, mine, theirs):
    settled = world.settle()
    if not settled.local or not settled.remote:
        return
    edited = replace(
        settled,
        local=replace(settled.local, fields=mine),
        remote=replace(settled.remote, fields=theirs, etag="edited"),
        news=True,
    ).settle()
    assert edited.decide().action is Action.NOTHING
