"""The warnings and errors in Odoo's log that do not fail a test run, each with its reason.

Keep it short: an entry belongs here only when the addons can do nothing about it.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Allowed:
    """A pattern searched in `LEVEL logger: text` (`.` matches a line end too), and its reason."""

    pattern: str
    reason: str


ALLOWED = (
    Allowed(
        r"^ERROR odoo\.http: Exception during request handling\..*Couldn't bind the websocket",
        "No reverse proxy stands before the test server: websockets arrive on the wrong port.",
    ),
    Allowed(
        r"^WARNING odoo\.http: .*( is already taken: | in the meantime\.|, and was not moved\.)",
        "Odoo logs each refusal that a user reads; tests of two users at once provoke them.",
    ),
    Allowed(
        r"^WARNING odoo\.http: .* was not answered in time, and has expired\.",
        "Another refusal that a user reads.",
    ),
    Allowed(
        r"^ERROR odoo\.sql_db: bad query: .*\"immoassist_calendar_link\""
        r".*could not serialize access due to concurrent update",
        "A person and a sync run changed the same at once: whoever was second is run again.",
    ),
    Allowed(
        r"^WARNING odoo\.addons\.base\.models\.ir_cron: Job 'Base: Auto-vacuum internal data' "
        r"\(\d+\) processed no record",
        "Odoo's own cleaning, which found nothing to delete in its time on a busy machine.",
    ),
    Allowed(
        r"^WARNING odoo\.addons\.(iap\.tools\.iap_tools|partner_autocomplete\.models\.\w+): "
        r".*enrich_by_domain",
        "Odoo's own look-up of a company by its domain, on a machine without a way out.",
    ),
    Allowed(
        r"^(WARNING|ERROR) odoo\.addons\.queue_job\.jobrunner\.runner: "
        r"(Re-queued dead job with uuid|exception in GET \S+/queue_job/runjob)",
        "The runner of queue_job met a worker that a test had killed, and has the job run again.",
    ),
    Allowed(
        r"^(WARNING|ERROR) odoo\.addons\.website_cf_turnstile\.models\.ir_http: Turnstile verif",
        "What Odoo says of each visitor whom its captcha refuses; tests of the captcha do that.",
    ),
    Allowed(
        r"^ERROR werkzeug: .* Request timed out: TimeoutError\('timed out'\) - - -$",
        "Chromium opens a connection ahead of need; Odoo closes it after two seconds of silence.",
    ),
)


def reason(level: str, logger: str, text: str, allowed: tuple[Allowed, ...] = ALLOWED) -> str:
    """Return why this entry is allowed, or an empty string when it is not."""
    line = f"{level} {logger}: {text}"
    for entry in allowed:
        if re.search(entry.pattern, line, re.DOTALL):
            return entry.reason
    return ""
