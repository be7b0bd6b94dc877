"""`grade release`: the students' repository, without anything of solutions/ and tests/."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.errors import CourseError
from grader.verbs import choice, screen

if TYPE_CHECKING:
    from grader.records import Course
    from grader.release import Release
    from grader.release.folder import Changes

_MOST_LEAKS = 20


@click.command(name="release")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--check", "is_check", is_flag=True,
              help="Write nothing; exit 1 if anything would change.")  # fmt: skip
@click.option("--force", "is_forced", is_flag=True,
              help="Write over files that no release has written.")  # fmt: skip
@click.option("--allow", "allowed", multiple=True, metavar="FILE",
              help="Let this file leave though it says what is hidden.")  # fmt: skip
@click.option("--checks", metavar="OWNER/REPO",
              help="The private repository from which the workflow has its checks.")  # fmt: skip
@click.option("--classroom", "is_classroom", is_flag=True,
              help="A workflow for GitHub Classroom's reporter.")  # fmt: skip
def command(  # noqa: PLR0917  click passes the words of the command line.
    folder: Path,
    is_check: bool,
    is_forced: bool,
    allowed: tuple[str, ...],
    checks: str | None,
    is_classroom: bool,
) -> None:
    """Write the students' repository into FOLDER: exercises/, gradebook.yml, README.md, workflows.

    Nothing is written if anything of solutions/ or tests/ would leave, by name or by content. An
    earlier release in FOLDER is brought up to date; what else lies there stays.

    Example: grade release ../students
    """
    # Help answers without YAML and notebooks.
    from grader import release  # noqa: PLC0415
    from grader.release import folder as place  # noqa: PLC0415

    with screen.ending("stopped; if it was writing, the next release goes on from there"):
        course, _ = choice.exercises(None)
        place.demand_place(folder, course.root)
        counts = _counted(course)
        planned = release.plan(course, counts, release.Way(checks, is_classroom))
        _demand_no_leak(course, planned, allowed)
        _demand_notebooks(course)
        _demand_seals(course)
        changes = place.compare(planned.files, folder)
        if not is_check and not is_forced:
            place.demand_own(folder, changes)
        if not is_check:
            place.write(planned.files, folder)
        screen.say(release.summary(course, counts))
        _tell(planned, changes, folder, is_check=is_check)
    sys.exit(1 if is_check and not changes.is_none else 0)


def _counted(course: "Course") -> dict[str, int]:
    """Count hidden checks: by their text, and where that does not tell, as grading counts them."""
    from grader import release, submissions  # noqa: PLC0415  As above.

    counts = release.hidden(course)
    unknown = [each for each in course.exercises if counts[each.id] is None]
    if unknown:
        screen.demand_processes()
        from grader.trusted import Judge, order  # noqa: PLC0415  It needs what Windows lacks.

        with Judge() as judge:
            for each in unknown:
                screen.count(f"counting the hidden checks of {each.id}")
                handed = submissions.read(each.reference_dir, each, f"solutions/{each.id}")
                attempt = judge.grade(order(course.root, each, handed))
                hidden = [one for one in attempt.verdicts if one.check.visibility == "hidden"]
                counts[each.id] = len(hidden)
        screen.count("")
    return {name: count or 0 for name, count in counts.items()}


def _demand_notebooks(course: "Course") -> None:
    """Demand that notebooks are what README.md and the stub make: without anybody's output."""
    from grader import handout  # noqa: PLC0415  As above.

    for each in course.exercises:
        path = handout.path(each)
        if path.is_file() and not handout.is_fresh(each):
            raise CourseError(
                f"exercises/{each.id}/{path.name} is not what README.md and the stub make; build "
                f"it again: grade notebook {each.id}"
            )


def _demand_seals(course: "Course") -> None:
    """Demand that seals hold what lies here; where no key is there, say that nobody knows."""
    if not any(each.sealed_file.is_file() for each in course.exercises):
        return
    from grader.verbs import sealed  # noqa: PLC0415  Few courses have any.

    sealed.demand_library()
    from grader.seal import closing, keys  # noqa: PLC0415  It was not known to be there.

    key = keys.from_environment()
    if key is None:
        screen.complain(
            f"the seals leave as they are: whether they are fresh is seen with {keys.VARIABLE} only"
        )
        return
    faults = [closing.fault(each, key) for each in course.exercises if each.sealed_file.is_file()]
    if any(faults):
        raise CourseError("\n".join(filter(None, faults)))


def _demand_no_leak(course: "Course", planned: "Release", allowed: tuple[str, ...]) -> None:
    from grader.release import leaks  # noqa: PLC0415  As above.

    unknown = [path for path in allowed if path not in planned.files]
    if unknown:
        raise CourseError(
            f"--allow {unknown[0]}: no such file leaves; name it from the course's folder, as in "
            "exercises/exercise-03/README.md"
        )
    found = [leak for leak in leaks.find(course, planned.files) if leak.path not in allowed]
    if not found:
        return
    lines = [str(leak) for leak in found[:_MOST_LEAKS]]
    if len(found) > _MOST_LEAKS:
        lines.append(f"and {len(found) - _MOST_LEAKS} more")
    places = "1 place" if len(found) == 1 else f"{len(found)} places"
    raise CourseError(
        f"nothing was written: what is hidden would leave in {places}.\n"
        + "".join(f"  {line}\n" for line in lines)
        + f"Take it out; or, if it is meant, let the file leave with --allow {found[0].path}"
    )


def _tell(planned: "Release", changes: "Changes", folder: Path, *, is_check: bool) -> None:
    """Say what stays and why, what a teacher should know, and what was or would be written."""
    for text in (*(f"stays: {path}" for path in planned.left_out), *planned.notes):
        screen.say(text)
    kinds = {"new": changes.new, "changed": changes.changed, "gone": changes.gone}
    for word, paths in kinds.items() if is_check else ():
        for path in paths:
            screen.say(f"{word:7}  {path}")
    # The list of what was written is no file of the release.
    counts = {word: len(set(paths) & {*planned.files, *changes.gone})
              for word, paths in kinds.items()}  # fmt: skip
    counted = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    would = "would be " if is_check else ""
    said = f"{would}{counted}" if counted else "nothing changes"
    screen.say(f"{folder}: {len(planned.files)} files, {said}")
