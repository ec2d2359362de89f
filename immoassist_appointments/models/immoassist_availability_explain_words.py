from odoo import api, models

from ..core import explain


class ImmoassistAvailability(models.AbstractModel):
    _inherit = "immoassist.availability"

    @api.model
    def _hindrance_words(self, hindrance, broker, wording):
        """A reason of `core.explain` as a sentence in the user's language."""
        params = hindrance.params
        match hindrance.code:
            case explain.BUSY | explain.BUFFER | explain.TRAVEL_FROM | explain.TRAVEL_TO:
                return self._busy_words(hindrance.code, params, broker, wording)
            case explain.HOURS | explain.LEAVE | explain.CLOSED:
                return self._working_words(hindrance.code, params, wording)
            case explain.GRID | explain.SKIPPED:
                return self._clock_words(hindrance.code, params, wording)
            case explain.NOTICE:
                return self.env._(
                    "It is too soon: this type is offered from %(moment)s on.",
                    moment=wording.moment(params["earliest"]),
                )
            case explain.HORIZON:
                return self.env._(
                    "It is too far ahead: the last day that is offered is %(day)s.",
                    day=wording.day(params["last"]),
                )
            case explain.FULL:
                return self.env._("All %(places)s places are taken.", places=params["places"])
            case explain.MAX_PER_DAY:
                return self.env._(
                    "The day is full: at most %(limit)s of this type.",
                    limit=params["limit"],
                )
            case _:
                raise ValueError(f"no words for {hindrance.code!r}")

    def _working_words(self, code, params, wording):
        if code == explain.LEAVE:
            interval = params["interval"]
            return self.env._(
                "Time off from %(start)s to %(stop)s.",
                start=wording.moment(interval.start),
                stop=wording.moment(interval.stop),
            )
        if code == explain.CLOSED:
            return self.env._(
                "Closed on this day (%(hours)s), by an exception in the availability.",
                hours=self._hours_words([params["interval"]], wording),
            )
        if not params["windows"]:
            return self.env._("Outside of the working hours: none on this day.")
        return self.env._(
            "Outside of the working hours of this day: %(hours)s. The whole appointment must lie "
            "in them.",
            hours=self._hours_words(params["windows"], wording),
        )

    def _hours_words(self, intervals, wording):
        return ", ".join(
            f"{wording.time(interval.start)} – {wording.time(interval.stop)}"
            for interval in intervals
        )

    def _clock_words(self, code, params, wording):
        if code == explain.SKIPPED:
            return self.env._(
                "This time does not exist: the clocks are put forward. The next one is %(moment)s.",
                moment=wording.moment(params["start"]),
            )
        around = [params["before"], params["after"]]
        return self.env._(
            "Times of this type do not start at this minute. The nearest ones: %(times)s.",
            times=", ".join(wording.time(moment) for moment in around if moment),
        )

    def _busy_words(self, code, params, broker, wording):
        busy = params["busy"]
        words = {
            "what": self._busy_name(broker, busy) or self.env._("busy"),
            "hours": self._hours_words([busy.visit], wording),
        }
        if code == explain.BUSY:
            return self.env._("Taken: %(what)s (%(hours)s).", **words)
        if code == explain.BUFFER:
            return self.env._("Too close to: %(what)s (%(hours)s), with the buffers.", **words)
        if code == explain.TRAVEL_FROM:
            return self.env._(
                "Too far from: %(what)s (%(hours)s). The broker can be there at %(time)s.",
                time=wording.time(params["arrival"]),
                **words,
            )
        return self.env._(
            "Too far from: %(what)s (%(hours)s). The broker would have to leave at %(time)s.",
            time=wording.time(params["departure"]),
            **words,
        )
