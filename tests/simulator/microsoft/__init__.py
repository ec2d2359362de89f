"""The Microsoft side: login v2 and Graph v1.0, as strict as the real ones are known to be.

Every rule names its source in the file that keeps it. Where the real service varies or is not
known, :mod:`.settings` chooses; ``sim.microsoft.settings`` or ``/control/settings/microsoft``.

================  ==============================================================================
app.py            Microsoft: from a request to its answer; faults, concurrency
routes.py         what a path asks for: the names that faults and counters go by
login.py          codes, tokens, AADSTS errors; consent.py: the pages of the sign-in
calendars.py      calendars, events, views, delta: requests to answers; query.py: their options
subscriptions.py  change and lifecycle notifications, the handshake
batch.py          ``$batch``; schedule.py: getSchedule
outlook.py        what a person does; people.py: plain events
mailbox.py        the events of an account; pure, as are the following
events.py         one event and its occurrences; series.py: recurrence
delta.py          what changed since a link
payload.py        what may be written; render.py: what is answered; times.py: times and zones
================  ==============================================================================

Simulated, but not as the real one: an ``http`` webhook or redirect on loopback is accepted. Not
simulated: open extensions, attachments, online meetings, moving between calendars, delivery of an
invitation to another simulated mailbox.
"""

from .app import Microsoft

__all__ = ["Microsoft"]
