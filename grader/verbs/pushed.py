"""What a student pushed: the exercises of one repository, graded one after another by one judge.

torch is imported once for all of them. Where the judge dies, the exercise that it was grading is
ungraded and another judge goes on with the next, so that one exercise never costs the others their
score. What cannot be graded on our side is a row with the reason. Files that cannot be read are the
student's: they earn nothing, and the reason is told, as by every autograder of this project.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path

from grader import course, errors, forms, marks, received, submissions
from grader.records import Attempt, Course, Exercise, Submission
from grader.reports.exports.annotations import Place
from grader.reports.sheet import Fault, Row
from grader.trusted import Judge, order
from grader.verbs import sealed

ALL = "all"


@dataclass(frozen=True)
class Graded:
    """One exercise: its row, the files that were graded as the repository has them, its prints."""

    row: Row
    files: dict[str, Place]
    printed: str = ""


def fault_of(error: errors.GraderError) -> Fault:
    """Tell who has to do something about an error."""
    return Fault.COURSE if isinstance(error, errors.CourseError) else Fault.GRADER


def choose(folder: Path, words: str) -> tuple[Course, tuple[Exercise, ...]]:
    """Read the course, and find the exercises that words mean, in its order.

    Args:
        folder: where gradebook.yml is, or a folder below it.
        words: ids and numbers with spaces or commas between them; "" and "all" mean every one.

    Raises:
        CourseError: there is no course, it is at fault, or a word means none of its exercises.
    """
    known = course.load(course.find_root(folder))
    listed = [word for word in re.split(r"[\s,]+", words) if word]
    if not listed or ALL in listed:
        return known, known.exercises
    meant = {course.find_exercise(known, word, folder).id for word in listed}
    return known, tuple(exercise for exercise in known.exercises if exercise.id in meant)


def changed(chosen: Sequence[Exercise], listing: Path | None) -> tuple[Exercise, ...]:
    """Keep the exercises that a push changed: their answers, or what they are graded with.

    Args:
        chosen: those to choose from.
        listing: a file with the paths that it changed, a line each; None keeps all.

    Raises:
        CourseError: the file cannot be read.
    """
    if listing is None:
        return tuple(chosen)
    try:
        paths = listing.read_text("utf-8", errors="replace").splitlines()
    except OSError as error:
        raise errors.CourseError(f"{listing} cannot be read: {error.strerror}") from error
    return tuple(each for each in chosen if any(_concerns(path, each) for path in paths))


def _concerns(path: str, exercise: Exercise) -> bool:
    own = rf"(.*/)?((exercises|tests|solutions)/{exercise.id}/.*|sealed/{exercise.id}\.sealed)"
    return re.fullmatch(rf"{own}|(.*/)?gradebook\.yml", path) is not None


def grade(
    known: Course,
    chosen: Sequence[Exercise],
    handed: Path,
    confine: str,
    tell: Callable[[str, int, int], None],
) -> Iterator[Graded]:
    """Grade exercises of one student.

    Args:
        known: the course that has the checks.
        chosen: which of its exercises.
        handed: the student's repository; for a single exercise also its folder or file.
        confine: auto, strict or no walls.
        tell: hears of each check that is done: the exercise, how many, of how many.

    Raises:
        CourseError: nothing of what is to be graded is there, so whoever started this has named
            another folder; it would be everybody's zero.
    """
    _demand(handed, chosen)
    with ExitStack() as judges:
        judge: Judge | None = None
        for exercise in chosen:
            row, files = _row(exercise), {}
            try:
                if judge is None or not judge.is_alive:
                    judge = judges.enter_context(Judge())
                with sealed.given(known.root, exercise, confine) as given:
                    row = _row(given.exercise)
                    try:
                        path = answers(handed, exercise, is_alone=len(chosen) == 1)
                        submission = submissions.read(path, given.exercise, _shown(path, handed))
                    except errors.SubmissionError as error:
                        yield Graded(replace(row, attempt=_unread(given.exercise, error)), {})
                        continue
                    files = _files(path, submission, given.exercise)
                    row = replace(row, notes=notes_of(submission))
                    wish = order(given.root, given.exercise, submission, confine=given.confine,
                                 told_as=given.told_as)  # fmt: skip
                    attempt = _attempt(judge, wish, given.exercise, partial(tell, exercise.id))
            except errors.GraderError as error:
                yield Graded(replace(row, why=str(error), fault=fault_of(error)), files)
            else:
                fault = None if attempt.score.is_decided else Fault.GRADER
                yield Graded(replace(row, attempt=attempt, fault=fault), files, judge.printed)


def _demand(handed: Path, chosen: Sequence[Exercise]) -> None:
    if not handed.exists():
        raise errors.CourseError(f"there is no {handed}; name the folder with what was handed in")
    names = [f"exercises/{exercise.id}" for exercise in chosen]
    if len(names) > 1 and not any(os.path.lexists(handed / name) for name in names):
        raise errors.CourseError(
            f"{handed} has none of {', '.join(names)}; name the folder with what was handed in, "
            "or one exercise whose files it holds"
        )


def _attempt(
    judge: Judge, wish: dict[str, object], exercise: Exercise, tell: Callable[[int, int], None]
) -> Attempt:
    """Grade, and tell a student nothing of what a hidden check said when it failed itself.

    Raises:
        GraderError: as the judge does; where there are hidden checks, without its words.
    """
    try:
        return judge.grade(wish, tell)
    except errors.ConfinementError:
        raise
    except errors.CourseError as error:
        if not exercise.hidden_dir.is_dir():
            raise
        raise errors.CourseError(
            f"the checks of {exercise.id} are at fault, not the answers. In the teacher's copy, "
            f"grade rehearse {exercise.id} tells more"
        ) from error
    except errors.SandboxError as error:
        if not exercise.hidden_dir.is_dir():
            raise
        raise errors.SandboxError(
            f"the trusted process ended without a result for {exercise.id}; is there memory left?"
        ) from error


def _unread(exercise: Exercise, error: errors.SubmissionError) -> Attempt:
    """Give what comes of files that cannot be taken in: no points of those of the checks here."""
    points = exercise.points
    if not exercise.hidden_dir.is_dir():
        here = [marked.total for marked in marks.of_folder(exercise.stub_dir)]
        points = sum(filter(None, here), Fraction(0)) or points
    return received.unreadable(replace(exercise, points=points), str(error))


def _row(exercise: Exercise) -> Row:
    return Row(exercise.id, exercise.title, exercise.points, hidden=exercise.hidden_checks)


def answers(handed: Path, exercise: Exercise, *, is_alone: bool) -> Path:
    """Find where the answers to an exercise lie.

    Args:
        handed: a repository with exercises/ID; or, for a single exercise, its folder or file.
        exercise: which one.
        is_alone: whether it is the only one that is graded.

    Raises:
        SubmissionError: a link leads there.
    """
    inside = received.place(handed, exercise)
    return inside or (handed if is_alone else handed / "exercises" / exercise.id)


def notes_of(submission: Submission) -> tuple[str, ...]:
    """Say what was missing and what was ignored, for whoever handed it in."""
    named = (("missing", submission.missing), ("ignored", submission.ignored))
    lists = [f"{word}: {', '.join(names)}" for word, names in named if names]
    return (*lists, *submission.notes)


def repository_of(path: Path) -> Path:
    """Find the root of the repository that a path lies in; the working folder without one."""
    real = Path(os.path.realpath(path))
    return next((folder for folder in (real, *real.parents) if (folder / ".git").exists()),
                Path.cwd())  # fmt: skip


def _shown(path: Path, handed: Path) -> str:
    """Name a submission for reports, without the machine's own path to it."""
    return os.path.relpath(path, handed) if path != handed else path.name or "."


def _files(path: Path, submission: Submission, exercise: Exercise) -> dict[str, Place]:
    """Say where the files that were graded lie, from the root of their repository."""
    root = repository_of(path)
    is_folder = path.is_dir()

    def placed(file: Path) -> str:
        return os.path.relpath(os.path.realpath(file), root).replace(os.sep, "/")

    if any(source.cells for source in submission.sources):
        names = [each.name for each in path.glob(f"*{forms.ENDING}")] if is_folder else []
        name = forms.only(names, exercise)
        return {each.name: Place(placed(path / name if name else path))
                for each in submission.sources}  # fmt: skip
    if not is_folder:
        return {source.name: Place(placed(path), source.text) for source in submission.sources}
    return {
        source.name: Place(placed(path / source.name), source.text) for source in submission.sources
    }
