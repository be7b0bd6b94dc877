"""`grade hint`: one more hint than last time, for the check that was lost first."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.verbs import complete, screen

if TYPE_CHECKING:
    from grader.memory import Memory, Past
    from grader.records import Course, Exercise


@click.command(name="hint")
@click.argument("exercise", required=False, shell_complete=complete.exercises)
@click.argument("check", required=False, shell_complete=complete.checks)
def command(exercise: str | None, check: str | None) -> None:
    """Tell one more hint than last time, never the answer.

    Without CHECK it is for the first check that the last attempt lost. Without EXERCISE it is for
    the exercise of this folder, or the one that you tried last, or the first.

    Example: grade hint exercise-03
    """
    from grader import course, desk, hints  # noqa: PLC0415  Help answers without YAML.
    from grader.memory import Memory  # noqa: PLC0415  SQLite is for whoever remembers.

    here = Path.cwd()
    with screen.ending():
        root = course.find_root(here)
        known, kept = course.load(root), Memory(root)
        chosen, check = _chosen(known, kept, here, exercise, check)
        listed = hints.load(chosen.stub_dir / hints.HINTS)
        past = None
        with screen.aside():
            desk.notice(kept, chosen)
            past = kept.last(chosen.id)
        name = desk.check_to_hint(chosen, listed, past, check)
        if name is None:
            screen.say(
                f"Every check of {chosen.id} passed in the last attempt. To read the hints of one "
                f"all the same, name it: {', '.join(listed)}"
            )
            return
        sentences = hints.of(listed, name)
        number = 1
        with screen.aside():
            digest = past.digest if past else ""
            number = kept.tell(chosen.id, name, len(sentences), digest, datetime.now(UTC))
        _show(chosen, name, sentences, number, past)


def _show(
    chosen: "Exercise", name: str, sentences: tuple[str, ...], number: int, past: "Past | None"
) -> None:
    from grader import desk  # noqa: PLC0415  It brings the syntax trees of check files.
    from grader.reports import ladder  # noqa: PLC0415

    text = ladder.render(
        desk.ladder(chosen, name, sentences[:number], len(sentences), past),
        desk.after(chosen, name, number, len(sentences), Path.cwd()),
        width=screen.width(),
        is_ascii=not screen.can_encode("✓✗–•"),
        has_color=screen.has_color(),
    )
    click.echo(text, nl=False)


def _chosen(
    known: "Course", kept: "Memory", here: Path, exercise: str | None, check: str | None
) -> tuple["Exercise", str | None]:
    """Find the exercise that is meant, and the check; one word inside a folder may be the check.

    Raises:
        CourseError: none is meant, or the hints of the folder's exercise cannot be read.
    """
    from grader import course, hints  # noqa: PLC0415  Help answers without YAML.

    inside = course.exercise_at(known, here)
    if exercise is None and inside is None:
        last = None
        with screen.aside():
            last = kept.last()
        tried = [each for each in known.exercises if last and each.id == last.exercise]
        return (*tried, *known.exercises)[0], check
    if inside is not None and exercise is not None and check is None:
        word = exercise.removeprefix("test_")
        if hints.of(hints.load(inside.stub_dir / hints.HINTS), word):
            return inside, word
    return course.find_exercise(known, exercise, here), check
