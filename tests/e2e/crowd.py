"""Fifty people at one moment: real HTTP, each with a session and a form of their own."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

from .client import Client, Link

# Odoo lets 8 connections wait for each of its 2 workers and resets others. In production a proxy
# lets them wait, and so does this.
QUEUE = 14


def at_once(actions):
    """Run the actions at the same moment, each in its thread; their results, in order."""
    gate, queue = threading.Barrier(len(actions)), threading.Semaphore(QUEUE)

    def run(action):
        gate.wait()
        with queue:
            return action()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def people(odoo, count, name, page, slot):
    """Clients with the form of the time before them, filled in."""
    clients = [Client(odoo.url, f"{name}{number}", page) for number in range(count)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda client: client.open_form(slot), clients))
    return clients


class Picker(Link):
    """A client with the page of a proposed time before them."""

    def submit(self):
        token = parse_qs(urlsplit(self.url).query)["token"][0]
        form = {"csrf_token": self.csrf_token, "token": token}
        return self.session.post(self.url, data=form, allow_redirects=False, timeout=120)


def split(answers, helpful=True):
    """How many won, and how many were refused; anything else is an error.

    :param helpful: whether every refusal must offer other times and keep what was typed
    """
    won = [answer for answer in answers if answer.status_code == 303]
    lost = [answer for answer in answers if answer.status_code == 409]
    assert len(won) + len(lost) == len(answers), sorted({a.status_code for a in answers})
    for answer in lost if helpful else ():
        nearest = re.findall(r'type="radio" name="slot"[^>]*value="([^"]+)"', answer.text)
        assert len(nearest) == 3
        assert "I typed this" in answer.text
    return len(won), len(lost)
