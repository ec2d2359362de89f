"""Google and Outlook hang, fail, cut connections, and are not there at all."""

from tests.faults import _checks
from tests.faults._world import world

SECONDS = 90
FAULT = (
    "Both providers answer 500 and 503, then hang for longer than Odoo waits, then cut each "
    "connection after the request was carried out, then nobody listens at their address"
)
HELD = "people book as ever, and both calendars are the same again afterwards, nothing twice"
EXPLAINED = ()


def run(seconds):
    with world(seconds) as here:
        here.busy()
        here.pass_time(seconds / 6)
        faults = here.sim.faults
        faults.add("google", status=500, count=None)
        faults.add("microsoft", status=503, count=None, retry_after=1)
        here.pass_time(seconds / 6)
        faults.reset()
        faults.add("*", latency=40, cut=True, count=None)
        here.pass_time(seconds / 6)
        faults.reset()
        faults.add("*", cut=True, when="after", count=None)
        here.odoo.sql("UPDATE immoassist_calendar_connection SET not_before = NULL")
        here.pass_time(seconds / 6)
        faults.reset()
        with here.sim.away():
            here.odoo.sql("UPDATE immoassist_calendar_connection SET not_before = NULL")
            here.pass_time(seconds / 6)
        here.pass_time(seconds / 6)
        here.quiet()
        found = _checks.examine(here, EXPLAINED)
        found.figures["slowest booking, s"] = round(max(here.ledger.seconds), 1)
        found.expect(not here.sim.ledger.mails, "a provider mailed somebody")
        return found
