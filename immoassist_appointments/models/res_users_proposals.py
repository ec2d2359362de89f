from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.travel import Place

SETTINGS = [
    "day_start_latitude",
    "day_start_longitude",
    "day_end_latitude",
    "day_end_longitude",
    "proposal_hold_hours",
]
# Perhaps his home. Odoo lets every employee, of every company, read the users: these only himself,
# and who administers the users.
PRIVATE = "base.group_erp_manager"


class ResUsers(models.Model):
    """What each broker sets for himself: where his days begin and end, how long he holds times."""

    _inherit = "res.users"

    day_start_latitude = fields.Float(digits=(10, 7), groups=PRIVATE)
    day_start_longitude = fields.Float(digits=(10, 7), groups=PRIVATE)
    day_end_latitude = fields.Float(digits=(10, 7), groups=PRIVATE)
    day_end_longitude = fields.Float(digits=(10, 7), groups=PRIVATE)
    proposal_hold_hours = fields.Integer(
        string="Proposed times are held for",
        default=24,
        help="Hours during which nobody else can book the times proposed to a client.",
    )

    _proposal_hold_range = models.Constraint(
        "CHECK (proposal_hold_hours BETWEEN 1 AND 336)",
        "Proposed times are held between 1 hour and 14 days.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + SETTINGS

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return super().SELF_WRITEABLE_FIELDS + SETTINGS

    @api.constrains(*SETTINGS[:4])
    def _check_day_places(self):
        for user in self:
            for name in ("day_start", "day_end"):
                try:
                    user._day_place(name)
                except ValueError:
                    raise ValidationError(
                        self.env._(
                            "The latitude is between -90 and 90, the longitude between -180 "
                            "and 180."
                        )
                    ) from None

    def _day_start_place(self):
        """Where the broker sets out in the morning, or None when he did not say."""
        return self._day_place("day_start")

    def _day_end_place(self):
        """Where the broker returns to in the evening, or None when he did not say."""
        return self._day_place("day_end")

    def _day_place(self, name):
        self.ensure_one()
        # sudo: where he lives is used to rank his times, it is shown to nobody.
        user = self.sudo()
        latitude, longitude = user[f"{name}_latitude"], user[f"{name}_longitude"]
        # (0, 0) lies in the ocean: it is what nobody filled in.
        return Place(latitude, longitude) if latitude or longitude else None
