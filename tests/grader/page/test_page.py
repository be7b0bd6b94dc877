"""The page as a text: a golden file, what any text in it may never become, colours that are read.

`GRADER_UPDATE_GOLDEN=1` rewrites the golden file; read the difference before keeping it.
"""

import dataclasses
import os
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader import scoring
from grader.errors import Chain, Curves, Evidence, Flow, HeatMap, Picture
from grader.records import Attempt, Check, Diagnosis, Outcome, Verdict, Visibility
from grader.reports import page, sentences
from grader.reports.page import style

from .conftest import EVIL, GOLDEN, HALF, HOSTILE, MANY, PAGES, attempt, check

# A busy machine is no failure.
PATIENT = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])

NUMBERS = {"x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "width", "height"}
# Every element that a page may hold, with its attributes.
OURS = {
    "html": {"lang"}, "head": set(), "body": {"class"}, "main": set(), "header": set(),
    "footer": set(), "meta": {"charset", "http-equiv", "content", "name"}, "title": set(),
    "style": set(), "h1": {"class"}, "h2": {"class"}, "h3": {"dir"}, "p": {"class", "dir"},
    "span": {"class", "dir", "aria-hidden"}, "ul": {"class", "role"}, "li": {"class"},
    "div": {"class", "lang"}, "pre": {"class", "dir"}, "code": {"dir"}, "mark": set(),
    "details": {"class", "open"},
    "summary": set(), "figure": set(), "figcaption": set(), "desc": set(),
    "svg": {"viewBox", "class", "width", "height", "role", "aria-hidden", "preserveAspectRatio"},
    "text": {"class", "text-anchor"} | NUMBERS, "rect": {"class"} | NUMBERS,
    "line": {"class"} | NUMBERS, "circle": {"class"} | NUMBERS, "polyline": {"class", "points"},
}  # fmt: skip
# Our own words, of which every attribute's value is made; numbers aside.
VALUES = re.compile(
    r"|en|utf-8|Content-Security-Policy|viewport|color-scheme|light dark|img|list|true|auto|ltr"
    r"|default-src 'none'; style-src 'unsafe-inline'; img-src data:|none|start|middle|end"
    r"|width=device-width, initial-scale=1|[a-z0-9 -]{1,40}|[-0-9., ]+"
)

NASTY = st.sampled_from(
    [EVIL, "<b>", "]]>", "&lt;", '"><img src=x>', "\n    x\n    ^", "\r\n\t", "-->", "<!--", "\x00",
     "\ud800", "\ufffe", "\u202e", "&", "'", "</style>"]
)  # fmt: skip
TEXT = st.lists(NASTY | st.text(max_size=8), max_size=5).map("".join)
NUMBER = st.none() | st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    """Draw any picture."""
    count = draw(st.integers(1, 6))
    names = draw(st.tuples(*[TEXT] * count))
    numbers, others = (draw(st.tuples(*[NUMBER] * count)) for _ in range(2))
    lengths = tuple(number and abs(number) for number in numbers)
    wanted = others if draw(st.booleans()) else ()
    row = st.tuples(*[st.integers(0, 4)] * count)
    return draw(
        st.sampled_from(
            [
                Curves(tuple(range(count)), numbers, wanted),
                HeatMap((count,), 2, count, (draw(row), draw(row)), draw(st.booleans())),
                Flow("gradient", names, lengths, tuple(n and abs(n) for n in wanted), 3),
                Flow("step", names, lengths, tuple(n and abs(n) for n in wanted)),
                Chain(names, draw(st.none() | st.integers(0, count - 1)), names),
            ]
        )
    )


@st.composite
def attempts(draw: st.DrawFn) -> Attempt:
    """Draw an attempt that a student could bring about, or whoever forges one."""
    verdicts = tuple(
        Verdict(
            Check(draw(TEXT), draw(TEXT), 1, Visibility.HIDDEN, draw(st.none() | TEXT)),
            draw(st.sampled_from(Outcome)),
            draw(TEXT),
            draw(st.none() | st.builds(Diagnosis, TEXT, TEXT)),
            0.0,
            draw(
                st.none()
                | st.builds(Evidence, TEXT, TEXT, TEXT, TEXT, picture=pictures(), given=TEXT)
            ),
        )
        for _ in range(draw(st.integers(0, 4)))
    )
    return dataclasses.replace(
        HALF, exercise=draw(TEXT), title=draw(TEXT), path=draw(TEXT), verdicts=verdicts,
        score=scoring.score(verdicts),
    )  # fmt: skip


class Elements(HTMLParser):
    """Lists the start tags of a document, with their attributes, as a browser would find them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.comments: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.found.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        """Note a comment, of which there is none."""
        self.comments.append(data)


def assert_ours(text: str) -> None:
    """Expect that two parsers, a strict and a lenient one, find the same elements, all ours.

    An element that a text has smuggled in would be another one, have another attribute, or make the
    strict parser refuse.
    """
    body = text.removeprefix("<!DOCTYPE html>\n")
    tree = [(node.tag, dict(node.attrib)) for node in ET.fromstring(body).iter()]
    lenient = Elements(body)
    lowered = [(tag.lower(), {k.lower(): v for k, v in attrs.items()}) for tag, attrs in tree]

    assert lenient.found == lowered
    assert lenient.comments == []
    for tag, attributes in tree:
        assert tag in OURS, tag
        assert attributes.keys() <= OURS[tag], (tag, attributes)
        for value in attributes.values():
            assert VALUES.fullmatch(value), value


@pytest.mark.parametrize("name", PAGES)
def test_pages_hold_our_elements_only(name):
    """Every page that is looked at is made of our elements, and so is its fragment."""
    made, said = PAGES[name]

    assert_ours(page.render(made, **said))
    assert_ours(page.fragment(made, **said))


@PATIENT
@given(attempts(), st.lists(TEXT, max_size=2))
def test_no_text_becomes_an_element(made, notes):
    """Whatever anybody wrote, wherever: no element and no attribute appears that is not ours."""
    hints = {verdict.check.id: verdict.check.title for verdict in made.verdicts}

    assert_ours(page.render(made, notes=notes, hints=hints))


@PATIENT
@given(attempts())
def test_nothing_raw(made):
    """A page holds no character that does not print, save the ends of its lines."""
    text = page.render(made)

    assert [one for one in text if not one.isprintable() and one not in "\n\u200c\u200d"] == []
    assert text == page.render(made)


def test_the_parsers_would_find_an_element():
    """A page into which a text was put as it is does not pass."""
    text = page.render(HALF).replace("handed-in/ada", "<img src='x'/>")

    with pytest.raises(AssertionError, match="img"):
        assert_ours(text)


def test_golden():
    """The page of an attempt with every picture is the golden file, letter for letter."""
    made, said = PAGES["half"]
    text = page.render(made, **said)
    path = GOLDEN / "page" / "half.html"
    if os.environ.get("GRADER_UPDATE_GOLDEN") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())

    assert path.read_bytes().decode() == text


def test_it_forbids_itself_to_load_and_run():
    """The policy stands before anything that it could forbid, and nothing points elsewhere."""
    text = page.render(HOSTILE)
    policy = (
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\"/>"
    )

    assert text.index(policy) < text.index("<style")
    assert not re.search(r"url\(|@import|<(link|script|img|a|iframe|object)\b", text)


def test_a_fragment_keeps_to_itself():
    """Every rule of a fragment begins at its own class, so a notebook around it looks as before."""
    text = page.fragment(HALF)
    rules = re.sub(r"@media[^{]*\{", "", text[text.index("<style>") + 7 : text.index("</style>")])
    selectors = [one.strip() for rule in rules.split("}") for one in rule.split("{")[0].split(",")]

    assert text.startswith('<div class="grader" lang="en">')
    assert "<h1" not in text
    assert [one for one in selectors if one and ".grader" not in one] == []


def test_what_is_told_twice_elsewhere_is_told_once():
    """What every check says alike stands above the list, as in the terminal."""
    text = page.render(PAGES["stub"][0])

    assert text.count("is not written yet") == 1
    assert text.index("is not written yet") < text.index("The weights sum to one.")


def test_carets_become_marks():
    """What carets point at is marked in its line; the indentation that all lines share is gone."""
    text = page.render(HALF)

    assert '<pre dir="ltr">theta = <mark>descend(theta, gradient(A, y, theta))</mark></pre>' in text
    assert "^" not in text


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("a\n    f(\n      ^", "f(<mark>…</mark>"),
        ("a\n    x\n^", "    <mark> </mark>   x"),
        ("^^^", '<p dir="auto">^^^</p>'),
    ],
)
def test_carets_that_point_nowhere(message, shown):
    """Carets behind a line, before it, or below nothing do no harm."""
    text = page.render(attempt(check("It holds.", Outcome.FAILED, message)))

    assert shown.strip() in text or shown in text


def test_long_messages_can_be_folded_and_are_open():
    """A traceback is in a part that folds, and stands open, since whoever lost points reads it."""
    short, long = (page.render(attempt(check("It holds.", Outcome.RAISED, text)))
                   for text in ("a\n b\n c", "a\n b\n c\n d\ne\n f"))  # fmt: skip

    assert "<details" not in short
    assert long.count('<details open="">') == 1


def test_thousands_of_checks():
    """A page of 2,000 checks has them all, and a bounded number of pictures; it says so."""
    text = page.render(MANY)

    assert text.count("<h3") == 2000
    assert text.count('class="picture"') == page.MOST_PICTURES == 50
    assert "Pictures are drawn for the first 50 checks that have one." in text
    assert len(text) < 2_000_000


def test_a_score_that_is_not_decided_has_no_bar():
    """Where a check could not be graded there is no share to draw."""
    text = page.render(PAGES["every-outcome"][0])

    assert 'class="share"' not in text
    assert "not decided: 1 of 9 checks could not be graded; tell your teacher" in text


# Colours


def contrast(one: str, other: str) -> float:
    """Work out the contrast of two colours as WCAG 2 does: from 1 to 21."""
    lighter, darker = sorted(map(luminance, (one, other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Work out the relative luminance of "#rrggbb"."""
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("palette", [style.LIGHT, style.DARK], ids=["light", "dark"])
def test_colours_are_told_apart(palette):
    """Text has a contrast of 4.5 with its ground, and what is drawn one of 3, light and dark."""
    written = {pair: contrast(*(palette[name] for name in pair)) for pair in style.WRITTEN}
    drawn = {pair: contrast(*(palette[name] for name in pair)) for pair in style.DRAWN}

    assert {pair: ratio for pair, ratio in written.items() if ratio < 4.5} == {}
    assert {pair: ratio for pair, ratio in drawn.items() if ratio < 3} == {}
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_every_colour_is_looked_at():
    """Each colour of the palettes is in one of the two lists, or is only a ground or a line."""
    looked_at = {name for pair in (*style.WRITTEN, *style.DRAWN) for name in pair}

    assert style.LIGHT.keys() == style.DARK.keys()
    assert style.LIGHT.keys() - looked_at == {"line", "heat1", "heat2"}


def test_states_are_words():
    """Every outcome has a word of its own, so that no colour carries it alone."""
    words = {word for _, word, _ in page.STATES.values()}

    assert page.STATES.keys() == set(Outcome)
    assert len(words) == len(Outcome)
    assert sentences.NOTHING == ("", "")
