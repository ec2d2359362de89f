import os
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import freezegun
from hypothesis import HealthCheck, Phase, given, settings

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import GUEST
from .fuzz import Fuzzer
from .public_routes import PublicRoutesCase, public_routes

# Hypothesis measures its own patience by the real clock.
freezegun.configure(extend_ignore_list=["hypothesis"])

REQUESTS = int(os.environ.get("IMMOASSIST_FUZZ_REQUESTS", "300"))
"""`make test-nightly` asks for more, and for others each night."""
NIGHTLY = REQUESTS > 300
# What may come of a good request: an appointment, an answer, a choice.
BOOKED = (303,)


class Undo(Exception):
    pass


@tagged("post_install", "-at_install")
class TestPublicFuzz(PublicRoutesCase):
    """Never an error of the server, never a write without a good request."""

    def test_no_request_breaks_anything(self):
        links, seen = self.links(), set()
        fuzzer = Fuzzer(
            public_routes(self.env),
            self.known(links),
            self.good_addresses(),
            list(self.forms(links)),
        )

        @settings(
            max_examples=REQUESTS,
            deadline=None,
            database=None,
            derandomize=not NIGHTLY,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        )
        @given(fuzzer.requests())
        def holds(request):
            with self.undone():
                seen.add(self.assert_harmless(request))

        # Odoo logs each form without a CSRF token, and that it has no page of its own for a POST
        # to an address that is only there to be read.
        with mute_logger("odoo.http", "odoo.addons.http_routing.models.ir_http"):
            holds()
        # It is no proof if nothing ever came through.
        self.assertLessEqual({200, 303, 400, 403, 404, 422}, seen)

    def forms(self, links):
        """A good form of each kind, with its address."""
        hidden = self.hidden()
        csrf = {"csrf_token": hidden["csrf_token"]}
        booking = {**hidden, **GUEST, "slot": "2027-03-02T14:00:00Z"}
        pages = ("visite", "signature", "portes-ouvertes")
        yield from ((f"/book/marie-tremblay/{page}", booking) for page in pages)
        button = {**csrf, "answer": "declined", "reason": "x", "start": "2027-03-10T09:00-05:00"}
        for purpose in ("answer", "move", "cancel", "approve", "refuse", "pick"):
            yield links[purpose], button

    def known(self, links):
        """Values that mean something, by the name of the parameter."""
        tokens = [
            parse_qs(urlsplit(address).query)["token"][0]
            for purpose, address in links.items()
            if purpose != "feed"
        ]
        return {
            "username": ["marie-tremblay", "luc-moreau"],
            "type_slug": ["visite", "signature", "portes-ouvertes"],
            "type": ["visite"],
            "appointment_id": [str(self.booked.id), str(self.asked.id)],
            "line_id": [str(self.proposal.line_ids.id)],
            "token": tokens,
            "slot": ["2027-03-02T14:00:00Z", "2027-03-01T14:00:00Z"],
            "start": ["2027-03-10T09:00-05:00"],
            "name": ["Claire Dubois"],
            "email": ["claire@example.com"],
        }

    def assert_harmless(self, request):
        before = self.content()
        answer = self.opener.request(
            request.method,
            self.base_url() + request.address,
            data=request.body,
            headers=request.headers,
            allow_redirects=False,
            timeout=60,
        )
        self.assertLess(answer.status_code, 500, answer.text[-300:])
        self.assertFalse({"Traceback", "psycopg2"} & {*answer.text.split()})
        if request.method != "POST" or answer.status_code not in BOOKED:
            self.assertEqual(self.content(), before)
        return answer.status_code

    @contextmanager
    def undone(self):
        """What happens inside leaves nothing behind."""
        try:
            with self.env.cr.savepoint():
                yield
                raise Undo
        except Undo:
            self.env.invalidate_all()
