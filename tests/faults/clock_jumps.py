"""The clock of the machine is set forward and back, by minutes, hours and a day."""

from tests.e2e.synced import let_refresh
from tests.faults import _checks, _clock, _cluster, _explained
from tests.faults._processes import until
from tests.faults._world import world

SECONDS = 84
HOUR = 3600
#: Where the clock stands, in seconds ahead, one after the other.
JUMPS = (40 * 60, 0, 3 * HOUR, 0, -3 * HOUR, 24 * HOUR, 0)
FAULT = (
    "The clock of Odoo and PostgreSQL jumps: 40 minutes forward and back, 3 hours forward, back, "
    "and 3 hours more back, a day forward, where a worker is killed with its lease, and back; "
    "that of the providers goes on"
)
HELD = "each reminder once, although its hour passes twice; leases end; the sync goes on"


def _reminded(here):
    due = here.odoo.sql(_checks.REMINDERS_OPEN)[0][0]
    return not due and here.odoo.sql(_checks.REMINDED)


def run(seconds):
    clock = _clock.Clock()
    with _cluster.own(clock.env), world(seconds, env=clock.env) as here:
        let_refresh(here.sim)  # a jump ends the access tokens
        here.busy()
        for offset in JUMPS:
            here.pass_time(seconds / (len(JUMPS) + 1))
            if here.clock_ahead > 12 * HOUR:
                here.kill_all()
            clock.set(offset)
            here.clock_ahead = offset
            if offset == JUMPS[0]:
                # Odoo looks once in a minute, or when it is woken.
                until(lambda: here.wake() or _reminded(here), "the reminders that are due now")
        here.pass_time(seconds / (len(JUMPS) + 1))
        here.sim.clock.advance(2 * HOUR)  # the access tokens end at the providers
        here.quiet()
        return _checks.examine(
            here, (*_explained.KILLED, *_explained.CLOCK), begun=True, hurry=False
        )
