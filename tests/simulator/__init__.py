"""A local server that plays Google Calendar and Outlook, for tests and for the demo.

Nothing leaves this computer: it listens on 127.0.0.1, sends no mail, and pushes only to webhook
addresses that were registered with it. What it knows of the real providers, with the sources, is
in their packages ``google`` and ``microsoft``.

In a process of its own: ``python -m tests.simulator --port 8999`` (page for a person at ``/``).
In a test::

    with Simulator() as sim:
        sim.google.create_account("ann@agency.example", zone="Europe/Paris")
        event = sim.google.put("ann@agency.example", "primary", {"summary": "Visit", ...})
        sim.faults.add("google.events.insert", status=503, skip=2, count=3)
        sim.faults.add("google.batch", cut=True, when="after")   # done, but the answer is lost
        sim.ledger.counts["google.events.list"], sim.ledger.mails, sim.pushes.flush()

============  ====================================================================================
server.py     Simulator: HTTP, counting, faults; ``perform`` carries out a request or a batch part
side.py       Side: what a provider has to implement; Google and Microsoft are its subclasses
call.py       Call and Reply: one request and its answer, also as a part of a batch
store.py      accounts, calendars, entries in the order of their last change, one lock
clock.py      the simulated time: ``sim.clock.advance(3600)``
faults.py     faults on order
ledger.py     counters, mails that would have been sent, pushes
pushes.py     delivery to webhooks, as unreliably as ordered
control.py    the same for tests in another process, as JSON under ``/control``
page.py       the page for a person
============  ====================================================================================

How a side plugs in: a class under :class:`.side.Side`, made in ``Simulator.__init__`` and mounted
at ``/<name>``. ``kind`` names the request before anything else happens (faults and counters go by
it), ``handle`` answers with a ``Reply``; a batch makes a ``Call(part=True)`` of each part and calls
``simulator.perform(self, part)``, so faults and counters hold inside batches too. State goes into
``store`` under ``store.lock``, never held while ``pushes.post`` speaks HTTP (the handshake);
``pushes.send`` may be called under it. Mails are recorded with ``ledger.mail``. Time is
``clock.now()`` and nothing else.
"""

from .server import Simulator

__all__ = ["Simulator"]
