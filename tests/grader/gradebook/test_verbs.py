"""The verbs of the gradebook, as they are typed; and what works without SQLAlchemy."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.gradebook import queries
from grader.gradebook.store import open_gradebook
from grader.records import Attempt
from grader.reports.attempt import to_json

Make = Callable[..., Attempt]
MONDAY = datetime(2026, 10, 12, 21, 30, tzinfo=UTC)

GRADE = "import sys\nfrom grader.cli import main\nmain()"
# Where one of these modules is asked for, it is not there.
WITHOUT = """
import sys
class Gone:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("sqlalchemy", "alembic", "psycopg"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Gone())
"""


def grade(
    folder: Path, *words: str, program: str = GRADE, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Type a command in a folder."""
    return subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "LOGNAME": "eve", **environment},
        timeout=120,
    )


@pytest.fixture
def root(tmp_path: Path, made: Make) -> Path:
    """A course of one exercise, with a gradebook in which two students have an attempt each."""
    folder = tmp_path / "tests" / "exercise-03"
    folder.mkdir(parents=True)
    folder.joinpath("test_gradients.py").write_text(
        "@pytest.mark.points(2)\ndef test_shape(): ...\n\n"
        "@pytest.mark.points(2)\ndef test_grad(): ...\n"
    )
    (tmp_path / "gradebook.yml").write_text(
        "course: C\nzone: Europe/Berlin\nexercises:\n"
        "- {id: exercise-03, title: T, files: [a.py], points: 4, due: 2026-10-12 20:00}\n"
    )
    with open_gradebook(str(tmp_path / "gradebook.db"), "teacher") as book:
        run = book.begin_run("batch")
        book.keep(made(shape="passed", grad="failed"), "ada", MONDAY, run=run)
        book.keep(made(digest="b", shape="passed", grad="passed"), "bob", MONDAY, run=run)
        book.end_run(run)
    return tmp_path


def test_a_course_is_rescored(root: Path) -> None:
    """First scores are told, then what a change of gradebook.yml does, then that nothing did."""
    first = grade(root, "rescore")
    text = (root / "gradebook.yml").read_text()
    (root / "gradebook.yml").write_text(text.replace("20:00}", "20:00, late: 50 % a day}"))
    trial = grade(root, "rescore", "3", "--trial")
    second = grade(root, "rescore", "3")
    third = grade(root, "rescore")
    told = (
        "ada  exercise-03  2 / 4 → 1 / 4\n"
        "  lateness: 1 day late, 50 % off, was 1 day late\n"
        "bob  exercise-03  4 / 4 → 2 / 4\n"
        "  lateness: 1 day late, 50 % off, was 1 day late\n"
    )

    assert first.stdout == "scores: 0 changed, 0 as they were, 2 for the first time\n"
    assert trial.stdout == told + "scores: 2 changed, 0 as they were; nothing was recorded\n"
    assert second.stdout == told + "scores: 2 changed, 0 as they were\n"
    assert third.stdout == "scores: 0 changed, 2 as they were\n"
    assert [done.returncode for done in (first, trial, second, third)] == [0, 0, 0, 0]


def test_people_decide(root: Path) -> None:
    """A mark, an override and an extension are recorded with author, and rescoring tells them."""
    grade(root, "rescore")
    done = [
        grade(root, "mark", "ada", "3", "--for", "style", "--points", "0.5", "--comment", "Clear."),
        grade(root, "override", "bob", "3", "3.5", "--reason", "Asked me.", "--author", "Zoë"),
        grade(root, "extend", "ada", "3", "2026-10-14 23:59", "--reason", "Was ill."),
    ]
    told = grade(root, "rescore")

    assert [each.stdout for each in done] == [
        "ada  exercise-03  style: 0.5\n",
        "bob  exercise-03  override: 3.5 stands\n",
        "ada  exercise-03  extension: 2026-10-14 23:59 Europe/Berlin\n",
    ]
    assert told.stdout == (
        "ada  exercise-03  2 / 4 → 2.5 / 4\n"
        "  extension: 2026-10-14 23:59 Europe/Berlin by eve: Was ill., was none\n"
        "  mark style: +0.5 by eve, was none\n"
        "  lateness: none, was 1 day late\n"
        "bob  exercise-03  4 / 4 → 3.5 / 4\n"
        "  override: 3.5 by Zoë: Asked me., was none\n"
        "scores: 2 changed, 0 as they were\n"
    )


def test_decisions_are_lifted(root: Path) -> None:
    """What was decided can be taken back, with a reason."""
    grade(root, "override", "bob", "3", "3", "--reason", "why")
    grade(root, "extend", "bob", "3", "2026-10-14", "--reason", "ill")
    done = [
        grade(root, "override", "bob", "3", "--lift", "--reason", "a slip"),
        grade(root, "extend", "bob", "3", "--lift", "--reason", "a slip"),
    ]

    assert [each.stdout for each in done] == [
        "bob  exercise-03  override: lifted\n",
        "bob  exercise-03  extension: lifted\n",
    ]
    with open_gradebook(str(root / "gradebook.db"), "t") as book:
        decided = queries.decisions(book)["bob", "exercise-03"]
    assert (decided.override, decided.extension) == (None, None)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("mark ada 3", "a mark says something: give points, a comment or both"),
        ("mark ada 3 --points 1.005", '"1.005" is no number of points; write one such as 2 or 2.5'),
        ("mark ada 3 --points nan", '"nan" is no number of points; write one such as 2 or 2.5'),
        ("override ada 3 2", "an override has a reason; say it with --reason"),
        ("override ada 3 --reason x", "write a score, or --lift to take the override back"),
        ("override ada 3 2 --lift", "write a score, or --lift to take the override back"),
        ("extend ada 3 --reason x", "write until when, or --lift to take the extension back"),
        ("extend ada 3 soon --reason x", "'soon' is no date, nor a date with a time and a zone; "
         "write 2026-10-12 or 2026-10-12 23:59 Europe/Berlin"),
        ("rescore --gradebook none.db", "there is no gradebook none.db; name another with "
         "--gradebook, or make this one with grade batch"),
        ("diff 1 7", "the gradebook ROOT/gradebook.db has no run 7; it has runs 1 to 1"),
        ("diff 1 none.json", "none.json cannot be read: No such file or directory; name a file, "
         "or the number of a run"),
    ],
)  # fmt: skip
def test_wrong_words_exit_with_2(root: Path, words: str, told: str) -> None:
    """What cannot be done as asked is one sentence on stderr, and nothing is recorded."""
    done = grade(root, *words.split())
    with open_gradebook(str(root / "gradebook.db"), "t") as book:
        decided = queries.decisions(book)

    assert done.stderr == f"grade: {told.replace('ROOT', str(root))}\n"
    assert (done.returncode, done.stdout) == (2, "")
    assert decided == {}


def test_a_database_that_fails_exits_with_3(root: Path) -> None:
    """When the gradebook refuses, it is our fault and not the student's."""
    (root / "gradebook.db").write_text("no database " * 100)
    for name in ("gradebook.db-wal", "gradebook.db-shm"):
        (root / name).unlink(missing_ok=True)
    done = grade(root, "rescore")

    assert done.returncode == 3
    assert done.stderr == (
        f"grade: the gradebook {root}/gradebook.db: it is a file of another kind, no gradebook; "
        "name another file.\n"
    )


def test_two_runs_are_compared(root: Path, made: Make) -> None:
    """Two runs are compared by number, and the exit code tells whether they differ."""
    with open_gradebook(str(root / "gradebook.db"), "teacher") as book:
        run = book.begin_run("batch")
        book.keep(made(shape="passed", grad="passed"), "ada", MONDAY, run=run)
        book.keep(made(digest="b", shape="passed", grad="passed"), "bob", MONDAY, run=run)
    some, none = grade(root, "diff", "1", "2"), grade(root, "diff", "2", "2")

    assert some.stdout == ("ada  exercise-03  2 / 4 → 4 / 4\n  grad: failed 0 / 2 → passed 2 / 2\n")
    assert none.stdout == "no score changed, and no verdict\n"
    assert (some.returncode, none.returncode) == (1, 0)


def test_two_files_are_compared_without_a_database(tmp_path: Path, made: Make) -> None:
    """Files of one attempt, and of one a line with its student, are read without SQLAlchemy."""
    before, after = made(shape="failed"), made(shape="passed")
    (tmp_path / "a.json").write_text(to_json(before))
    (tmp_path / "b.json").write_text(to_json(after))
    for name, attempt in (("a", before), ("b", after)):
        fields = {"student": "ada", **json.loads(to_json(attempt))}
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(fields) + "\n")
    one = grade(tmp_path, "diff", "a.json", "b.json", program=WITHOUT + GRADE)
    many = grade(tmp_path, "diff", "a.jsonl", "b.jsonl", program=WITHOUT + GRADE)

    told = "exercise-03  0 / 2 → 2 / 2\n  shape: failed 0 / 2 → passed 2 / 2\n"
    assert one.stdout == "  " + told
    assert many.stdout == "ada  " + told


@pytest.mark.parametrize("words", ["rescore", "mark ada 3 --points 1", "diff 1 1"])
def test_what_is_not_installed_is_named(root: Path, words: str) -> None:
    """A verb that needs what is not installed says which extra brings it."""
    done = grade(root, *words.split(), program=WITHOUT + GRADE)

    assert done.returncode == 2
    assert done.stderr == (
        "grade: the gradebook needs sqlalchemy: pip install 'pytorch-grader[teach]'\n"
    )


def test_a_missing_driver_is_named(root: Path) -> None:
    """A URL of PostgreSQL without its driver says which extra brings it."""
    program = WITHOUT.replace('"sqlalchemy", "alembic", ', "") + GRADE
    done = grade(root, "rescore", program=program, GRADE_GRADEBOOK="postgresql://a@b/c")

    assert done.returncode == 2
    assert done.stderr == (
        "grade: a gradebook on PostgreSQL needs psycopg: pip install 'pytorch-grader[postgres]'\n"
    )


def test_the_gradebook_can_lie_elsewhere(root: Path, where: str) -> None:
    """The option and the variable name a file or a database."""
    open_gradebook(where, "teacher").close()
    done = [
        grade(root, "rescore", "--gradebook", where),
        grade(root, "rescore", GRADE_GRADEBOOK=where),
    ]

    assert [each.stdout for each in done] == ["scores: 0 changed, 0 as they were\n"] * 2


LOADED = """
import sys
from grader.cli import main
try:
    main()
except SystemExit:
    print(sorted({"sqlalchemy", "alembic", "psycopg"} & {*sys.modules}))
"""


@pytest.mark.parametrize(
    "words", ["--help", "--version", "rescore --help", "diff a b", "exercise-01"]
)
def test_no_database_is_loaded_before_it_is_needed(words: str) -> None:
    """Help, and grading one exercise, load no SQLAlchemy."""
    done = grade(Path(__file__).parents[3], *words.split(), program=LOADED)

    assert done.stdout.splitlines()[-1] == "[]"
