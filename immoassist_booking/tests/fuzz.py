"""Requests as nobody should send them, to the routes of the routing map."""

from dataclasses import dataclass, field
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
TYPES = (
    FORM,
    JSON,
    "text/plain",
    "text/xml",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
    "",
)
# What any page of ours reads, or may one day. Not `debug`: Odoo shows its errors to who asks so.
NAMES = (
    *("token", "slot", "month", "date", "type", "tz", "lang", "embed", "first", "start", "answer"),
    *("reason", "unchanged", "name", "email", "phone", "note", "notice", "marketing", "website"),
    *("code", "hold", "link", "context", "redirect", "next", "validationToken", "page"),
)
NASTY = (
    *("", " ", "0", "-1", "1" * 400, "9" * 40, "2147483648", "1e309", "NaN", "null", "[]", "{}"),
    *("\x00", "a\x00b", "\r\nSet-Cookie: x=1", "%00", "%s%s%n", "{{7*7}}", "${7*7}", "é" * 300),
    *("'", '"', "';--", "<script>alert(1)</script>", "../../etc/passwd", "//evil.example", "\\\\x"),
    *("2027-03", "2027-13", "0000-00", "9999-12", "2027-02-30", "9999-12-31", "0001-01-01"),
    *("2027-03-01T14:00:00Z", "2027-03-01T14:00:00+99:99", "0001-01-01T00:00+14:00", "24:00"),
    *("9999-12-31T23:59:59-23:59", "2027-03-14T02:30:00-05:00", "accepted", "declined", "yes"),
    # Longer addresses never reach Odoo: its server refuses 64 KiB.
    *("\u202e\u200b\ufeff", "\ud83d".encode("utf-8", "surrogatepass"), b"\xff\xfe", "x" * 3_000),
)


@dataclass
class Request:
    """One request; all texts are quoted already."""

    method: str
    address: str
    body: bytes = b""
    headers: dict = field(default_factory=dict)


def _bytes(text):
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def _quote(text, safe=b""):
    return quote_from_bytes(_bytes(text), safe)


TEXT = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=30),
    st.binary(max_size=20),
    st.integers().map(str),
    st.datetimes(timezones=st.none() | st.timezones()).map(lambda moment: moment.isoformat()),
)


class Fuzzer:
    """Makes requests of what is right, what was once right, and noise.

    :param routes: the routes to ask
    :param dict known: parameter name -> values that mean something, tokens among them
    :param list goods: addresses that are right
    :param list forms: (address, fields) that are right, each with the CSRF token of the session
    """

    def __init__(self, routes, known, goods, forms):
        self.routes, self.known, self.goods, self.forms = routes, known, goods, forms
        names = st.sampled_from(sorted({*NAMES, *known, *(n for r in routes for n in r.names)}))
        self.names = names | st.text(max_size=8)
        real = st.sampled_from(sorted({value for values in known.values() for value in values}))
        self.value = TEXT | real
        self.pairs = st.lists(self.names.flatmap(self._pair), max_size=9)

    def _pair(self, name):
        meant = st.sampled_from(self.known[name]) | self.value if name in self.known else self.value
        return st.tuples(st.just(name), meant)

    def requests(self):
        return st.one_of(self.noise(), self.noise(), self.nearly_right())

    @st.composite
    @staticmethod
    def _noise(draw, self):
        address = draw(st.one_of(self.anywhere(), st.sampled_from(self.goods)))
        method = draw(st.sampled_from(("GET", "GET", "HEAD", "POST", "POST", "PUT")))
        if query := _encode(draw(self.pairs)):
            address += ("&" if "?" in address else "?") + query
        if method != "POST":
            return Request(method, address)
        kind = draw(st.sampled_from((FORM, *TYPES)))
        body = draw(self.pairs.map(_encode).map(str.encode) | st.binary(max_size=400))
        return Request("POST", address, body, {"Content-Type": kind} if kind else {})

    def noise(self):
        return self._noise(self)

    @st.composite
    @staticmethod
    def _anywhere(draw, self):
        route = draw(st.sampled_from(self.routes))
        segment = {"int": st.integers(0, 2**70).map(str), "string": TEXT.map(_segment)}
        values = {
            name: draw(_known(self.known, name) | segment.get(kind, segment["string"]))
            for name, kind in route.parts
        }
        return route.path(values)

    def anywhere(self):
        return self._anywhere(self)

    @st.composite
    @staticmethod
    def _nearly_right(draw, self):
        address, fields = draw(st.sampled_from(self.forms))
        fields = dict(fields)
        for name in draw(st.lists(st.sampled_from(sorted(fields)), max_size=2)):
            fields[name] = draw(st.one_of(st.just(None), self._pair(name).map(lambda p: p[1])))
        pairs = [(name, value) for name, value in fields.items() if value is not None]
        pairs += draw(self.pairs) if draw(st.booleans()) else []
        if draw(st.integers(0, 9)) == 0:
            pairs.append((draw(self.names), "x" * 300_000))
        return Request("POST", address, _encode(pairs).encode(), {"Content-Type": FORM})

    def nearly_right(self):
        return self._nearly_right(self)


def _known(known, name):
    return st.sampled_from(known[name]) if name in known else st.nothing()


def _segment(text):
    # The server takes an escaped slash for a slash: then it is no route of ours.
    return _quote(_bytes(text).replace(b"/", b"")) or "x"


def _encode(pairs):
    return "&".join(f"{_quote(name)}={_quote(value)}" for name, value in pairs)
