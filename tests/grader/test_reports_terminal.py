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
from grader.errors import Evidence
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
    evidence: Evidence | None = None,
) -> Verdict:
    """Build a verdict with the fields that a report shows."""
    return Verdict(
        check=Check(id_, title, Fraction(points), visibility, needs),
        outcome=outcome,
        message=message,
        diagnosis=Diagnosis("a_mistake", diagnosis) if diagnosis else None,
        seconds=0.25,
        evidence=evidence,
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
    "lesson": {
        "withheld": Fraction(6),
        "hidden": 5,
        "hints": {each: f"grade hint exercise-02 {each}" for each in ("add", "matvec")},
    },
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
# Also texts that are laid out as calls and as tables.
ANY_NUMBERS = st.lists(st.sampled_from(["1.0", "[2.25", "-0.125]", "...", "勾\x1b"]), max_size=9)
ANY_EVIDENCE = st.builds(
    Evidence,
    st.sampled_from(["values", "shape", "type", ""]),
    ANY_TEXT,
    ANY_NUMBERS.map(", ".join) | ANY_TEXT,
    ANY_NUMBERS.map(", ".join) | ANY_TEXT,
    given=ANY_TEXT | ANY_TEXT.map(lambda text: f"call(a={text}, b=[1, 2], c: float32 (3, 5))"),
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
            evidence=st.none() | ANY_EVIDENCE,
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


def test_a_lesson() -> None:
    """What went in stands above the message, what came out above what is right below it."""
    given = "add(a=tensor([1.0, 2.0]), b=tensor([3.0, 4.0]))"
    seen = Evidence("values", "the result", "[4.0, 16.0]", "[4.0, 6.0]", "[1]", given=given)
    found = verdict("add", "It adds.", "1", Outcome.FAILED, "off by 10", diagnosis="No.",
                    evidence=seen)  # fmt: skip
    text = terminal.render(attempt(found), hints={"add": "grade hint exercise-02 add"})

    assert text.splitlines()[2:11] == [
        "  ✗  It adds.                                                              0 / 1",
        "       add(a=tensor([1.0, 2.0]), b=tensor([3.0, 4.0]))",
        "       off by 10",
        "         got       [4.0, 16.0]",
        "         expected  [4.0,  6.0]",
        "                          ^^^",
        "       → No.",
        "       hint: grade hint exercise-02 add",
        "",
    ]


def test_a_table_is_cut_around_the_difference() -> None:
    """Where a table is too wide, both lines show the number that differs."""
    numbers = [f"{n}.25" for n in range(10, 18)]
    got, wanted = (f"[{', '.join([*numbers[:6], value, numbers[7]])}]" for value in ("9.5", "1.0"))
    seen = Evidence("values", "the result", got, wanted)
    found = verdict("add", "It adds.", "1", Outcome.FAILED, "off", evidence=seen)
    lines = terminal.render(attempt(found), width=40).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("         got"))

    assert lines[start : start + 3] == [
        "         got       …, 15.25, 9.5, 17.25]",
        "         expected  …, 15.25, 1.0, 17.25]",
        "                             ^^^",
    ]


@pytest.mark.parametrize(
    ("asked", "got", "wanted", "message"),
    [
        ("values", "2", "", "off by 1"),
        ("dtype", "torch.float64", "torch.float32", "wrong"),
        ("shape", "(3, 2)", "(2, 3)", "has shape (3, 2); shape (2, 3) is expected"),
    ],
)
def test_a_table_says_nothing_twice(asked: str, got: str, wanted: str, message: str) -> None:
    """There is no table where the sentence says it all, or what is right is not told."""
    found = verdict("add", "It adds.", "1", Outcome.FAILED, message,
                    evidence=Evidence(asked, "the result", got, wanted))  # fmt: skip

    assert rendered(found)[3:5] == [f"       {message}", ""]


def test_other_shapes_are_not_compared_number_by_number() -> None:
    """Of two shapes no number is pointed at: none belongs to another."""
    got, wanted = "(2, 1) [[1.0], [2.0]]", "(1, 2) [[1.0, 2.0]]"
    seen = Evidence("shape", "the result", got, wanted)
    found = verdict("add", "It adds.", "1", Outcome.FAILED, "wrong", evidence=seen)

    assert rendered(found)[4:7] == [
        "         got       (2, 1) [[1.0], [2.0]]",
        "         expected  (1, 2) [[1.0, 2.0]]",
        "",
    ]


def test_a_call_is_broken_between_its_arguments() -> None:
    """A call that is too long has its arguments below each other; long ones go on deeper."""
    given = "linear(x=tensor([1.0, 2.0]), weight=tensor([[1.0, 2.0], [3.0, 4.0]]), lr=0.1)"
    seen = Evidence("", "", given=given)
    found = verdict("linear", "It maps.", "1", Outcome.RAISED, "no", evidence=seen)

    assert rendered(found)[3:6] == [
        "       linear(x=tensor([1.0, 2.0]), weight=tensor([[1.0, 2.0], [3.0, 4.0]]),",
        "              lr=0.1)",
        "       no",
    ]
    assert rendered(found, width=40)[3:9] == [
        "       linear(",
        "         x=tensor([1.0, 2.0]),",
        "         weight=tensor([[1.0, 2.0],",
        "           [3.0, 4.0]]),",
        "         lr=0.1)",
        "       no",
    ]


def test_a_call_of_a_check_without_a_message_is_told() -> None:
    """What went in is told also where nothing else is."""
    seen = Evidence("", "", given="double(x: float32 (2,))")
    found = verdict("double", "It doubles.", "1", Outcome.FAILED, evidence=seen)

    assert rendered(found)[3:5] == ["       double(x: float32 (2,))", ""]


def test_what_waits_for_another_check_takes_one_line() -> None:
    """A check that was not tried is a dimmed line; its title is cut, what it needs is not."""
    title = "The gradient is right whether or not the weight asks for gradients itself."
    waiting = verdict("all", title, "1", Outcome.SKIPPED, "not tried: needs loss", needs="loss")
    lines = rendered(waiting, has_color=True)

    assert lines[2:4] == [
        "\x1b[2m  –  The gradient is right whether or not the weight asks fo…"
        "  needs loss  0 / 1\x1b[0m",
        "",
    ]


def test_what_was_skipped_for_a_reason_says_it() -> None:
    """What the check itself skipped keeps the sentence of its author."""
    skipped = verdict("all", "It runs.", "1", Outcome.SKIPPED, "not tried: no GPU", needs="loss")

    assert rendered(skipped)[3] == "       not tried: no GPU"


def test_hints_are_offered_for_what_is_listed() -> None:
    """The line for a hint stands below the checks that have one."""
    lines = rendered(LOSS, GRADIENT, hints={"gradient": "grade hint exercise-03 gradient"})

    assert [line for line in lines if "hint" in line] == [
        "       hint: grade hint exercise-03 gradient"
    ]


@pytest.mark.parametrize(
    ("hidden", "withheld", "sentence"),
    [
        (5, "6", "1 of 1 visible check passes; 5 more (6 points) are checked at submission."),
        (1, "6", "1 of 1 visible check passes; 1 more (6 points) is checked at submission."),
        (2, "1", "1 of 1 visible check passes; 2 more (1 point) are checked at submission."),
        (5, "0", "Full marks: 1 of 1 check passes."),
    ],
)
def test_how_many_checks_wait_is_told(hidden: int, withheld: str, sentence: str) -> None:
    """Where it is known how many checks are tried at submission, the last line says so."""
    lines = rendered(VISIBLE, withheld=Fraction(withheld), hidden=hidden)

    assert lines[-1] == f"  {sentence}"


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
