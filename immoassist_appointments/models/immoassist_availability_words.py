from odoo import api, models

from ..core import ranking


class ImmoassistAvailability(models.AbstractModel):
    _inherit = "immoassist.availability"

    @api.model
    def _reason_words(self, reason, lang):
        """A reason of `core.ranking` as a sentence in `lang` (an Odoo language code)."""
        env = self.with_context(lang=lang).env
        match reason.code:
            case ranking.NEAR_PREVIOUS:
                return env._("Just after a visit %s away", self._distance_words(reason, env))
            case ranking.NEAR_NEXT:
                return env._("Just before a visit %s away", self._distance_words(reason, env))
            case ranking.PREFERRED:
                return env._("As you wished")
            case ranking.NO_GAP:
                return env._("Right beside another appointment")
            case ranking.FIRST_OF_DAY:
                return env._("First appointment of the day")
            case ranking.SOON:
                return self._soon_words(reason.params["days"], env)
            case ranking.QUIET_DAY:
                return env._("A quiet day")
            case _:
                raise ValueError(f"no words for the reason {reason.code!r}")

    def _distance_words(self, reason, env):
        metres = reason.params["metres"]
        if metres < 1000:
            return env._("%s m", round(metres, -2) or 100)
        return env._("%s km", f"{metres / 1000:.1f}")

    def _soon_words(self, days, env):
        if days <= 0:
            return env._("Today")
        if days == 1:
            return env._("Tomorrow")
        return env._("In %s days", days)
