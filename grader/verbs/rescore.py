"""`grade rescore`: scores from stored verdicts, after points or policies changed; nothing runs."""

from typing import TYPE_CHECKING

import click

from grader.verbs import book, choice, screen

if TYPE_CHECKING:
    from grader.gradebook.rescore import Rescored


@click.command(name="rescore")
@click.argument("exercise", required=False)
@click.option("--trial", "is_trial", is_flag=True, help="Only tell what would change.")
@book.option
def command(exercise: str | None, is_trial: bool, where: str | None) -> None:
    """Work out the scores of EXERCISE, or of all, again, without running code.

    Points come from the marks of the checks, policies from gradebook.yml. Tells whose score
    changes and why.

    Example: grade rescore exercise-03
    """
    with screen.ending():
        known, chosen = choice.exercises(exercise)
        with book.open_book(where, known.root) as opened:
            # SQLAlchemy, which may not be installed, has been found by now.
            from grader.gradebook.rescore import rescore  # noqa: PLC0415

            found = rescore(opened, chosen, is_trial)
    click.echo(_text(found, is_trial), nl=False)


def _text(found: "Rescored", is_trial: bool) -> str:
    from grader.gradebook.difference import score_text  # noqa: PLC0415  As above.

    lines = []
    changed = [change for change in found.changes if change.before is not None]
    for change in changed:
        scores = f"{score_text(change.before)} → {score_text(change.after)}"
        lines.append(f"{change.student}  {change.exercise}  {scores}")
        lines += [f"  {why}" for why in change.why]
    for one in found.unsure:
        lines.append(f"{one.student}  {one.exercise}  has to be graded again: {one.why}")
    new = len(found.changes) - len(changed)
    counts = [f"{len(changed)} changed", f"{found.same} as they were"]
    counts += [f"{new} for the first time"] * bool(new)
    ending = "; nothing was recorded" if is_trial else ""
    lines.append(f"scores: {', '.join(counts)}{ending}")
    return "".join(f"{line}\n" for line in lines)
