"""A client's calendar program: what it does with the invitations that come by mail."""

from icalendar import Calendar


class ClientCalendar:
    """Applies files by the rules of RFC 5546 (2.1.5, 3.2.2, 3.2.5).

    One UID is one meeting. A file counts when its SEQUENCE is higher than that of the one known,
    or the same with a later DTSTAMP; anything else is old news. A CANCEL is remembered, so that an
    older REQUEST that comes after it does not bring the meeting back.
    """

    def __init__(self):
        self._known = {}

    def receive(self, data, method):
        """Apply one file.

        :param bytes data: of the text/calendar part
        :param str method: of its MIME header, which must be that of the file
        :return: whether it was news
        """
        calendar = Calendar.from_ical(data)
        assert str(calendar["method"]) == method
        (event,) = calendar.walk("VEVENT")
        uid, revision = str(event["uid"]), (event["sequence"], event["dtstamp"].dt)
        if uid in self._known and revision <= self._known[uid][0]:
            return False
        self._known[uid] = revision, method, event
        return True

    def meetings(self):
        """The events that stand in the calendar now."""
        return [event for _, method, event in self._known.values() if method == "REQUEST"]
