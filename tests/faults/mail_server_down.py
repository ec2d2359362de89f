"""The mail server refuses, hangs, and is not there."""

from tests.faults import _checks, _explained
from tests.faults._world import world

SECONDS = 75
FAULT = (
    "The mail server is not there, accepts connections and then says nothing, refuses each mail "
    "with 451, then with 554"
)
HELD = "nobody waits for it on the page; each confirmation and reminder goes out later, once"
SLOW = 30
"""Seconds: longer, and somebody waited for the mail server."""


def run(seconds):
    with world(seconds) as here:
        here.busy()
        here.pass_time(seconds / 5)
        for mode in ("down", "hang", "451 Try later", "554 Misconfigured"):
            here.mail.set(mode)
            # What failed before is tried again now, and fails again.
            here.odoo.sql(
                "UPDATE mail_mail SET immoassist_next_try = create_date"
                " WHERE immoassist_next_try IS NOT NULL"
            )
            here.pass_time(seconds / 5)
        here.quiet()
        failed = here.odoo.sql("SELECT count(*) FROM mail_mail WHERE immoassist_attempts > 0")
        found = _checks.examine(here, _explained.NO_MAIL_SERVER)
        found.figures["mails that failed at first"] = failed[0][0]
        found.expect(failed[0][0], "no mail failed")
        found.figures["slowest booking, s"] = round(max(here.ledger.seconds), 1)
        found.expect(max(here.ledger.seconds) < SLOW, "somebody waited on the page")
        return found
