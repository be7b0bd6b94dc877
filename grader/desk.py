"""What a student's desk looks like: where they stand, what is next, and which hint is due.

Everything is put together from gradebook.yml, the text of the visible checks, hints.yml and the
memory; nothing is run, nothing is asked of a network, and torch is not there.
"""

import difflib
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from grader import hints, marks, policy, stubs
from grader.errors import CourseError
from grader.memory import Memory, Past, Standing
from grader.records import Course, Exercise, Outcome
from grader.reports.ladder import Ladder
from grader.reports.progress import Line, Next, moment

_ENDED = {
    Outcome.RAISED: "raised an error",
    Outcome.TIMED_OUT: "took too long",
    Outcome.OUT_OF_MEMORY: "used too much memory",
    Outcome.FORBIDDEN: "did what is not allowed",
    Outcome.CRASHED: "ended the program",
    Outcome.SKIPPED: "was not tried",
    Outcome.UNGRADED: "was not graded",
}
# What says nothing about the student's code.
NOT_LOST = frozenset({Outcome.PASSED, Outcome.SKIPPED, Outcome.UNGRADED})


def look(
    course: Course, kept: Memory | None, now: datetime, cwd: Path
) -> tuple[tuple[Line, ...], Next]:
    """Say where a student stands in each exercise of a course, and what is next.

    Args:
        course: all of it.
        kept: what is remembered; None where that cannot be read.
        now: the time, on the reader's clock.
        cwd: where paths start.

    Raises:
        StoreError: the memory cannot be read.
    """
    standings = kept.standings() if kept else {}
    lines = tuple(_line(each, standings.get(each.id)) for each in course.exercises)
    last = kept.last() if kept else None
    chosen = following(lines, last.exercise if last else None, now)
    named = {each.id: each for each in course.exercises}
    exercise = named[chosen.exercise] if chosen else None
    past = kept.last(exercise.id) if kept and exercise else None
    has_more = any(line.here != line.points for line in lines)
    return lines, advice(exercise, past, has_more, cwd)


def _line(exercise: Exercise, standing: Standing | None) -> Line:
    visible = marks.worth(exercise.stub_dir)
    is_hidden_here = any(exercise.hidden_dir.glob("test_*.py"))
    due = policy.read_due(exercise.due).end() - timedelta(minutes=1) if exercise.due else None
    line = Line(
        exercise.id,
        exercise.title,
        exercise.points,
        visible,
        exercise.points if is_hidden_here else visible,
        due=due.astimezone() if due else None,
    )
    if standing is None:
        return line
    at = standing.last_at.astimezone()
    return replace(line, best=standing.best, possible=standing.possible, last_at=at)


def following(lines: Sequence[Line], last: str | None, now: datetime) -> Line | None:
    """Choose what to do next; None where nothing is left to do here.

    First what is due soonest, and what is over last. Of equals, the exercise last tried while it
    is not finished, and then those after it: who has skipped one is not sent back before the end.
    """
    names = [line.exercise for line in lines]
    start = names.index(last) if last in names else 0

    def rank(index: int) -> tuple[bool, float, int]:
        due = lines[index].due
        seconds = due.timestamp() if due else float("inf")
        is_over = due is not None and due < now
        return is_over, 0.0 if is_over else seconds, (index - start) % len(lines)

    unfinished = [index for index, line in enumerate(lines) if not line.is_full]
    return lines[min(unfinished, key=rank)] if unfinished else None


def advice(exercise: Exercise | None, past: Past | None, has_more: bool, cwd: Path) -> Next:
    """Say what to do next, and the commands that do it.

    Args:
        exercise: what is next; None where nothing is left to do here.
        past: the last attempt at it.
        has_more: whether checks are tried at submission that are not here.
        cwd: where paths start.
    """
    if exercise is None:
        more = "The other checks are tried at submission." if has_more else "Well done."
        return Next(f"Every point that can be earned here is earned. {more}", ())
    name = f"{exercise.id}, {exercise.title}"
    grade = f"grade {exercise.id}"
    if past is None:
        readme = os.path.relpath(exercise.stub_dir / "README.md", cwd)
        files = " and ".join(exercise.files)
        return Next(f"{name}: read {readme}, write {files} beside it, then type", (grade,))
    count = sum(check.outcome is Outcome.PASSED for check in past.checks)
    verb = "passes" if len(past.checks) == 1 else "pass"
    of = f"{count} of {len(past.checks)} checks {verb} in the last attempt"
    return Next(f"{name}: {of}", (f"grade hint {exercise.id}", grade))


def check_to_hint(
    exercise: Exercise, listed: Mapping[str, tuple[str, ...]], past: Past | None, word: str | None
) -> str | None:
    """Choose the check whose hint is told; None where all passed in the last attempt.

    It is the one that `word` names; or the first that the last attempt lost; or the first that it
    did not pass, in the order of the report, of the visible check files, and of hints.yml.

    Args:
        exercise: which one.
        listed: its hints, by check.
        past: the last attempt at it.
        word: the id of a check, as the user typed it; None leaves the choice.

    Raises:
        CourseError: there are no hints for the check that `word` names.
    """
    if word is not None:
        check = word.removeprefix("test_")
        if hints.of(listed, check):
            return check
        close = difflib.get_close_matches(check[:60], listed, 1)
        guess = f"; did you mean {close[0]}?" if close else "."
        raise CourseError(
            f'there are no hints for "{word[:60]}" in {exercise.id}{guess} '
            f"There are some for: {', '.join(listed)}"
        )
    tried = past.checks if past else ()
    passed = {each.name for each in tried if each.outcome is Outcome.PASSED}
    lost = [each.name for each in tried if each.outcome not in NOT_LOST]
    order = [*lost, *(each.name for each in tried), *_titles(exercise), *listed]
    return next((name for name in order if name not in passed and hints.of(listed, name)), None)


def ladder(
    exercise: Exercise, check: str, told: Sequence[str], of: int, past: Past | None
) -> Ladder:
    """Put together what is told of a check.

    Args:
        exercise: which one.
        check: the check's id.
        told: its hints so far.
        of: how many it has.
        past: the last attempt at the exercise.
    """
    titles = _titles(exercise)
    tried = next((each for each in past.checks if each.name == check), None) if past else None
    title = titles.get(check.partition("[")[0], tried.title if tried else "")
    if tried and past:
        when = moment(past.at.astimezone(), datetime.now().astimezone())
        ended = _ENDED.get(tried.outcome, tried.outcome)
        note = f"{check}: {ended} in the last attempt, {when}"
    elif title:
        note = f"{check}: not tried yet"
    else:
        title, note = check, "tried at submission: this check is not in your copy"
    outcome = tried.outcome if tried else None
    heading = exercise.title
    return Ladder(exercise.id, heading, check, title, outcome, note, tuple(told), of)


def after(exercise: Exercise, check: str, number: int, of: int, cwd: Path) -> tuple[str, ...]:
    """Say what comes after a hint: the next one, or what else helps."""
    if number < of:
        return (f"for the next: grade hint {exercise.id} {check}",)
    readme = os.path.relpath(exercise.stub_dir / "README.md", cwd)
    return (
        f"That was the last. What else helps: read {readme} again; print what your function "
        "returns, and its shape, in a Python prompt; show somebody the report of "
        f"grade {exercise.id}.",
    )


def _titles(exercise: Exercise) -> dict[str, str]:
    """List the visible checks with their lines in the report; none where they cannot be read."""
    try:
        return {each.name: each.title for each in marks.of_folder(exercise.stub_dir)}
    except CourseError:
        return {}


def is_own(exercise: Exercise, path: Path | None) -> bool:
    """Whether what is graded are the student's own files, and no folder that somebody handed in."""
    own = os.path.realpath(exercise.stub_dir)
    return path is None or own in (os.path.realpath(path), os.path.dirname(os.path.realpath(path)))


def notice(kept: Memory, exercise: Exercise) -> None:
    """Keep the files of an exercise in which nothing is written yet, to begin again from.

    Raises:
        StoreError: they cannot be kept.
    """
    known = kept.stubs(exercise.id)
    new = {}
    for name in exercise.files:
        try:
            text = (exercise.stub_dir / name).read_text("utf-8") if name not in known else ""
        except (OSError, ValueError):
            continue
        if stubs.is_untouched(text):
            new[name] = text
    if new:
        kept.keep_stubs(exercise.id, new, datetime.now().astimezone())
