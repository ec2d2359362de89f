"""A client of the public page without a browser: two of them can be made to act at one moment."""

import re
from datetime import datetime, timedelta, timezone

import requests

PAGE = "/book/marie-tremblay/appel"


class Client:
    """An anonymous visitor with a session of their own, about to book one time."""

    def __init__(self, url, name):
        self.url = url
        self.name = name
        self.session = requests.Session()

    def open_form(self, slot):
        """Show the form of a time, as a person does before filling it in."""
        page = self.session.get(self.url + PAGE, params={"slot": slot}, timeout=30)
        assert page.status_code == 200, page.status_code
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        self.form = {
            "csrf_token": token[1],
            "slot": slot,
            "name": self.name,
            "email": f"{self.name.lower()}@client.example",
            "phone": "514 555-0199",
            "note": "I typed this",
        }

    def submit(self):
        """Send the form; the answer is not followed: 303 leads to the confirmation."""
        return self.session.post(self.url + PAGE, data=self.form, allow_redirects=False, timeout=60)


def offered_times(url, months=3):
    """The starts (ISO) that the page offers in the next months, in order."""
    found, day = [], datetime.now(timezone.utc).date().replace(day=1)
    for _ in range(months):
        query = {"type": PAGE.rsplit("/", 1)[1], "month": f"{day:%Y-%m}"}
        answer = requests.get(url + "/book/marie-tremblay/slots", params=query, timeout=30)
        if answer.status_code == 400:
            break  # beyond the horizon of the type
        days = answer.json()["days"]
        found += [time["start"] for offered in days for time in offered["times"]]
        day = (day + timedelta(days=31)).replace(day=1)
    return found
