import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.immoassist_calendar_sync.core.description import SEPARATOR, compose, split
from odoo.addons.immoassist_calendar_sync.core.fingerprint import same
from odoo.addons.immoassist_calendar_sync.core.plain_text import from_html, to_html

lines = st.sampled_from(
    [SEPARATOR, "-- immoassist --", "- ImmoAssist -", "", " ", "Keys", "\u00a0"]
)
texts = st.lists(lines | st.text(max_size=20), max_size=6).map("\n".join)


@given(texts, texts)
def test_taken_apart_as_it_was_put_together(description, details):
    once = compose(description, details)
    above, below = split(once)
    assert same(above, description)
    assert compose(above, below) == once
    if not any(is_separator(line) for line in details.splitlines()):
        assert same(below, details)


def is_separator(line):
    return bool(line.strip()) and split(line) == ("", "")


@given(st.text(), st.text())
def test_texts_that_people_write(description, details):
    assert same(split(compose(description, details)), (description, details)) or (
        "ImmoAssist" in description + details
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"Bring keys\n\n{SEPARATOR}\nAnn Bell", id="ours"),
        pytest.param(f"Bring keys\r\n\r\n{SEPARATOR}\r\nAnn Bell\r\n", id="line ends of Windows"),
        pytest.param("Bring keys\n\n\n\n — ImmoAssist —  \n\n\nAnn Bell", id="blank lines, spaces"),
        pytest.param(
            "Bring keys\n-\u00a0ImmoAssist\u00a0-\nAnn Bell", id="other dashes and spaces"
        ),
        pytest.param(f"Bring keys\n{SEPARATOR}\nAnn Bell", id="blank line lost"),
    ],
)
def test_found_again_after_the_provider_wrote_it_anew(text):
    assert split(text) == ("Bring keys", "Ann Bell")


@pytest.mark.parametrize(
    ("description", "details", "text"),
    [
        ("", "", ""),
        (None, None, ""),
        ("Bring keys", None, "Bring keys"),
        ("", "Ann Bell", f"{SEPARATOR}\nAnn Bell"),
        ("Bring keys", "Ann Bell", f"Bring keys\n\n{SEPARATOR}\nAnn Bell"),
        (f"a\n{SEPARATOR}\nb", "", f"a\n{SEPARATOR}\nb\n\n{SEPARATOR}"),
        ("a", f"b\n{SEPARATOR}\nc", f"a\n\n{SEPARATOR}\nb\n\nc"),
    ],
)
def test_what_the_calendar_shows(description, details, text):
    assert compose(description, details) == text


def test_a_name_in_a_sentence_separates_nothing():
    text = "Booked with — ImmoAssist — yesterday"
    assert split(text) == (text, "")


@given(st.text())
def test_html_that_we_write_reads_as_the_text(text):
    assert from_html(to_html(text)) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param("a<br>b<br/>c", "a\nb\nc", id="breaks"),
        pytest.param("<p>a</p><p>b</p>", "a\nb\n", id="paragraphs"),
        pytest.param("<div>a</div>b", "a\nb", id="block and text"),
        pytest.param("<ul><li>a</li><li>b</li></ul>", "- a\n- b\n", id="list"),
        pytest.param(
            "<b>bold</b> <i>and</i> <span class='x'>more</span>", "bold and more", id="inline"
        ),
        pytest.param("Tom &amp; Co &lt;3 &#233;&nbsp;!", "Tom & Co <3 é\u00a0!", id="entities"),
        pytest.param("5 < 6 & 7 > 3", "5 < 6 & 7 > 3", id="no markup at all"),
        pytest.param("Madame <Dupont> arrive", "Madame <Dupont> arrive", id="no tag of HTML"),
        pytest.param("<html-blob>a<br>b</html-blob>", "a\nb", id="Google's own tag"),
        pytest.param(
            '<a href="https://x.example/1">plan</a>', "plan (https://x.example/1)", id="named link"
        ),
        pytest.param(
            '<a href="https://g.example/url?q=1">https://x.example</a>',
            "https://x.example",
            id="link that shows its address",
        ),
        pytest.param('<a href="javascript:alert(1)">go</a>', "go", id="no link of the web"),
        pytest.param("a<script>alert(1)</script>b", "ab", id="script"),
        pytest.param("<style>p {}</style>a<!-- hidden -->", "a", id="style and comment"),
        pytest.param("<head><title>t</title></head><body>a</body>", "a", id="a whole page"),
        pytest.param("a\nb", "a\nb", id="line break of the source"),
    ],
)
def test_html_of_others_as_text(html, text):
    assert from_html(html) == text


@given(st.text(alphabet="<>/!-&;#abp \n\"'=[]?", max_size=40))
def test_no_html_is_too_broken(html):
    assert isinstance(from_html(html), str)
