from odoo import api, fields, models


class ImmoassistCalendarLink(models.Model):
    """What the broker does about what does not work."""

    _inherit = "immoassist.calendar.link"

    waiting = fields.Boolean(compute="_compute_waiting", help="It has to be sent.")
    title = fields.Char(string="What", compute="_compute_title")
    problem = fields.Char(compute="_compute_problem")

    @api.depends("revision", "synced_revision", "state")
    def _compute_waiting(self):
        for link in self:
            link.waiting = link.state == "ok" and link.revision != link.synced_revision

    @api.depends("appointment_id")
    def _compute_title(self):
        for link in self:
            if link.appointment_id:
                link.title = link.appointment_id.name
            elif link.presence:
                link.title = self.env._("A deleted appointment")
            else:
                link.title = self.env._("An event that cannot be read")

    @api.depends("last_error", "state", "unsettled", "revision", "synced_revision")
    def _compute_problem(self):
        connections = self.env["immoassist.calendar.connection"]
        for link in self:
            words = link.last_error and connections._error_words(link.last_error)
            if words and link.state == "failed":
                link.problem = self.env._(
                    "%(problem)s. Change it, or press “Retry”; nothing else waits for it.",
                    problem=words[:1].upper() + words[1:],
                )
            elif words and link.waiting:
                link.problem = self.env._(
                    "%(problem)s; it is tried again by itself.",
                    problem=words[:1].upper() + words[1:],
                )
            elif words:
                link.problem = words
            else:
                link.problem = self.env._("Waits to be sent") if link.waiting else False

    def action_retry(self):
        """Try again what did not work."""
        self._check_mine()
        links = self.sudo()  # sudo: the outbox is written by code alone, here for its broker
        for link in links:
            link.write(
                {
                    **{"state": "ok", "attempts": 0, "next_attempt": False, "last_error": False},
                    "pushes": 0,
                    "revision": link.revision + 1 if link.appointment_id else link.revision,
                }
            )
        for source in links.source_id:
            source._look_anew()

    def action_ignore(self):
        """Leave these alone until the appointment is changed."""
        self._check_mine()
        # sudo: as above.
        self.sudo().write({"state": "ignored"})

    def _check_mine(self):
        self.check_access("read")  # the rule: one's own
