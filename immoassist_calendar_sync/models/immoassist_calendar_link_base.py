from odoo import models

from ..core import Base, Origin, Presence, Role, reconcile
from ..core.codec import dump, load


class ImmoassistCalendarLink(models.Model):
    """What a link stores, in the words of `core.reconcile`."""

    _inherit = "immoassist.calendar.link"

    def _base(self):
        """:return: `core.Base`, or None: the event never was there"""
        self.ensure_one()
        if not self.presence:
            return None
        return Base(load(self.base), self.etag or None, Presence(self.presence))

    def _base_values(self, base):
        """What to write to store `base`."""
        if base is None:
            return {"base": False, "etag": False, "presence": False}
        return {"base": dump(base.fields), "etag": base.etag, "presence": base.presence.value}

    def _reconcile(self, remote=None):
        """:param core.RemoteEvent remote: None: no news from there"""
        self.ensure_one()
        appointment = self.appointment_id
        base = self._base()
        if base is None and remote and self.base:
            # A creation whose answer was lost: what was sent is what was agreed on.
            base = Base(load(self.base))
        return reconcile(
            base,
            appointment._local_event(self) if appointment else None,
            remote,
            origin=appointment._sync_origin() if appointment else Origin.ODOO,
            role=Role(self.role),
        )
