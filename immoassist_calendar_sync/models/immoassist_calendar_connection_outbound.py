from dataclasses import dataclass
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..core import (
    AccessTokenRefused,
    Action,
    Gone,
    ProviderError,
    Rejected,
    RetryLater,
    Throttled,
    Verb,
    VersionConflict,
    Write,
    next_delay,
)
from ..core.identity import creation_key
from ..core.reconcile import Decision

VERBS = {
    Action.CREATE: Verb.CREATE,
    Action.RECREATE: Verb.CREATE,
    Action.PUSH: Verb.UPDATE,
    Action.MERGE: Verb.UPDATE,
    Action.DELETE: Verb.DELETE,
    Action.DECLINE: Verb.DECLINE,
    Action.ACCEPT: Verb.ACCEPT,
}
MOMENTS = ("start", "stop", "allday")
MOST_PUSHES = 20
"""Writes of one event in one hour: more is two machines undoing each other's work."""


@dataclass(frozen=True)
class Outgoing:
    """One write that is under way."""

    link_id: int
    revision: int
    source_id: int
    calendar_id: str
    decision: Decision
    write: Write


class ImmoassistCalendarConnection(models.Model):
    """The outbox: what is to be sent, and what became of it. No HTTP here."""

    _inherit = "immoassist.calendar.connection"

    def _next_writes(self, limit):
        """What is due to be sent now, noted as under way.

        :param int limit: most of them
        :return: whether any was due, and a list of Outgoing: some need no write
        """
        self.ensure_one()
        due = self._due_links(limit)
        due.fetch()
        writes = [link._outgoing() for link in due]
        return bool(due), [write for write in writes if write]

    def _due_links(self, limit):
        links = self.env["immoassist.calendar.link"]
        links.flush_model()
        query = self._due_query(limit)
        return links.browse([id_ for (id_,) in self.env.execute_query(query)])

    def _due_query(self, limit):
        """:rtype: SQL"""
        # In the order of the index of the outbox: see `worker.lease`.
        return SQL(
            """
            SELECT l.id FROM immoassist_calendar_link l
              JOIN immoassist_calendar_source s ON s.id = l.source_id AND NOT s.gone
             WHERE l.connection_id = %s AND l.state = 'ok' AND l.revision != l.synced_revision
               AND (l.next_attempt IS NULL OR l.next_attempt <= %s)
             ORDER BY l.next_attempt NULLS FIRST, l.id
             LIMIT %s
            """,
            self.id,
            fields.Datetime.now(),
            limit,
        )

    def _settle(self, outgoing, answers, fraction):
        """Store what became of the writes.

        :param outgoing: list of Outgoing
        :param answers: what `core.CalendarProvider.send` returned for them
        :param float fraction: random, from 0 to 1
        :return: the links whose event changed meanwhile: it has to be fetched
        """
        links = self.env["immoassist.calendar.link"]
        stale = links
        found = links.search_fetch([("id", "in", [item.link_id for item in outgoing])])
        there = {link.id: link for link in found}
        for item, answer in zip(outgoing, answers, strict=True):
            link = there.get(item.link_id)
            if not link:
                continue
            if isinstance(answer, ProviderError):
                if isinstance(answer, VersionConflict | Gone):
                    stale |= link
                link._note_failure(answer, fraction)
            else:
                link._note_success(item, answer)
        if all(isinstance(answer, Throttled) for answer in answers):
            found._let_others_wait()
        return stale


class ImmoassistCalendarSource(models.Model):
    _inherit = "immoassist.calendar.source"

    def _ask_later(self, external_ids, fraction):
        """Of these nothing is known for now."""
        links = self.env["immoassist.calendar.link"].search(
            [("source_id", "=", self.id), ("external_id", "in", list(external_ids))]
        )
        for link in links:
            link._note_failure(RetryLater("404"), fraction)


class ImmoassistCalendarLink(models.Model):
    _inherit = "immoassist.calendar.link"

    def _outgoing(self):
        """What to send, or None when nothing has to be."""
        self.ensure_one()
        decision = self._reconcile()
        if not decision.sends:
            self._nothing_to_send(decision)
            return None
        if self._runs_in_circles():
            return None
        verb = VERBS[decision.action]
        if verb is Verb.CREATE:
            self._begin_creation(decision)
        return Outgoing(
            link_id=self.id,
            revision=self.revision,
            source_id=self.source_id.id,
            calendar_id=self.source_id.external_id,
            decision=decision,
            write=Write(
                verb=verb,
                key=self.key or "",
                external_id="" if verb is Verb.CREATE else self.external_id,
                fields=self._fields_to_send(decision),
                if_match=decision.if_match,
                zone=self.appointment_id.broker_id._broker_zone().key
                if self.appointment_id
                else "UTC",
                database=self._database(),
            ),
        )

    def _nothing_to_send(self, decision):
        if decision.write:  # the organiser alone may change it
            self._apply(decision)
            self._appointment()._end_batch(decision.write.keys())
        if self.unsettled:
            self.source_id._want_pull()  # it may have been created: then it is deleted
        elif not self.appointment_id and not (self.presence == "live" and self.external_id):
            self.unlink()  # a tombstone whose event is gone
            return
        values = self._base_values(decision.base) if decision.base else {}
        self.write(values | {"synced_revision": self.revision})

    def _begin_creation(self, decision):
        """Note it before it is sent: an answer may be lost, and must then be recognised."""
        values = {"unsettled": True}
        if decision.action is Action.RECREATE and self.external_id:
            values |= {"generation": self.generation + 1, "external_id": False}
            values |= self._base_values(None)
        generation = values.get("generation", self.generation)
        key = creation_key(self._database(), self.appointment_id.id, self.kind, generation)
        if not self.unsettled or self.key != key:
            # What an earlier attempt sent may be there: what it said is what was agreed on.
            values["base"] = self._base_values(decision.base)["base"]
        self.write(values | {"key": key})

    def _fields_to_send(self, decision):
        """The changed fields; of a time all of its parts, which no provider takes alone."""
        fields_ = dict(decision.push)
        if any(name in fields_ for name in MOMENTS) or "tentative" in fields_:
            local = self.appointment_id._local_event(self).fields
            fields_ |= {name: local[name] for name in MOMENTS}
        if {"description", "details"} & fields_.keys():
            # Both stand in one text at the provider.
            local = self.appointment_id._local_event(self).fields
            fields_ |= {n: local[n] for n in ("description", "details") if n in local}
        return fields_

    def _database(self):
        # sudo: the identity of the database, no secret to the worker.
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    def _runs_in_circles(self):
        """Whether it was sent so often that something else must be undoing it; then it stops."""
        now = fields.Datetime.now()
        if not self.pushes_since or self.pushes_since < now - timedelta(hours=1):
            self.write({"pushes": 1, "pushes_since": now})
            return False
        self.pushes += 1
        if self.pushes <= MOST_PUSHES:
            return False
        self.write({"state": "failed", "last_error": "loop"})
        return True

    # ---------------------------------------------------------------- what became of it

    def _note_success(self, item, answer):
        """:param core.Written answer: of the write `item`"""
        settled = {
            "unsettled": False,
            "attempts": 0,
            "next_attempt": False,
            "last_error": False,
            "external_id": answer.external_id or self.external_id,
        }
        event = answer.event
        if event:
            settled["ical_uid"] = event.ical_uid
        if answer.adopted:
            # It may have other content than what is to be sent now, or was sent then.
            self.write(settled)
            self._take_over(event)
            return
        base = item.decision.sent(event.etag if event else None)
        self.write(settled | self._base_values(base) | {"synced_revision": item.revision})
        if not self.appointment_id and base.presence.value != "live":
            self.unlink()

    def _let_others_wait(self):
        """Have whatever else is due in the calendar wait as long as these: it would be refused too,
        and held against the broker.
        """
        self.flush_model()
        query = SQL(
            """
            UPDATE immoassist_calendar_link SET next_attempt = %(until)s
             WHERE source_id = ANY(%(sources)s) AND state = 'ok' AND revision != synced_revision
               AND (next_attempt IS NULL OR next_attempt < %(until)s)
            """,
            until=max(self.mapped("next_attempt"), default=None),
            sources=self.source_id.ids,
        )
        # To lose a race is ordinary here: it is run again.
        self.env.cr.execute(query, log_exceptions=False)
        self.invalidate_model(["next_attempt"])

    def _note_failure(self, error, fraction):
        """:param core.ProviderError error: of this event alone"""
        values = {"attempts": self.attempts + 1, "last_error": error.code or type(error).__name__}
        looked_at = isinstance(error, Gone | VersionConflict) and self.external_id
        if isinstance(error, Rejected):
            values |= {"state": "failed", "unsettled": False}
        elif not looked_at and not isinstance(error, AccessTokenRefused):
            asked = error.retry_after if isinstance(error, RetryLater) else None
            wait = next_delay(values["attempts"], fraction, asked)
            values["next_attempt"] = fields.Datetime.now() + wait
        self.write(values)
