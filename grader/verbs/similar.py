"""`grade similar`: pairs of answers in a folder that agree more than the class predicts."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.errors import CourseError, SubmissionError
from grader.verbs import choice, screen

if TYPE_CHECKING:
    from grader.intake import Roll
    from grader.records import Exercise
    from grader.similarity import Answer, Finding
    from grader.similarity.odds import Known

# Of the teacher's files, those in which answers are foreseen.
_FORESEEN = ("variants.py", "mistakes.py")

# By student: the name and the text of each file.
Texts = dict[str, list[tuple[str, str]]]


@click.command(name="similar")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--exercise", metavar="ID", help="What was handed in; by default, as the file names "
              "say.")  # fmt: skip
@click.option("--roster", "roster_path", metavar="CSV", type=click.Path(path_type=Path),
              help="Who is in the class.")  # fmt: skip
@click.option("--html", "html_path", metavar="FILE",
              help="Write a page with each pair side by side.")  # fmt: skip
def command(
    folder: Path, exercise: str | None, roster_path: Path | None, html_path: str | None
) -> None:
    """Tell which answers in FOLDER are alike beyond chance. It proves nothing about anybody.

    Each exercise is compared by itself, and all together. What the stub, the reference, the
    variants and the mistakes foresee is no evidence. FOLDER is as for grade batch; nothing is run,
    and nothing is recorded.

    Example: grade similar handed-in --html alike.html
    """
    from grader import intake, roster  # noqa: PLC0415  Help answers without YAML.

    with screen.ending():
        _, chosen = choice.exercises(exercise)
        students = roster.read(roster_path) if roster_path else None
        roll = intake.take_in(folder, chosen, students)
        found = _compared(roll, chosen)
        if not found:
            raise CourseError(
                f"{folder} holds no two answers to one exercise; name the folder of a class"
            )
        # Loaded once there is something to show.
        from grader.reports import likeness  # noqa: PLC0415

        if html_path is not None:
            screen.write(Path(html_path), likeness.page(found))
        ascii_only = not screen.can_encode("–…")
        click.echo(likeness.text(found, width=screen.width(), is_ascii=ascii_only), nl=False)


def _compared(roll: "Roll", exercises: Sequence["Exercise"]) -> list["Finding"]:
    """Compare each exercise by itself, and then all that two or more were handed in to."""
    from grader.similarity import odds  # noqa: PLC0415  Help answers without it.

    found = []
    together: Texts = {}
    used = []
    for exercise in exercises:
        texts = _texts(roll, exercise)
        if len(texts) < 2:
            continue
        used.append(exercise)
        found.append(odds.find(exercise.id, _answers(texts), _known([exercise])))
        for student, files in texts.items():
            together.setdefault(student, []).extend(files)
    if len(used) > 1:
        found.append(odds.find("all exercises", _answers(together), _known(used)))
    return found


def _texts(roll: "Roll", exercise: "Exercise") -> Texts:
    """Read what each student handed in for an exercise; what cannot be read is left out."""
    from grader import intake  # noqa: PLC0415  Help answers without it.

    texts: Texts = {}
    for handed in roll.handed:
        if handed.exercise != exercise.id:
            continue
        screen.count(f"{exercise.id}: {len(texts) + 1} read")
        try:
            submission = intake.read(handed, exercise)
        except SubmissionError as error:
            screen.count("")
            click.echo(f"not compared: {error}", err=True)
            continue
        texts[handed.student] = [
            (f"{exercise.id}/{source.name}", source.text) for source in submission.sources
        ]
    screen.count("")
    return texts


def _answers(texts: Mapping[str, Sequence[tuple[str, str]]]) -> list["Answer"]:
    from grader.similarity import Answer  # noqa: PLC0415  Help answers without it.

    return [Answer(student, tuple(files)) for student, files in texts.items()]


def _known(exercises: Sequence["Exercise"]) -> "Known":
    """Read what the teacher wrote; a file that is not there foresees nothing.

    Raises:
        CourseError: a stub cannot be read, or is no Python.
    """
    from grader.similarity import odds  # noqa: PLC0415  Help answers without it.

    stub: dict[str, str] = {}
    reference: dict[str, str] = {}
    foreseen: list[str] = []
    for exercise in exercises:
        for name in exercise.files:
            stub[f"{exercise.id}/{name}"] = _read(exercise.stub_dir / name)
            if (exercise.reference_dir / name).exists():
                reference[f"{exercise.id}/{name}"] = _read(exercise.reference_dir / name)
        paths = (exercise.hidden_dir / name for name in _FORESEEN)
        foreseen += [_read(path) for path in paths if path.exists()]
    return odds.Known(stub, reference, foreseen)


def _read(path: Path) -> str:
    import ast  # noqa: PLC0415  Help answers without it.

    try:
        text = path.read_text("utf-8")
        ast.parse(text)
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}; check the course") from error
    except (ValueError, SyntaxError) as error:
        raise CourseError(f"{path} cannot be read as Python: {error}; correct it") from error
    return text
