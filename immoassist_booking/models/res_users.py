from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import username as usernames


class ResUsers(models.Model):
    _inherit = "res.users"

    booking_username = fields.Char(
        "Booking page name",
        copy=False,
        help="Last part of the address of the booking page: lower-case letters, digits and "
        "hyphens.",
    )
    booking_published = fields.Boolean(
        "Booking page is public",
        copy=False,
        help="Anybody can then see the page and book the free times.",
    )

    booking_noindex = fields.Boolean(
        "Hidden from search engines",
        copy=False,
        help="The page is shown to whoever has its address, and not by search engines.",
    )

    _booking_username_unique = models.UniqueIndex(
        "(booking_username) WHERE booking_username IS NOT NULL",
        "Another broker has this booking page name. Choose another one.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [
            *super().SELF_READABLE_FIELDS,
            "booking_username",
            "booking_published",
            "booking_noindex",
        ]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [
            *super().SELF_WRITEABLE_FIELDS,
            "booking_username",
            "booking_published",
            "booking_noindex",
        ]

    @api.onchange("booking_published")
    def _onchange_booking_published(self):
        if self.booking_published and not self.booking_username:
            self.booking_username = self._propose_booking_username()

    @api.constrains("booking_username", "booking_published")
    def _check_booking_page(self):
        for user in self:
            if user.booking_username:
                user._check_booking_username()
            elif user.booking_published:
                raise ValidationError(
                    self.env._(
                        "Choose a name for the booking page before you publish it, for "
                        "instance “%(proposal)s”.",
                        proposal=user._propose_booking_username(),
                    )
                )

    def _check_booking_username(self):
        if not self._is_broker():
            raise ValidationError(
                self.env._(
                    "Only brokers have a booking page: make %(user)s a broker first.",
                    user=self.name,
                )
            )
        problem = usernames.problem(self.booking_username)
        if not problem and self._booking_aliases()._owner(self.booking_username) - self:
            problem = "kept"
        if problem:
            raise ValidationError(self._booking_username_message(problem))

    def _booking_username_message(self, problem):
        if problem == "length":
            return self.env._(
                "The booking page name has %(min)s to %(max)s characters.",
                min=usernames.MIN_LENGTH,
                max=usernames.MAX_LENGTH,
            )
        if problem == "kept":
            return self.env._(
                "“%(name)s” was the booking page name of another broker, and still leads to his "
                "page. Choose another one.",
                name=self.booking_username,
            )
        if problem == "reserved":
            return self.env._(
                "“%(name)s” is the address of another page. Choose another booking page name.",
                name=self.booking_username,
            )
        return self.env._(
            "The booking page name is made of lower-case letters, digits and single hyphens, for "
            "instance “%(proposal)s”.",
            proposal=self._propose_booking_username(),
        )

    def _propose_booking_username(self):
        """A valid name that nobody has, made from the broker's own."""
        # sudo: names of brokers of other companies count too, and are not told.
        others = self.sudo().with_context(active_test=False)
        taken = others.search_fetch([("booking_username", "!=", False)], ["booking_username"])
        kept = self._booking_aliases().search_fetch([("user_id", "!=", self._origin.id)])
        names = {*taken.mapped("booking_username"), *kept.mapped("username")}
        return usernames.propose(self.name or "", names)

    def _booking_aliases(self):
        # sudo: brokers do not see each other's former names.
        return self.env["immoassist.booking.alias"].sudo()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            _normalize(vals)
        return super().create(vals_list)

    def write(self, vals):
        if "booking_username" not in vals:
            return super().write(vals)
        vals = _normalize(dict(vals))
        former = {user: user.booking_username for user in self}
        done = super().write(vals)
        for user, name in former.items():
            if name != user.booking_username:
                self._booking_aliases()._keep(user, name)
        return done


def _normalize(vals):
    """An empty name is no name: two of them are not twice the same."""
    if isinstance(vals.get("booking_username"), str):
        vals["booking_username"] = vals["booking_username"].strip() or False
    return vals
