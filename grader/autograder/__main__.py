"""What an autograder starts: the one exercise that lies beside it is graded, for its platform.

    python -m grader.autograder gradescope /autograder    results/results.json
    python -m grader.autograder classroom50 FOLDER        result.json, release-body.md

0 means that the file is written, whatever the score. Otherwise there is no file, nothing counts as
graded, and a sentence on stderr says why: Gradescope shows it to teachers, Classroom 50 in the log
of the run.

What lateness costs is the platform's own business, and is not asked here. Where a time decides how
much is told (`reveal="after-due"`), it is that of the submission, so that a regrade tells the same.
"""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from grader import commits, course, received, submissions
from grader.autograder import COURSE, EXERCISE
from grader.errors import ConfinementError, CourseError, GraderError, SandboxError, SubmissionError
from grader.records import Attempt
from grader.reports import sentences
from grader.reports.exports import classroom50, gradescope, markdown
from grader.reports.exports.text import plain
from grader.sandbox import walls
from grader.trusted import Judge, order
from grader.verbs import screen, sealed

CONFINE = "GRADER_CONFINE"
CAREFUL = "careful"
DEMANDS = (CAREFUL, "strict", "auto")

# GitHub refuses the text of a release that has more than 125,000 letters.
_MOST_BODY = 100_000


def main(words: list[str]) -> int:
    """Grade for a platform, and give the exit code."""
    grading = {"gradescope": _gradescope, "classroom50": _classroom50}
    try:
        match words:
            case [str(platform), str(place)] if platform in grading:
                attempt = grading[platform](Path(place))
            case _:
                raise CourseError(f"write {' or '.join(grading)}, and a folder; not {words}")
    except GraderError as error:
        # Students read the log of Classroom 50's runner, and GitHub obeys some of its lines.
        print(plain(f"Nothing was graded: {error}"), file=sys.stderr)
        return error.exit_code
    print(f"{attempt.exercise}: {sentences.score_of(attempt)}")
    return 0


def _gradescope(root: Path) -> Attempt:
    """Grade what lies in Gradescope's folders."""
    now = _handed_in(root / "submission_metadata.json")
    attempt = _graded(root / "source", root / "submission", now)
    screen.write(root / "results" / "results.json", gradescope.export(attempt))
    return attempt


def _classroom50(folder: Path) -> Attempt:
    """Grade the checkout that this was started in; `folder` holds the assignment's files."""
    checkout = Path.cwd()
    committed = commits.last(checkout, ())
    if committed is None:
        raise SandboxError(f"{checkout} is no git repository that says when it was committed")
    stated = committed.strftime("%Y-%m-%dT%H:%M:%SZ")
    handed = classroom50.handed({**os.environ, "COMMIT_DATETIME": stated})
    attempt = _graded(folder, checkout, committed)
    result = classroom50.export(attempt, handed)
    body = markdown.export(attempt)
    if len(body) <= _MOST_BODY:
        screen.write(checkout / "release-body.md", body)
    screen.write(checkout / "result.json", result)
    return attempt


def _graded(source: Path, folder: Path, now: datetime | None) -> Attempt:
    """Grade one submission.

    Args:
        source: the folder with the course, and the name of its exercise.
        folder: what was handed in.
        now: when that was; None where nobody says.

    Raises:
        SandboxError: the exercise has a due time, and nobody says when this was handed in; or it
            is sealed, and there is no key.
        ConfinementError: walls are missing that are demanded.
        CourseError: what is demanded is no word for it.
    """
    known = course.load(source / COURSE)
    name = (source / EXERCISE).read_text(encoding="utf-8").strip()
    exercise = course.find_exercise(known, name, known.root)
    if now is None and exercise.due is not None:
        # The clock would say when it was graded, and a regrade something else.
        raise SandboxError("the platform does not say when this was handed in")
    if exercise.sealed_file.is_file() and not os.environ.get(sealed.VARIABLE):
        raise SandboxError(
            f"{exercise.id} is sealed, and its key is not in the variable {sealed.VARIABLE}"
        )
    demand = os.environ.get(CONFINE) or CAREFUL
    if demand not in DEMANDS:
        raise CourseError(f"{CONFINE} is {demand!r}; write one of {', '.join(DEMANDS)}")
    is_careful = demand == CAREFUL
    if is_careful:
        demand_walls({wall.name for wall in walls.available() if wall.missing is None})
    confine = "auto" if is_careful else demand
    with sealed.given(known.root, exercise, confine) as given:
        try:
            place = received.place(folder, given.exercise) or folder
            submission = submissions.read(place, given.exercise, "submission")
        except SubmissionError as error:
            return received.unreadable(given.exercise, str(error))
        wish = order(given.root, given.exercise, submission, confine=given.confine, now=now,
                     told_as=given.told_as)  # fmt: skip
        with Judge() as judge:
            attempt = judge.grade(wish)
    if is_careful and attempt.score.is_decided:
        # What was offered need not have been built; then nothing of it is told.
        demand_walls(standing_in(attempt.environment.confinement))
    return attempt


def standing_in(confinement: str) -> set[str]:
    """Name the walls that an attempt ran behind, from how `walls.describe` tells them."""
    phrases = {"own user": "user"}
    return {phrases.get(each, each.partition(" ")[0]) for each in confinement.split(", ")}


def demand_walls(standing: set[str]) -> None:
    """Demand that a submission cannot read the checks.

    Raises:
        ConfinementError: neither Landlock nor an account of its own keeps them from it, or it could
            ask the kernel for whatever it wants.
    """
    if "seccomp" not in standing or not standing & {"landlock", "user"}:
        lacking = sorted({"landlock", "seccomp", "user"} - standing)
        raise ConfinementError(
            f"this machine lacks {', '.join(lacking)}, so a submission could read the checks and "
            f"write its own result. Grade elsewhere, or set {CONFINE} to auto where you accept that"
        )


def _handed_in(path: Path) -> datetime | None:
    """Read from Gradescope's record when a submission was handed in; None where it is not told."""
    try:
        time = datetime.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["created_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
