"""Tests of the terminal report: whole texts at fixed widths, and what no text may ever do.

`GRADER_UPDATE_GOLDEN=1` rewrites the golden files; read the difference before keeping it.
"""

import dataclasses
import difflib
import os
import re
import unicodedata
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import scoring
from grader.records import (
    Attempt,
    Check,
    Diagnosis,
    Environment,
    Outcome,
    Verdict,
    Visibility,
)
from grader.reports import terminal
from grader.reports.attempt import from_json

# A busy machine is no failure.
PATIENT = settings(deadline=None)

GOLDEN = Path(__file__).parent / "golden"

ENVIRONMENT = Environment(
    python="3.11.7",
    torch="2.13.0",
    device="cpu",
    threads=1,
    seed=20,
    grader="0.1.0",
    checks_digest="5" * 64,
    confinement="landlock 5, seccomp",
)


def verdict(
    id_: str,
    title: str,
    points: str,
    outcome: Outcome = Outcome.PASSED,
    message: str = "",
    *,
    diagnosis: str = "",
    needs: str | None = None,
    visibility: Visibility = Visibility.HIDDEN,
) -> Verdict:
    """Build a verdict with the fields that a report shows."""
    return Verdict(
        check=Check(id_, title, Fraction(points), visibility, needs),
        outcome=outcome,
        message=message,
        diagnosis=Diagnosis("a_mistake", diagnosis) if diagnosis else None,
        seconds=0.25,
    )


def attempt(
    *verdicts: Verdict, title: str = "Gradients", path: str = "handed-in/ada", **changes: object
) -> Attempt:
    """Build an attempt at exercise-03 from its verdicts."""
    built = Attempt(
        exercise="exercise-03",
        title=title,
        path=path,
        digest="d" * 64,
        verdicts=verdicts,
        score=scoring.score(verdicts),
        environment=ENVIRONMENT,
        seconds=1.234,
    )
    return dataclasses.replace(built, **changes)


LOSS = verdict("loss", "The loss of one pair is a single number.", "1")
GRADIENT = verdict(
    "gradient",
    "The gradient agrees with the reference.",
    "2",
    Outcome.FAILED,
    "off by up to 0.31 (allowed 1e-05), first at [0, 3]",
    diagnosis="The gradient is half of the right one: the factor 2 is missing.",
)
VISIBLE = verdict("mean", "The loss is a mean.", "1", visibility=Visibility.VISIBLE)

# How the attempts in golden/attempts are rendered, beside the width and what the terminal can show.
CASES: dict[str, dict[str, object]] = {
    "typical": {"notes": ("ignored: notes.txt",)},
    "every-outcome": {},
    "does-not-load": {},
    "shared-message": {},
    "visible-only": {"withheld": Fraction(6)},
    "full-marks": {},
    "hostile": {"notes": ("ignored: \x1b[1mevil\x1b[0m.txt, and another.txt",)},
}
STYLES = {
    "80": {"width": 80},
    "40": {"width": 40},
    "80-ascii": {"width": 80, "is_ascii": True},
    "40-ascii": {"width": 40, "is_ascii": True},
    "80-color": {"width": 80, "has_color": True},
}


def rendered(*verdicts: Verdict, **options: object) -> list[str]:
    """Render an attempt with these verdicts, as lines."""
    return terminal.render(attempt(*verdicts), **options).splitlines()


def golden_attempt(case: str) -> Attempt:
    """Read one of the attempts that every report is tried with."""
    return from_json((GOLDEN / "attempts" / f"{case}.json").read_text("utf-8"))


def compare_with_golden(path: Path, text: str) -> None:
    """Compare a text with its golden file, or rewrite the file where that is asked for."""
    if os.environ.get("GRADER_UPDATE_GOLDEN") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    golden = path.read_bytes().decode()
    change = difflib.unified_diff(
        golden.splitlines(), text.splitlines(), "golden", "rendered", lineterm=""
    )

    assert golden == text, "\n".join(["the rendering changed:", *change])


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("case", CASES)
def test_golden(case: str, style: str) -> None:
    """An attempt renders as its golden file, letter for letter."""
    text = terminal.render(golden_attempt(case), **CASES[case], **STYLES[style])

    compare_with_golden(GOLDEN / "terminal" / f"{case}-{style}.txt", text)


def test_translation_stands_above_the_error() -> None:
    """An error in other words is told first; the original follows with the student's lines."""
    found = verdict(
        "double",
        "It doubles.",
        "1",
        Outcome.RAISED,
        "NameError: name 'F' is not defined\n  answer.py:2 in double\n    return F.relu(x)\n"
        "           ^",
    )
    told = Diagnosis("torch:not_imported", "F is not known here: it is not imported.")
    lines = rendered(dataclasses.replace(found, diagnosis=told))
    start = lines.index("       F is not known here: it is not imported.")

    assert lines[start : start + 5] == [
        "       F is not known here: it is not imported.",
        "       NameError: name 'F' is not defined",
        "         answer.py:2 in double",
        "           return F.relu(x)",
        "                  ^",
    ]


def test_signature_stands_below_the_message() -> None:
    """A signature is set apart below what the expectation said, as a mistake's sentence is."""
    found = verdict("double", "It doubles.", "1", Outcome.FAILED, "off by up to 2")
    told = Diagnosis("signature:twice", "Every value is exactly twice the right one.")
    lines = rendered(dataclasses.replace(found, diagnosis=told))
    start = lines.index("       off by up to 2")

    assert lines[start + 1] == "       → Every value is exactly twice the right one."


# Letters of every kind, and many of those that a terminal would obey.
ANY_TEXT = st.text(
    st.characters() | st.sampled_from("\x1b\r\n\t \x9b\u202e\u0301勾✓"), max_size=120
)
ANY_ATTEMPT = st.builds(
    lambda verdicts, title, path: attempt(*verdicts, title=title, path=path),
    st.lists(
        st.builds(
            verdict,
            st.just("id"),
            ANY_TEXT,
            st.integers(0, 99999).map(lambda hundredths: str(Fraction(hundredths, 100))),
            st.sampled_from(Outcome),
            ANY_TEXT,
            diagnosis=ANY_TEXT,
            needs=st.none() | ANY_TEXT,
        ),
        max_size=5,
    ),
    ANY_TEXT,
    ANY_TEXT,
)


@PATIENT
@given(ANY_ATTEMPT, ANY_TEXT, st.integers(30, 100), st.booleans())
def test_nothing_raw(record: Attempt, note: str, width: int, is_ascii: bool) -> None:
    """No text of a student reaches the terminal as a control character or turns a line."""
    text = terminal.render(record, notes=(note,), width=width, is_ascii=is_ascii)
    joiners = "\u200c\u200d"

    assert [one for one in text if not one.isprintable() and one not in "\n" + joiners] == []
    assert text.endswith("\n")
    assert text.isascii() or not is_ascii


@PATIENT
@given(ANY_ATTEMPT, ANY_TEXT, st.integers(30, 100), st.booleans())
def test_width(record: Attempt, note: str, width: int, is_ascii: bool) -> None:
    """No line takes more cells than the terminal is wide."""

    def cells(line: str) -> int:
        seen = [one for one in line if unicodedata.category(one) not in ("Mn", "Me", "Cf")]
        return len(seen) + sum(unicodedata.east_asian_width(one) in "WF" for one in seen)

    text = terminal.render(record, notes=(note,), width=width, is_ascii=is_ascii)

    assert [line for line in text.split("\n") if cells(line) > width] == []


@PATIENT
@given(ANY_ATTEMPT)
def test_color_only_adds(record: Attempt) -> None:
    """With its colours taken out, the coloured text is the plain one."""
    colored = terminal.render(record, has_color=True)

    assert terminal.render(record) == re.sub(r"\x1b\[[0-9]+m", "", colored)


@PATIENT
@given(ANY_ATTEMPT, st.floats(0, 1e6))
def test_only_seconds_differ(record: Attempt, seconds: float) -> None:
    """Two attempts that differ in their times differ in the line of the time only."""
    other = terminal.render(dataclasses.replace(record, seconds=seconds)).splitlines()
    pairs = zip(terminal.render(record).splitlines(), other, strict=True)

    assert [one for one, two in pairs if one != two and "seed 20" not in one] == []


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        (Outcome.RAISED, "raised an error"),
        (Outcome.TIMED_OUT, "took too long and was stopped"),
        (Outcome.OUT_OF_MEMORY, "used more memory than is allowed"),
        (Outcome.FORBIDDEN, "did something that is not allowed here"),
        (Outcome.CRASHED, "ended the program before it answered"),
        (Outcome.UNGRADED, "could not be graded; the files are not at fault"),
    ],
)
def test_outcome_without_message(outcome: Outcome, sentence: str) -> None:
    """A verdict that brings no message still says how it ended."""
    lines = rendered(LOSS, verdict("step", "One step.", "2", outcome))

    assert lines[4] == f"       {sentence}"


@pytest.mark.parametrize("outcome", [Outcome.PASSED, Outcome.FAILED])
def test_nothing_to_tell(outcome: Outcome) -> None:
    """A check that passed, or lost its points without a message, takes one line."""
    lines = rendered(LOSS, verdict("step", "One step.", "2", outcome))

    assert lines[4] == ""


def test_undecided_score() -> None:
    """An attempt with an ungraded check shows no number as its score."""
    lines = rendered(LOSS, verdict("step", "One step.", "2", Outcome.UNGRADED, "the child is gone"))

    assert lines[-2:] == [
        "  score  not decided: 1 of 2 checks could not be graded; tell your teacher",
        "         1.2 s, seed 20",
    ]


def test_no_checks() -> None:
    """An attempt without a verdict says so and gives no score."""
    assert rendered() == [
        "exercise-03  Gradients                                             handed-in/ada",
        "",
        "  score  not decided: there are no checks; tell your teacher",
        "         1.2 s, seed 20",
    ]


@pytest.mark.parametrize(
    ("count", "withheld", "sentence"),
    [
        (4, "6", "4 of 4 visible checks pass; 6 more points are checked at submission."),
        (1, "1", "1 of 1 visible check passes; 1 more point is checked at submission."),
        (2, "0.5", "2 of 2 visible checks pass; 0.5 more points are checked at submission."),
        (4, "0", "Full marks: 4 of 4 checks pass."),
        (1, "0", "Full marks: 1 of 1 check passes."),
    ],
)
def test_coverage(count: int, withheld: str, sentence: str) -> None:
    """The last line says what passed, and full marks only where nothing is withheld."""
    lines = rendered(*[VISIBLE] * count, withheld=Fraction(withheld))

    assert lines[-1] == f"  {sentence}"


def test_hidden_checks_are_not_counted_as_visible() -> None:
    """The sentence about visible checks counts no hidden one."""
    lines = rendered(VISIBLE, GRADIENT, withheld=Fraction(6))

    assert lines[-1] == "  1 of 1 visible check passes; 6 more points are checked at submission."


def test_withheld_score_is_not_whole() -> None:
    """The score of a student's copy is marked as the score so far."""
    lines = rendered(VISIBLE, withheld=Fraction(6))

    assert "  score  1 / 1 so far      1.2 s, seed 20" in lines


def test_lost_points_are_not_called_full() -> None:
    """An attempt that lost points ends with its score."""
    assert rendered(LOSS, GRADIENT)[-1] == "  score  1 / 3      1.2 s, seed 20"


@pytest.mark.parametrize("confinement", ["none", "not confined, rlimits"])
def test_unconfined(confinement: str) -> None:
    """An attempt without walls says so below the score."""
    environment = dataclasses.replace(ENVIRONMENT, confinement=confinement)
    text = terminal.render(attempt(GRADIENT, environment=environment), width=100)

    assert text.endswith("\n\n  not confined: these files could do whatever your account may\n")


def test_message_of_every_check_stands_above() -> None:
    """What every tried check says alike is told once, above the list."""
    text = terminal.render(golden_attempt("does-not-load"))

    assert text.count("SyntaxError") == 1
    assert text.index("SyntaxError") < text.index("✗")


def test_shared_message_is_told_once() -> None:
    """A message that some checks share stands under the first, and the others point to it."""
    text = terminal.render(golden_attempt("shared-message"))

    assert text.count("returned None") == 1
    assert text.count("as above\n") == 1
    assert text.count("as for: The gradient agrees with the reference.\n") == 1


@pytest.mark.parametrize("width", [40, 60, 80])
def test_caret_stays_in_its_place(width: int) -> None:
    """The caret below a source line points at the same letter at every width."""
    source = "    first = second + third(fourth, fifth) * sixth_of_them_all + seventh"
    message = f"NameError: x\n{source}\n{' ' * source.index('sixth')}^^^^^"
    lines = rendered(verdict("a", "Title.", "1", Outcome.RAISED, message), width=width)
    carets = next(line for line in lines if "^" in line)

    column = carets.index("^")

    assert lines[lines.index(carets) - 1][column : column + 5] == "sixth"


def test_long_message_is_bounded() -> None:
    """A message of a million characters keeps its head and its tail and says what is missing."""
    message = "ValueError: " + "9" * 1_000_000 + "\ngradients.py:3 in loss"
    text = terminal.render(attempt(verdict("a", "Title.", "1", Outcome.RAISED, message)))

    assert "\n       (… 998,613 characters left out …)\n       gradients.py:3 in loss\n" in text
    assert len(text) < 3000


def test_many_lines_are_bounded() -> None:
    """A message of many lines shows forty of them, the count of what is missing included."""
    message = "\n".join(f"row {row}" for row in range(1000))
    lines = rendered(verdict("a", "Title.", "1", Outcome.FAILED, message))
    body = [line.strip() for line in lines if line.startswith("       ")]

    assert len(body) == 40
    assert body[28:31] == ["row 28", "(… 7,618 characters left out …)", "row 990"]


def test_aligned_lines_are_kept() -> None:
    """A line that fits keeps the spaces within it."""
    lines = rendered(verdict("a", "T.", "1", Outcome.FAILED, "expected  [1, 2]\ngot       [1, 3]"))

    assert lines[3:5] == ["       expected  [1, 2]", "       got       [1, 3]"]
