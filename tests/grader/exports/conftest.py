"""Attempts to export: three that are kept, any that a student could bring about, and huge ones.

kept("half")         full, half (a diagnosis, a limit, a skipped check) or ungraded
ATTEMPTS, GRADED     hypothesis strategies of hostile attempts, the second only decided ones
huge("many")         many: 2,000 checks; long: a message of a megabyte; both: 50 of 20 kB each
assert_harmless(t)   that a text obeys nobody
"""

import dataclasses
import re
from fractions import Fraction
from pathlib import Path

from hypothesis import HealthCheck, settings
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
from grader.reports.attempt import from_json

# A busy machine is no failure.
PATIENT = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])

GOLDEN = Path(__file__).parents[1] / "golden"

NASTY = (
    "=cmd|' /C calc'!A0", ";=1", ';"=1', "\n=1;", "</script>", "::stop-commands::x", "%0A::error::",
    "=1+1", "+1", "-1", "@SUM(A1)", "＝1", "\t=1", "\r=1", "::error::x", " ::notice title=a::b",
    "##[error]x", "###[a]", "]]>", "<b>&amp;", "<!--", "|", "```", "~~~", "`", "\\", "\x1b[2J",
    "\u202e", "\u2066", "\u200f", "e\u0301", "\ud800", "\x00", "\x85", "\u2028", "\ufffe",
    "\U000e0041", "😀", "👩‍💻", "\r\n", "\n", "\n\n", "\t", ",", ";", '"', "'", ":", "a: b", "a:",
    "[a](http://b)", "$x$",
    "![a](b)", "https://example.com", "# a", "- a", "{", "}", "{{x}}", "%0A", "&#10;", " ", "é",
    "勾",
)  # fmt: skip
HOSTILE = st.lists(st.sampled_from(NASTY) | st.text(max_size=6), max_size=6).map("".join)

VERDICTS = st.lists(
    st.builds(
        Verdict,
        check=st.builds(
            Check,
            id=HOSTILE,
            title=HOSTILE,
            points=st.integers(0, 10**4).map(lambda hundredths: Fraction(hundredths, 100)),
            visibility=st.sampled_from(Visibility),
            needs=st.none() | HOSTILE,
        ),
        outcome=st.sampled_from(Outcome),
        message=HOSTILE,
        diagnosis=st.none() | st.builds(Diagnosis, mistake=HOSTILE, text=HOSTILE),
        seconds=st.floats(0, 1e6),
    ),
    max_size=6,
)


def attempt(verdicts: tuple[Verdict, ...], **changes: object) -> Attempt:
    """Make an attempt at exercise-03 from its verdicts."""
    made = Attempt(
        exercise="exercise-03",
        title="Gradients",
        path="handed-in/ada",
        digest="d" * 64,
        verdicts=verdicts,
        score=scoring.score(verdicts),
        environment=Environment("3.11.7", "2.13.0", "cpu", 1, 20, "0.1.0", "5" * 64, "landlock 5"),
        seconds=1.234,
    )
    return dataclasses.replace(made, **changes)


ATTEMPTS = st.builds(
    lambda verdicts, **fields: attempt(tuple(verdicts), **fields),
    VERDICTS,
    exercise=HOSTILE,
    title=HOSTILE,
    path=HOSTILE,
)
GRADED = ATTEMPTS.filter(lambda made: made.score.is_decided)


def one(
    outcome: Outcome = Outcome.FAILED,
    message: str = "",
    *,
    points: str = "1",
    id_: str = "loss",
    title: str = "A title.",
    diagnosis: str = "",
    needs: str | None = None,
) -> Verdict:
    """Make a verdict."""
    return Verdict(
        check=Check(id_, title, Fraction(points), Visibility.HIDDEN, needs),
        outcome=outcome,
        message=message,
        diagnosis=Diagnosis("a_mistake", diagnosis) if diagnosis else None,
        seconds=0.25,
    )


def kept(name: str) -> Attempt:
    """Read one of the three attempts that the golden files show."""
    stem = "full-marks" if name == "full" else "every-outcome"
    found = from_json((GOLDEN / "attempts" / f"{stem}.json").read_text("utf-8"))
    if name == "half":
        rest = [one for one in found.verdicts if one.outcome is not Outcome.UNGRADED]
        return dataclasses.replace(found, verdicts=tuple(rest), score=scoring.score(rest))
    return found


def huge(kind: str) -> Attempt:
    """Make an attempt that is too big for most formats, with letters that grow when escaped."""
    letters = "é&<\x1b\n::error::勾😀"
    if kind == "long":
        return attempt((one(message=letters * 60_000),))
    many = kind == "many"
    outcomes = (Outcome.PASSED, Outcome.FAILED, Outcome.SKIPPED, Outcome.TIMED_OUT)
    return attempt(
        tuple(
            one(
                outcomes[place % 4],
                letters * (5 if many else 1200),
                id_=f"check_{place}",
                title=f"Check {place} is one of many.",
                points="0.5",
            )
            for place in range(2000 if many else 50)
        )
    )


def assert_harmless(text: str) -> None:
    """Find nothing that a terminal, a log of GitHub or an XML parser would act on."""
    text.encode()

    joined = text.replace("\n", "").replace("\u200c", "").replace("\u200d", "")
    assert joined.isprintable()
    assert re.search(r"^\s*::", text, re.MULTILINE) is None
    assert "##[" not in text
