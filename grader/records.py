"""The nouns of the project, frozen: what the rooms hand to each other.

Points are exact fractions with at most two decimals; `points_text` is the one way to write them,
so that every report shows the same string. Times are seconds, sizes are bytes.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

from grader.errors import Evidence

SCHEMA = "grader/attempt/v1"


class Outcome(StrEnum):
    """How a check ended. Only `PASSED` earns points."""

    PASSED = "passed"
    FAILED = "failed"
    RAISED = "raised"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    FORBIDDEN = "forbidden"
    CRASHED = "crashed"
    SKIPPED = "skipped"
    UNGRADED = "ungraded"


class Visibility(StrEnum):
    """Whether a student may read the check's source."""

    VISIBLE = "visible"
    HIDDEN = "hidden"


class Shows(StrEnum):
    """How much a student is told of a check that is lost, from everything to nothing.

    `FULL` also what went in, where it is small, and what is right. `ACTUAL_ONLY` what came out, and
    of what went in and what is right the form alone. `MESSAGE` a sentence without values.
    `SCORE_ONLY` how it ended, and its points.
    """

    FULL = "full"
    ACTUAL_ONLY = "actual-only"
    MESSAGE = "message"
    SCORE_ONLY = "score-only"


class Isolation(StrEnum):
    """How many children a submission gets: one for all its checks, or one for each."""

    SUBMISSION = "submission"
    CHECK = "check"


@dataclass(frozen=True)
class Limits:
    """What a submission may use; enforced from outside the child.

    `time_s` counts the child's CPU seconds within one check, once its files are loaded, and decides
    the verdict; `wall_s` is the backstop for a child that waits instead of working. `load_s` is the
    CPU budget for executing the submission's files. `memory_bytes` is what the child may use
    beyond the interpreter with torch. `output_bytes` is kept of what it prints; the rest is read
    and dropped.
    """

    time_s: float = 10.0
    wall_s: float = 60.0
    load_s: float = 10.0
    memory_bytes: int = 1 << 30
    output_bytes: int = 64 << 10
    open_files: int = 64


@dataclass(frozen=True)
class Exercise:
    """One unit of the course, as gradebook.yml and the three trees describe it.

    `files` are the names that are handed in, in order; anything else is ignored. `points` is what
    the marks of all its checks must add up to. The three folders need not all exist: a student's
    copy of the course has only `stub_dir`. `due`, `late` and `counts` are texts for `policy`.
    `hidden_checks` is how many a student's copy lacks, None where nobody wrote it down.
    """

    id: str
    title: str
    files: tuple[str, ...]
    points: Fraction
    limits: Limits
    isolation: Isolation
    stub_dir: Path
    reference_dir: Path
    hidden_dir: Path
    due: str | None = None
    late: str | None = None
    counts: str = "best"
    hidden_checks: int | None = None

    @property
    def sealed_file(self) -> Path:
        """Where all that a student must not read lies in one file, if it was sealed."""
        return self.stub_dir.parent.parent / "sealed" / f"{self.id}.sealed"


@dataclass(frozen=True)
class Course:
    """All of one gradebook.yml. `seed` is None where the checks' digest decides it.

    `drop` is how many exercises, those with the lowest shares, do not count in a student's total.
    `action` is the Action that grades in students' repositories, as OWNER/REPO@REF.
    """

    title: str
    root: Path
    exercises: tuple[Exercise, ...]
    seed: int | None = None
    drop: int = 0
    action: str | None = None


@dataclass(frozen=True)
class Source:
    """One file of a submission: its bare name and its whole text.

    Of a notebook, `cells` are the number of each code cell and the line of `text` that it begins
    in, both from 1; of a Python file there are none.
    """

    name: str
    text: str
    cells: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Submission:
    """The files that one student handed in.

    `path` is what the user named, for reports. `digest` is the SHA-256 of names, texts and cells in
    hexadecimal. `missing` are files the exercise asks for that are not there; `ignored` are names
    that were there and not asked for. `notes` are sentences for whoever handed it in.
    """

    path: str
    sources: tuple[Source, ...]
    digest: str
    missing: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """One check function: its id is its name without `test_`, its title its first sentence.

    `shows` is how much a student is told where it is lost; None is what is usual for its
    visibility, and `level` says which that is.
    """

    id: str
    title: str
    points: Fraction
    visibility: Visibility
    needs: str | None = None
    shows: Shows | None = None

    @property
    def level(self) -> Shows:
        """How much is told: everything of a visible check, of a hidden one what came out."""
        is_visible = self.visibility is Visibility.VISIBLE
        return self.shows or (Shows.FULL if is_visible else Shows.ACTUAL_ONLY)


# Begins the id of a diagnosis that puts an error into other words.
TRANSLATED = "torch:"


@dataclass(frozen=True)
class Diagnosis:
    """What explains a lost check, and the sentence that tells it.

    `mistake` is the id: a name from the exercise's mistakes.py; "signature:" and what is seen in
    the answer, as "signature:twice"; or "torch:" and the error, as "torch:leaf_in_place".
    """

    mistake: str
    text: str

    @property
    def is_translation(self) -> bool:
        """Whether it says in other words what the message says."""
        return self.mistake.startswith(TRANSLATED)


@dataclass(frozen=True)
class Verdict:
    """How one check ended, and what the student is told about it ("" when it passed)."""

    check: Check
    outcome: Outcome
    message: str = ""
    diagnosis: Diagnosis | None = None
    seconds: float = 0.0
    evidence: Evidence | None = None


@dataclass(frozen=True)
class Score:
    """Points earned of points possible, and whether every check could be decided."""

    earned: Fraction
    possible: Fraction
    is_decided: bool


@dataclass(frozen=True)
class Environment:
    """What an attempt ran under, so that it can be repeated and defended."""

    python: str
    torch: str
    device: str
    threads: int
    seed: int
    grader: str
    checks_digest: str
    confinement: str


@dataclass(frozen=True)
class Attempt:
    """One grading of one submission."""

    exercise: str
    title: str
    path: str
    digest: str
    verdicts: tuple[Verdict, ...]
    score: Score
    environment: Environment
    seconds: float


def points_text(points: Fraction) -> str:
    """Write points as a decimal with at most two places and no trailing zeros: "2", "0.5", "1.25".

    Raises:
        ValueError: the points need more than two decimal places.
    """
    hundredths = points * 100
    if hundredths.denominator != 1:
        raise ValueError(f"{points} points need more than two decimal places")
    whole, rest = divmod(abs(int(hundredths)), 100)
    sign = "-" if points < 0 else ""
    return f"{sign}{whole}" + (f".{rest:02d}".rstrip("0") if rest else "")
