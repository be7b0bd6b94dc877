"""Pages in a real Chromium: as they are seen, as they are read aloud, and what they never do."""

import base64
import re

import pytest

from grader.records import Outcome
from grader.reports import terminal

from .conftest import EVIL, HALF, MANY, PAGES, attempt, check

MARKS = re.compile(r"^[✓✗–?→] +")
CARETS = re.compile(r" *[~^][~^ ]*")


def pieces(text: str) -> list[str]:
    """Cut the terminal's text into what stands by itself, without marks, carets and spaces."""
    lines = [MARKS.sub("", line.strip()) for line in text.split("\n") if not CARETS.fullmatch(line)]
    found = [piece for line in lines for piece in re.split(r"\s{2,}", line) if piece]
    return ["".join(piece.split()) for piece in found if piece != "score"]


@pytest.mark.parametrize("name", PAGES)
def test_the_sentences_of_the_terminal(shown, name):
    """Read aloud, a page says every sentence of the terminal, in the terminal's order."""
    made, said = PAGES[name]
    heard = "".join(shown(made, 1280, **said).spoken().split())
    missing, at = [], 0
    for piece in pieces(terminal.render(made, width=100_000, **said)):
        place = heard.find(piece, at)
        if place < 0:
            missing.append(piece)
        else:
            at = place + len(piece)

    assert missing == []


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wider_than_the_window(shown, name, width):
    """No page scrolls sideways, and no text of it is cut off, on a phone or on a screen."""
    made, said = PAGES[name]
    tab = shown(made, width, **said)
    wide = (
        "[...document.querySelectorAll('body *')].filter(e => !e.closest('svg') && "
        f"e.getBoundingClientRect().right > {width} + .5).map(e => e.outerHTML.slice(0, 80))"
    )

    assert tab.value("document.scrollingElement.scrollWidth") <= width
    assert tab.value(wide) == []


@pytest.mark.parametrize("name", PAGES)
def test_it_is_silent(shown, name):
    """A page asks for nothing but itself, runs nothing, and gives its console nothing to say."""
    made, said = PAGES[name]
    tab = shown(made, 1280, **said)
    asked = [event["request"]["url"] for event in tab.events("Network.requestWillBeSent")]
    said_there = tab.events(
        "Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled",
        "Page.javascriptDialogOpening",
    )  # fmt: skip

    assert [url for url in asked if not url.startswith("file:")] == []
    assert len(asked) == 1
    assert said_there == []
    assert (
        tab.value("document.scripts.length + document.images.length + document.links.length") == 0
    )


def test_the_policy_would_stop_a_script(shown, tmp_path, browser):
    """What got into a page by an error of ours would not run, and would load nothing."""
    tab = shown(HALF, 1280)
    path = tmp_path / "report.html"
    text = path.read_text(encoding="utf-8")
    hole = "<script>document.title='owned'</script><img src='http://example.test/x'/>"
    path.write_text(text.replace("handed-in/ada", hole), encoding="utf-8")
    tab = browser.show(path, 1280)

    assert tab.value("document.title") != "owned"
    assert tab.value("document.scripts.length") == 1
    blocked = tab.events("Log.entryAdded")
    assert len(blocked) == 2
    assert all("Content Security Policy" in event["entry"]["text"] for event in blocked)
    tab.close()


def test_landmarks_headings_and_the_list(shown):
    """A reader who hears finds one main part, one title, a heading for each check and a list."""
    made, said = PAGES["half"]
    tab = shown(made, 1280, **said)
    roles = [node["role"]["value"] for node in tab.nodes()]
    headings = [
        (node["properties"][0]["value"]["value"], node["name"]["value"])
        for node in tab.nodes()
        if node["role"]["value"] == "heading"
    ]

    assert roles.count("main") == 1
    assert roles.count("contentinfo") == 1
    assert roles.count("list") == 1
    assert roles.count("listitem") == len(made.verdicts)
    assert [level for level, _ in headings] == [1, 2, *[3] * len(made.verdicts), 2]
    assert headings[0][1] == "exercise-03 Attention"
    assert [name for level, name in headings if level == 3] == [
        verdict.check.title for verdict in made.verdicts
    ]
    assert tab.value("document.title") == "exercise-03 Attention: 2.5 / 12 so far"
    assert tab.value("document.documentElement.lang") == "en"


def test_pictures_have_words(shown):
    """Each picture is one image with a name and a description, and what it shows beside it."""
    tab = shown(HALF, 1280)
    images = [node for node in tab.nodes() if node["role"]["value"] == "image"]
    captions = tab.value("[...document.querySelectorAll('figcaption')].map(e => e.innerText)")

    assert [node["name"]["value"] for node in images] == [
        "Two curves of losses, on a logarithmic scale",
        "Map of 8 × 8 values: 8 rows, 8 columns",
        "Bars: the length of the gradient by name, on a logarithmic scale",
        "Chain of operations, in the order in which they were first used",
    ]
    assert all(node["description"]["value"] for node in images)
    assert captions == [
        "The losses of this submission fall from 38 to 15; the expected ones fall from 30 to "
        "0.0966.",
        "All that differs is above the diagonal.",
        "No gradient reaches embedding.weight.",
        "The graph is cut at item: what comes after it knows nothing of the arguments.",
    ]


def test_states_are_heard(shown):
    """Each outcome is said in a word; its mark, which is read as nothing useful, is not."""
    heard = shown(PAGES["every-outcome"][0], 1280).spoken()
    words = ["passed", "failed", "raised an error", "stopped", "out of memory", "not allowed",
             "crashed", "not tried", "not graded"]  # fmt: skip
    places = [heard.index(f" {word} ") for word in words]

    assert places == sorted(places)
    assert not set(heard) & set("✓✗→")


def test_the_keyboard_reaches_what_folds(shown):
    """Tab goes from one part that folds to the next, in order, and Enter folds it."""
    tab = shown(HALF, 1280)
    summaries = tab.value("[...document.querySelectorAll('summary')].map(e => e.innerText)")
    reached = []
    for _ in summaries:
        for kind in ("rawKeyDown", "keyUp"):
            tab.ask("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab",
                    windowsVirtualKeyCode=9)  # fmt: skip
        reached.append(tab.value("document.activeElement.innerText"))
    for kind in ("keyDown", "keyUp"):
        tab.ask("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", text="\r",
                windowsVirtualKeyCode=13)  # fmt: skip

    assert reached == summaries
    assert tab.value("document.activeElement.parentElement.open") is False
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert tab.value(outline) == "solid"


@pytest.mark.parametrize("is_dark", [False, True])
def test_light_and_dark(shown, is_dark):
    """The page follows the reader's choice; what is drawn does so as well."""
    tab = shown(HALF, 1280, is_dark=is_dark)
    colours = tab.value(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color, "
        "getComputedStyle(document.querySelector('svg text')).fill]"
    )

    expected = (
        ["rgb(19, 20, 23)", "rgb(236, 236, 241)", "rgb(168, 171, 181)"]
        if is_dark
        else ["rgb(246, 245, 241)", "rgb(27, 28, 32)", "rgb(85, 87, 95)"]
    )
    assert colours == expected


def test_paper_is_light(shown):
    """Who prints from a dark screen gets dark ink on white paper, with everything open."""
    tab = shown(HALF, 800, is_dark=True, media="print")
    data = tab.ask("Page.printToPDF")["data"]

    assert tab.value("getComputedStyle(document.body).color") == "rgb(27, 28, 32)"
    for ground in ("document.body", "document.documentElement"):
        assert tab.value(f"getComputedStyle({ground}).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.value("document.querySelectorAll('details:not([open])').length") == 0
    assert base64.b64decode(data).startswith(b"%PDF")


def test_a_screenshot_has_ink(shown):
    """What is seen is a page with something on it, in both widths."""
    sizes = []
    for width in (320, 1280):
        data = shown(HALF, width).ask("Page.captureScreenshot", format="png")["data"]
        sizes.append(len(base64.b64decode(data)))

    assert min(sizes) > 10_000


def test_hostile_text_is_only_text(shown):
    """Text that would be markup is seen letter for letter."""
    made = attempt(check("It holds.", Outcome.FAILED, EVIL))
    seen = shown(made, 1280).value("document.querySelector('.told p').innerText")

    assert seen.startswith("</p><script>document.title='owned'</script><img src=http://evil.test/x")
    assert "&lt;b&gt;&#x3c;i>" in seen


def test_thousands_of_checks(shown):
    """A page of 2,000 checks is laid out in seconds and does not scroll sideways."""
    tab = shown(MANY, 320)

    assert tab.value("document.querySelectorAll('h3').length") == 2000
    assert tab.value("document.scrollingElement.scrollWidth") <= 320
    assert (
        tab.value("performance.timing.loadEventEnd - performance.timing.navigationStart") < 30_000
    )
