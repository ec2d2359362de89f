from odoo import api, fields, models

from ..core.username import SHAPE


class ImmoassistBookingAlias(models.Model):
    """A name that a booking page once had: links and QR codes that were given away stay right.

    It is kept for its broker, who may take it again; nobody else gets the visitors meant for him.
    """

    _name = "immoassist.booking.alias"
    _description = "Former name of a booking page"
    _rec_name = "username"
    _order = "username"

    username = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", "Broker", required=True, readonly=True, index=True, ondelete="cascade"
    )

    _username_unique = models.UniqueIndex("(username)", "This name is kept for another broker.")

    @api.model
    def _keep(self, user, username):
        """`username` leads to the page of `user` from now on; the name he has now needs none."""
        self.search([("username", "in", (username, user.booking_username))]).unlink()
        if username:
            self.create({"username": username, "user_id": user.id})

    @api.model
    def _owner(self, username):
        """Whose name it was, or nobody.

        :param str username: as typed by anybody
        """
        if not SHAPE.fullmatch(username):
            return self.env["res.users"]
        return self.search([("username", "=", username)]).user_id
