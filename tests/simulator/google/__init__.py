"""Google as far as a calendar sync meets it: OAuth 2.0, Calendar v3, batch, push channels.

It refuses what the real one refuses, and says so in the same words. What is not published, and how
it was decided here:

- a second ``import`` of an iCalUID replaces the first;
- a deleted event that is written without a new ``status`` stays deleted; writing ``confirmed``
  revives it, unless the setting ``revive`` forbids it (403, as one report says);
- sync tokens live 28 days (setting ``cursor_life``), channels 30 days at most;
- when a series moves, its exceptions are dropped; with ``singleEvents`` an incremental listing
  brings each lost occurrence as cancelled;
- several ``privateExtendedProperty`` are refused, since the documents contradict each other;
- left out, ``sendUpdates`` counts as a mail to guests outside of Google ("some emails might still
  be sent").

Allowed here and refused by Google: webhooks at ``http`` on this computer itself. Not simulated, and
therefore refused: ``instances``, ``move``, conference data, sync tokens of the calendar list.

Kinds of request, for faults and counters: ``google.auth``, ``google.auth.decide``,
``google.token.code``, ``google.token.refresh``, ``google.revoke``, ``google.userinfo``,
``google.calendarList.list``, ``google.calendars.get``, ``google.settings.get``,
``google.freebusy.query``, ``google.channels.stop``, ``google.batch``, and
``google.events.`` ``list, get, insert, import, patch, update, delete, watch``.
"""

from .side import CLIENT_ID, CLIENT_SECRET, Google

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "Google"]
