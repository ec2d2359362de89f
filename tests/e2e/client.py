"""A client of the public page without a browser: two of them can be made to act at one moment."""

import re
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import requests

PAGE = "/book/marie-tremblay/appel"


class Client:
    """An anonymous visitor with a session of their own, about to book one time."""

    def __init__(self, url, name, page=PAGE):
        self.url = url
        self.name = name
        self.page = page
        self.session = requests.Session()

    def open_form(self, slot):
        """Show the form of a time, as a person does before filling it in."""
        page = self.session.get(self.url + self.page, params={"slot": slot}, timeout=30)
        assert page.status_code == 200, page.status_code
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text)
        self.form = {
            **dict(hidden),
            "slot": slot,
            "name": self.name,
            "email": f"{self.name.lower()}@client.example",
            "phone": "514 555-0199",
            "note": "I typed this",
        }

    def submit(self):
        """Send the form; the answer is not followed: 303 leads to the confirmation."""
        return self.session.post(
            self.url + self.page, data=self.form, allow_redirects=False, timeout=60
        )


class Link:
    """A link of a mail, opened by somebody without an account, whose button is not pressed yet."""

    def __init__(self, url):
        self.url = url
        self.session = requests.Session()
        page = self.session.get(url, timeout=30)
        assert page.status_code == 200, page.status_code
        self.csrf_token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]

    def press(self, **values):
        """Submit the form of the page; the text of the page that follows."""
        parts = urlsplit(self.url)
        values |= {"csrf_token": self.csrf_token, "token": parse_qs(parts.query)["token"][0]}
        answer = self.session.post(self.url.split("?")[0], data=values, timeout=60)
        assert answer.status_code == 200, answer.status_code
        return answer.text


def offered_times(url, months=3, page=PAGE):
    """The starts (ISO) that the page offers in the next months, in order."""
    found, day = [], datetime.now(timezone.utc).date().replace(day=1)
    for _ in range(months):
        query = {"type": page.rsplit("/", 1)[1], "month": f"{day:%Y-%m}"}
        answer = requests.get(f"{url}{page.rsplit('/', 1)[0]}/slots", params=query, timeout=30)
        if answer.status_code == 400:
            break  # beyond the horizon of the type
        for offered in answer.json()["days"]:
            begin = datetime.fromisoformat(offered["start"])
            times = (begin + timedelta(minutes=time) for time in offered["times"])
            found += [time.isoformat(timespec="minutes") for time in times]
        day = (day + timedelta(days=31)).replace(day=1)
    return found
