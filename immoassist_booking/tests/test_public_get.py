from odoo.tests import tagged

from .public_routes import COUNTED, PublicRoutesCase, public_routes

# What forms send, added to an address: a GET must not take it for an order.
ORDERS = (
    "&answer=declined&reason=x&start=2027-03-10T15:00Z&unchanged=&notice=x&marketing=yes"
    "&name=Eve&email=eve%40client.example&phone=&note="
)


@tagged("post_install", "-at_install")
class TestPublicGet(PublicRoutesCase):
    def setUp(self):
        super().setUp()
        self.routes = public_routes(self.env)

    def test_every_route_is_known(self):
        """A new public route needs an address in `good_addresses`, or this test does not see it."""
        rules = self.env["ir.http"].routing_map().bind("localhost")
        answered = set()
        for address in self.good_addresses():
            answer = self.get(address)
            self.assertEqual(answer.status_code, 200, address)
            rule, _values = rules.match(address.partition("?")[0], "GET", return_rule=True)
            answered.add(rule.rule)
        wanted = {route.rule for route in self.routes if "GET" in route.methods}
        self.assertEqual(answered, wanted)

    def test_get_and_head_write_nothing(self):
        addresses = self.good_addresses()
        for address in addresses:
            self.get(address)  # what Odoo itself makes once, such as assets
        token = f"&csrf_token={self.csrf()}"
        for method in ("GET", "HEAD"):
            for address in addresses:
                mark = "" if "?" in address else "?"
                for extra in ("", mark + ORDERS + token):
                    with self.subTest(method=method, address=address.partition("?")[0]):
                        self.assert_writes_nothing(method, address + extra)

    def test_get_of_what_does_not_exist_writes_nothing(self):
        values = {"string": "nobody-here", "int": "999999"}
        for route in self.routes:
            if "GET" in route.methods:
                path = route.path({name: values[kind] for name, kind in route.parts})
                with self.subTest(route=route.rule):
                    self.assert_writes_nothing("GET", path)
                    self.assert_writes_nothing("GET", f"/fr_CA{path}?token=x&type=x")

    def test_no_foreign_site_frames_a_page(self):
        """Whatever the page answers and whoever asks it to be embedded; no site is listed."""
        token, framed = self.csrf(), 0
        answers = []
        for address in self.good_addresses():
            path = address.partition("?")[0]
            for extra in ("", "?embed=1", "?token=x&embed=1"):
                answers.append(self.get(path + extra))
            answers.append(self.get(address))
        for route in (route for route in self.routes if "POST" in route.methods):
            path = route.path({name: "7" if kind == "int" else "x" for name, kind in route.parts})
            form = {"csrf_token": token, "embed": "1", "token": "x"}
            answers.append(self.url_open(f"{path}?embed=1", data=form, allow_redirects=False))
        for answer in answers:
            if answer.headers.get("Content-Type", "").startswith("text/html"):
                framed += 1
                policy = answer.headers.get("Content-Security-Policy", "")
                with self.subTest(address=answer.url, status=answer.status_code):
                    self.assertIn("frame-ancestors 'self'", policy)
                    self.assertEqual(answer.headers.get("X-Frame-Options"), "SAMEORIGIN")
        self.assertGreater(framed, 20)

    def assert_writes_nothing(self, method, address):
        before = self.written()
        self.url_open(address, method=method, allow_redirects=False)
        after = self.written()
        changed = {table for table in after if after[table] != before.get(table)}
        self.assertEqual(changed - COUNTED, set())
