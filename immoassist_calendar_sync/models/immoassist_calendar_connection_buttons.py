from odoo import api, models
from odoo.exceptions import AccessError, UserError

EDITABLE = frozenset({"copy_busy", "source_ids"})


class ImmoassistCalendarConnection(models.Model):
    """What people do with a connection."""

    _inherit = "immoassist.calendar.connection"

    def write(self, vals):
        # Whoever could write `user_id` would have a colleague's appointments in his calendar. The
        # calendars check for themselves what is chosen.
        if not self.env.su and not EDITABLE.issuperset(vals):
            raise AccessError(self.env._("A connection is changed by its buttons."))
        before = {}
        if "copy_busy" in vals:
            before = {connection: connection.copy_busy for connection in self}
        done = super().write(vals)
        for connection, copied in before.items():
            if connection.copy_busy != copied:
                connection._note_copies()
        return done

    def _note_copies(self):
        """Have the blocks of the broker's other calendar written, or removed."""
        # sudo: they are the broker's own, and only noted.
        appointments = self.env["immoassist.appointment"].sudo()
        appointments.search(
            [("broker_id", "=", self.user_id.id), ("source", "in", ("google", "outlook"))]
        )._note_for_sync()

    # ---------------------------------------------------------------- connecting

    @api.model
    def action_open_mine(self):
        """Open My calendars, with a card for each provider."""
        if self.env.user.has_group("immoassist_appointments.group_broker"):
            # sudo: a card that waits to be connected, of the user himself.
            connections = self.sudo()
            for provider in ("google", "outlook"):
                connections._own(provider)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "immoassist_calendar_sync.immoassist_calendar_connection_action"
        )

    def action_connect(self):
        """Send the broker to the provider's consent page."""
        self._check_mine()
        address = self.env["immoassist.calendar.oauth.flow"]._begin(
            self.provider, self.account_email or ""
        )
        return {"type": "ir.actions.act_url", "url": address, "target": "self"}

    def action_start(self):
        """Agree to the first sync."""
        self._check_mine()
        if self.pause_reason != "preview" or not self.preview_at:
            raise UserError(self.env._("Your calendars are still being looked at. Wait a moment."))
        self._connect_again()
        self._appointments_ahead()._note_for_sync()

    def action_use_new_account(self):
        """Go over to the other account that the broker signed in with."""
        self._check_mine()
        connection = self.sudo()  # sudo: written by code alone, for its broker
        if not connection.pending_grant:
            raise UserError(self.env._("There is nothing to confirm."))
        connection._use_pending()

    def action_keep_account(self):
        """Forget the other account that the broker signed in with."""
        self._check_mine()
        # sudo: as above.
        self.sudo().write({"pending_grant": False, "pending_email": False})

    # ---------------------------------------------------------------- from day to day

    def action_sync_now(self):
        """Have it looked at now."""
        self._check_mine()
        if self.state != "connected":
            raise UserError(self.env._("It is not connected. Connect or resume it first."))
        self._connect_again()
        self.sudo().source_ids._want_pull()  # sudo: written by code alone, for its broker
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("It is being looked at: that takes a few seconds."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_pause(self):
        """Leave both sides as they are until it is resumed."""
        self._check_mine()
        if self.state == "connected":
            # sudo: written by code alone, for its broker.
            self.sudo().write({"state": "paused", "pause_reason": "broker"})

    def action_resume(self):
        """Go on; what changed meanwhile is taken over and sent."""
        self._check_mine()
        if self.state != "paused" or self.pause_reason in ("preview", "database"):
            raise UserError(self.env._("There is nothing to resume."))
        if self.last_sync or self.preview_at:
            self._connect_again()
        else:  # it failed before the first look
            # sudo: as above.
            self.sudo().write({"pause_reason": "preview", "preview_wanted": True})
            self.sudo()._wake_workers()

    def action_confirm_emptied(self):
        """It is right that almost everything was deleted there: cancel it in Odoo."""
        self._check_mine()
        if self.pause_reason != "emptied":
            raise UserError(self.env._("There is nothing to confirm."))
        self.sudo().emptied_trusted = True  # sudo: written by code alone, for its broker
        self._connect_again()

    def _connect_again(self):
        values = dict.fromkeys(
            ("pause_reason", "not_before", "next_sync", "last_error", "failures"), False
        )
        # sudo: written by code alone, for its broker.
        self.sudo().write({**values, "state": "connected"})
        self.sudo()._wake_workers()

    # ---------------------------------------------------------------- the end

    def action_disconnect(self):
        """Ask what becomes of what was written."""
        self._check_may_disconnect()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Disconnect"),
            "res_model": "immoassist.calendar.disconnect",
            "view_mode": "form",
            "target": "new",
            "context": {"default_connection_id": self.id},
        }

    def _disconnect(self, mode):
        """:param mode: keep or remove, what was written into the calendar"""
        self._check_may_disconnect()
        connection = self.sudo()  # sudo: written by code alone, for whoever may
        if not connection.refresh_token:
            connection.write({"leaving": "keep"})
            connection._leave(removed=False)
            return
        connection.write({"leaving": mode, "not_before": False, "failures": 0})
        connection._wake_workers()

    # ---------------------------------------------------------------- what does not work

    def action_view_failed(self):
        """Show what does not work."""
        self._check_mine()
        return self._links_action(self.env._("What does not work"), [("state", "=", "failed")])

    def action_view_waiting(self):
        """Show what waits to be sent."""
        self._check_mine()
        ids = self._waiting_links().ids
        return self._links_action(self.env._("What waits to be sent"), [("id", "in", ids)])

    def _links_action(self, name, domain):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "immoassist.calendar.link",
            "view_mode": "list",
            "domain": [("connection_id", "=", self.id), *domain],
        }

    # ---------------------------------------------------------------- who may

    def _check_mine(self):
        self.ensure_one()
        if self.user_id != self.env.user:
            raise AccessError(
                self.env._(
                    "This is the calendar of %(broker)s, who alone decides about it.",
                    broker=self.sudo().user_id.name,  # sudo: the name alone
                )
            )

    def _check_may_disconnect(self):
        """A manager disconnects who has left the agency."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("immoassist_appointments.group_manager"):
            self._check_mine()
