"""`grade seal`: what students must not read, in one file that travels with what they may."""

import sys

import click

from grader.errors import CourseError
from grader.verbs import choice, complete, screen, sealed


@click.command(name="seal")
@click.argument("exercises", metavar="[EXERCISE]...", nargs=-1,
                shell_complete=complete.exercises)  # fmt: skip
@click.option("--new-key", is_flag=True, help="Print a fresh key, and do nothing else.")
@click.option("--check", "is_check", is_flag=True,
              help="Write nothing; exit 1 unless every seal opens and is fresh.")  # fmt: skip
def command(exercises: tuple[str, ...], new_key: bool, is_check: bool) -> None:
    """Seal each EXERCISE, or all of the course, with the key in the variable GRADER_KEY.

    Hidden checks and references are encrypted into sealed/exercise-NN.sealed. Where that key is set
    and those files are, as in an Action of a student's repository, grade EXERCISE opens them.

    Example: grade seal exercise-03
    """
    with screen.ending():
        sealed.demand_library()
        if new_key:
            _print_new_key(is_alone=not exercises and not is_check)
            return
        is_right = _all(exercises, is_check=is_check)
    sys.exit(0 if is_right else 1)


def _print_new_key(*, is_alone: bool) -> None:
    from grader.seal import keys  # noqa: PLC0415  Help answers without the library.

    if not is_alone:
        raise CourseError("--new-key prints a key and does nothing else; leave the other words out")
    click.echo(keys.text(keys.new()))
    screen.remark(
        "This key is written nowhere. Keep it where you keep passwords: who has it can open what "
        f"it seals, and without it nobody can. Set it as {sealed.VARIABLE} to seal."
    )


def _all(words: tuple[str, ...], *, is_check: bool) -> bool:
    """Seal what is meant, or look whether it is sealed; whether all is as it should be."""
    # Help answers without YAML and the library.
    from grader.seal import closing, keys, parts  # noqa: PLC0415

    key = keys.from_environment()
    if key is None:
        raise CourseError(
            f"{sealed.VARIABLE} is not set: it holds the key that seals. A fresh one is printed by "
            "grade seal --new-key"
        )
    known, every = choice.exercises(None)
    named = [exercise for word in words for exercise in choice.exercises(word)[1]]
    chosen = named or [exercise for exercise in every if parts.is_here(exercise)]
    if not chosen:
        raise CourseError(
            "nothing here is hidden: there is no folder in tests/ or solutions/. Seal in the "
            "teacher's copy of the course"
        )
    is_right = True
    for each in chosen:
        if is_check:
            fault = closing.fault(each, key)
            is_right &= not fault
            said = fault or f"{each.id}: sealed as it lies here"
        else:
            new = closing.sealed(each, key)
            is_new = parts.sealed(each) != new.data
            if is_new:
                each.sealed_file.parent.mkdir(exist_ok=True)
                screen.write(each.sealed_file, new.data)
            said = f"{each.id}: {'sealed' if is_new else 'unchanged'}, {new.files} files"
        screen.say(said)
    left = [] if named else closing.left_over(known)
    for name in left:
        screen.say(f"{name} belongs to no exercise here; remove it")
    return is_right and not (is_check and left)
