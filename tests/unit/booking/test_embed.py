import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.immoassist_booking.core import embed


def test_hosts():
    text = "https://Example.com/\n\n  https://*.agence.example:8443 \nhttps://example.com\n"
    assert embed.parse_hosts(text) == ("https://example.com", "https://*.agence.example:8443")
    assert embed.parse_hosts("") == ()
    assert embed.parse_hosts("http://localhost:8069") == ("http://localhost:8069",)
    assert embed.parse_hosts("https://bücher.example") == ("https://xn--bcher-kva.example",)


@pytest.mark.parametrize(
    "line",
    [
        "*",
        "https://*",
        "https://*.com*",
        "https://example",
        "example.com",
        "http://example.com",
        "https://example.com/page",
        "https://exam ple.com",
        "https://example.com; script-src *",
        "https://example.com 'unsafe-inline'",
        "https://a.*.example.com",
        "https://user@example.com",
        "javascript:alert(1)",
        "data:",
        "'self'",
    ],
)
def test_what_is_no_host(line):
    with pytest.raises(embed.BadHost) as refused:
        embed.parse_hosts(f"https://good.example\n{line}")
    assert refused.value.line == line


@given(st.text(max_size=60))
def test_no_text_gets_out_of_its_header(text):
    try:
        hosts = embed.parse_hosts(text)
    except embed.BadHost:
        return
    for host in hosts:
        assert host.isascii()
        assert not set(host) & set(" ;,'\"\r\n\t")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/book", ("/book?embed=1", None)),
        ("/book/marie/visite", ("/book/marie/visite?embed=1", None)),
        ("?", ("?embed=1", None)),
        ("?month=2027-03#month", ("?month=2027-03&embed=1#month", None)),
        ("#times", ("#times", None)),
        (
            "?month=2027-03&slot=2027-03-01T14:00:00Z#details",
            ("?month=2027-03&slot=2027-03-01T14:00:00Z#details", "_top"),
        ),
        ("/bookings", ("/bookings", "_top")),
        ("/", ("/", "_top")),
        ("https://maps.example/x?y=1", ("https://maps.example/x?y=1", "_top")),
        ("tel:+15145550100", ("tel:+15145550100", None)),
    ],
)
def test_links(url, expected):
    assert embed.framed_link(url) == expected
    assert embed.framed_link(expected[0]) == expected  # a second look changes nothing


def test_the_form_is_never_embedded():
    assert embed.is_embedded({"embed": "1"})
    assert not embed.is_embedded({"embed": "1", "slot": "2027-03-01T14:00:00Z"})
    assert not embed.is_embedded({"embed": "yes"})


def test_snippet():
    code = embed.snippet("https://agency.example/book/x?a=1#b", 'With "Zoé" <Roy>', "ib-x")
    assert 'src="https://agency.example/book/x?embed=1"' in code
    assert "With &quot;Zoé&quot; &lt;Roy&gt;" in code
    assert 'event.origin === "https://agency.example"' in code
    assert code.count("<script>") == code.count("</script>") == 1
