"""`grade report`: what a class and a student have, as text, page and JSON."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest

from grader import course
from grader.gradebook import overview
from grader.gradebook.store import Gradebook, open_gradebook
from grader.records import Attempt, Course, Exercise, Isolation, Limits
from grader.reports.overview import Overview, fields, page, text

Make = Callable[..., Attempt]
MONDAY = datetime(2026, 10, 12, 12, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 10, 13, 12, 0, tzinfo=UTC)
HOSTILE = '<script>alert(1)</script>"&\x1b[31m\u202e'


def exercise(name: str, points: int = 4, **policy: str) -> Exercise:
    """Make an exercise that is only named."""
    nowhere = Path("nowhere")
    return Exercise(
        name, "Gradients", ("a.py",), Fraction(points), Limits(), Isolation.SUBMISSION,
        nowhere, nowhere, nowhere, **policy,
    )  # fmt: skip


COURSE = Course("C", Path("nowhere"), (exercise("exercise-03"),))


@pytest.fixture
def kept(book: Gradebook, made: Make) -> Gradebook:
    """Four students of whom one was not graded, and a fifth who handed in nothing."""
    book.keep(made(digest="a", shape="passed", grad="passed"), "ada", MONDAY)
    book.keep(made(digest="b", shape="passed", grad="failed"), "bob", MONDAY)
    book.keep(made(digest="c", shape="failed", grad="failed"), "cyd", MONDAY)
    book.keep(made(digest="d", shape="passed", grad="ungraded"), "dot", MONDAY)
    book.enrol("eli")
    return book


def test_a_class_is_counted(kept: Gradebook) -> None:
    """Scores, checks, mistakes and what is not graded are those of the rows, by hand."""
    found = overview.of_class(kept, COURSE, COURSE.exercises)
    (figures,) = found.exercises

    assert (figures.students, figures.decided, figures.undecided, figures.absent) == (5, 3, 1, 1)
    assert (figures.full, figures.histogram) == (1, (1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1))
    assert figures.shares is not None
    assert (figures.shares.mean, figures.shares.median) == (0.5, 0.5)
    assert [(c.id, c.item.difficulty, c.item.discrimination) for c in figures.checks] == [
        ("shape", pytest.approx(2 / 3), pytest.approx(0.5)),
        ("grad", pytest.approx(1 / 3), pytest.approx(0.5)),
    ]
    assert [dict(check.outcomes) for check in figures.checks] == [
        {"passed": 2, "failed": 1}, {"failed": 2, "passed": 1},
    ]  # fmt: skip
    told = [(m.diagnosis.mistake, m.diagnosis.text, m.checks, m.students)
            for m in figures.mistakes]  # fmt: skip
    assert told == [("twice", "Twice too large.", ("grad", "shape"), 2)]  # fmt: skip
    assert [(u.student, u.why) for u in found.ungraded] == [("dot", "grad: grad is off by 2.")]
    assert figures.seconds is not None
    assert (figures.seconds.median, figures.slowest) == (1.5, "ada")
    assert [row.student for row in found.rows] == ["ada", "bob", "cyd", "dot", "eli"]
    assert [row.scores[0] and row.scores[0].is_decided for row in found.rows] == [
        True, True, True, False, None,
    ]  # fmt: skip


def test_only_the_attempt_that_counts_is_counted(kept: Gradebook, made: Make) -> None:
    """A better submission replaces the checks and the mistakes of the one before."""
    kept.keep(made(digest="e", shape="passed", grad="passed"), "cyd", TUESDAY)
    (figures,) = overview.of_class(kept, COURSE, COURSE.exercises).exercises

    assert [check.item.difficulty for check in figures.checks] == [1, pytest.approx(2 / 3)]
    assert [mistake.students for mistake in figures.mistakes] == [1]
    assert figures.checks[0].item.discrimination is None


def test_other_checks_are_left_out_and_said(kept: Gradebook, made: Make) -> None:
    """Attempts under other checks do not enter the figures of the checks, and are counted."""
    kept.keep(made(digest="f", shape="passed", other="failed"), "fay", MONDAY)
    (figures,) = overview.of_class(kept, COURSE, COURSE.exercises).exercises

    assert [check.id for check in figures.checks] == ["shape", "grad"]
    assert figures.others == 1
    assert "1 attempts were graded by other checks" in text.render(
        Overview("C", (figures,), (), ())
    )


def test_a_check_has_its_newest_title(kept: Gradebook, made: Make) -> None:
    """After a title was changed and some were graded again, the new one is shown."""
    again = made(digest="a", shape="passed", grad="passed")
    first = again.verdicts[0]
    renamed = replace(first, check=replace(first.check, title="The shape is right."))
    kept.keep(replace(again, verdicts=(renamed, again.verdicts[1])), "ada", MONDAY)
    (figures,) = overview.of_class(kept, COURSE, COURSE.exercises).exercises

    assert figures.checks[0].title == "The shape is right."


def test_a_regraded_submission_is_not_on_the_list(kept: Gradebook, made: Make) -> None:
    """What was graded after all is no longer listed as not graded."""
    kept.keep(made(digest="d", shape="passed", grad="passed"), "dot", MONDAY)

    assert overview.of_class(kept, COURSE, COURSE.exercises).ungraded == ()


def test_decisions_and_policies_are_in_the_scores(kept: Gradebook) -> None:
    """An override is a score for who handed in nothing; lateness takes its part."""
    kept.override("eli", "exercise-03", Fraction(4), "Oral exam.")
    late = Course("C", Path("nowhere"), (exercise("exercise-03", due="2026-10-11 23:59 UTC",
                                                  late="50 % a day"),))  # fmt: skip
    (figures,) = overview.of_class(kept, late, late.exercises).exercises

    assert (figures.decided, figures.absent, figures.full) == (4, 0, 1)
    assert figures.shares is not None
    assert figures.shares.mean == pytest.approx((0.5 + 0.25 + 0 + 1) / 4)


def test_a_student_is_told_whole(kept: Gradebook, made: Make) -> None:
    """Each exercise has its score, what that is made of, lost checks and the attempts."""
    kept.keep(made(digest="g", shape="failed", grad="passed"), "bob", TUESDAY)
    kept.mark("bob", "exercise-03", Fraction(1, 2), "Clear.", "style")
    several = Course("C", Path("nowhere"), (*COURSE.exercises, exercise("exercise-04")), drop=1)
    found = overview.of_student(kept, several, several.exercises, "bob")

    assert text.render(found) == (
        "bob\n\n"
        "exercise-03       2.5 / 4  2 attempts; mark style: +0.5 by teacher\n"
        "    grad: Twice too large.\n"
        "exercise-04         0 / 4  nothing handed in\n\n"
        "total             2.5 / 4\n"
        "not counted: exercise-04\n"
    )
    assert [(t.score.earned, t.counts) for t in found.parts[0].tried] == [(2, True), (2, False)]


def test_a_student_who_is_not_there_is_said(kept: Gradebook) -> None:
    """The message names the gradebook and the nearest key."""
    with pytest.raises(course.CourseError) as caught:
        overview.of_student(kept, COURSE, COURSE.exercises, "adda")

    assert str(caught.value) == (
        f'there is no student "adda" in the gradebook {kept.name}; did you mean ada?'
    )


def test_an_empty_gradebook_is_a_report(book: Gradebook) -> None:
    """With nobody in it, every form can still be written."""
    found = overview.of_class(book, COURSE, COURSE.exercises)

    assert "exercise-03       0         0        0     –          –           –" in text.render(
        found
    )
    assert json.loads(fields.to_json(found))["students"] == []
    assert page.render(found).endswith("</html>\n")


class Reader(HTMLParser):
    """Collects the tags of a page, what they point to, and its words."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.words = ""
        self.feed(written)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        named = dict(attrs)
        self.tags.append(tag)
        self.ids += [named["id"] or ""] if "id" in named else []
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]

    def handle_data(self, data: str) -> None:
        """Note words."""
        self.words += data


def test_the_page_shows_words_and_obeys_none(book: Gradebook, made: Make) -> None:
    """Keys, paths and messages are shown as they are; nothing is loaded, nothing runs."""
    attempt = made(shape="ungraded", grad="passed")
    first = replace(attempt.verdicts[0], message=HOSTILE)
    book.keep(replace(attempt, verdicts=(first, attempt.verdicts[1])), HOSTILE, MONDAY)
    book.keep(made(shape="failed", grad="passed"), HOSTILE, TUESDAY)
    for found in (
        overview.of_class(book, COURSE, COURSE.exercises),
        overview.of_student(book, COURSE, COURSE.exercises, HOSTILE),
    ):
        written = page.render(found)
        read = Reader(written)

        assert "script" not in read.tags
        assert all(link.startswith("#") and link[1:] in read.ids for link in read.links)
        assert '<script>alert(1)</script>"&\\x1b[31m\\u202e' in read.words
        assert not re.search(r"[\x1b\u202e]", written + text.render(found) + fields.to_json(found))
        assert "http" not in re.sub(r"http-equiv", "", written)


def test_many_rows_stand_in_groups(book: Gradebook) -> None:
    """A long list is cut into groups that a browser may leave out, each with a link."""
    for number in range(250):
        book.enrol(f"s{number:03}")
    read = Reader(page.render(overview.of_class(book, COURSE, COURSE.exercises)))

    assert [name for name in read.ids if re.fullmatch("s[0-9]+", name)] == ["s0", "s100", "s200"]
    assert {"#s0", "#s100", "#s200"} <= set(read.links)
    assert read.words.count("s249") == 1


def grade(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Type a command in a folder; whether torch came is the last line of stderr."""
    program = (
        "import sys\nfrom grader.cli import main\ntry:\n    main()\nfinally:\n"
        "    print('torch' in sys.modules, file=sys.stderr)\n"
    )
    return subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture
def root(tmp_path: Path, made: Make) -> Path:
    """A course of two exercises, and a gradebook with one attempt."""
    (tmp_path / "gradebook.yml").write_text(
        "course: C\nexercises:\n"
        "- {id: exercise-03, title: Gradients, files: [a.py], points: 4}\n"
        "- {id: exercise-04, title: Loops, files: [b.py], points: 4}\n"
    )
    with open_gradebook(str(tmp_path / "gradebook.db"), "teacher") as book:
        book.keep(made(shape="passed", grad="failed"), "ada", MONDAY)
    return tmp_path


def test_the_command_tells_a_course(root: Path) -> None:
    """Without an exercise there is a line for each, and torch is not asked for."""
    done = grade(root, "report")

    assert done.stdout == (
        "C\n\n"
        "exercise     graded  ungraded  nothing  mean     quartiles  full marks\n"
        "exercise-03       1         0        0  50 %  50, 50, 50 %         0 %\n"
        "exercise-04       0         0        1     –             –           –\n\n"
        "grade report EXERCISE tells its scores, checks, mistakes and times.\n"
    )
    assert (done.returncode, done.stderr) == (0, "False\n")


def test_the_command_tells_an_exercise(root: Path) -> None:
    """Of one exercise the checks, the mistakes and the times are told."""
    done = grade(root, "report", "3")

    assert done.stdout.partition("full marks\n")[2].partition("\n\n")[2] == (
        "Gradients, 4 points\n\nscores\n"
        + "".join(f"  {name:>10}\n" for name in text.bins()[:5])
        + "  50 to 60 %  ######################################## 1\n"
        + "".join(f"  {name:>10}\n" for name in text.bins()[6:])
        + "\ncheck  points  earned  tells apart    ended as\n"
        "shape       2   100 %            –  all passed\n"
        "grad        2     0 %            –    1 failed\n"
        "  earned: the share of the check's points\n"
        "  tells apart: the correlation with the points of the other checks; near 0 a\n"
        "  check tells nothing, below 0 look whether it is right\n\n"
        "mistakes, by how many students were told them\n"
        "      1  twice: Twice too large. (grad)\n\n"
        "time: half of the attempts took less than 1.5 s, three quarters less than 1.5 s,\n"
        "    the longest 1.5 s (ada); wall time\n"
    )


def test_the_command_writes_files(root: Path) -> None:
    """A page and JSON are written beside the text, or JSON alone to stdout."""
    both = grade(root, "report", "3", "--html", "a.html", "--json", "a.json")
    alone = grade(root, "report", "3", "--json", "-")
    two = grade(root, "report", "--json", "-", "--html", "-")

    assert "Gradients" in both.stdout
    assert (root / "a.html").read_text().startswith("<!DOCTYPE html>")
    assert (root / "a.json").read_text() == alone.stdout
    assert json.loads(alone.stdout)["exercises"][0]["shares"]["mean"] == 0.5
    assert (two.returncode, two.stderr.splitlines()[0]) == (
        2, "grade: stdout takes one of --html and --json; name a file for the other",
    )  # fmt: skip


def test_the_command_tells_a_student(root: Path) -> None:
    """One student's key gives that student alone."""
    done = grade(root, "report", "--student", "ada", "--json", "-")
    told = json.loads(done.stdout)

    assert (told["schema"], told["student"]) == ("grader/student/v1", "ada")
    assert told["exercises"][0]["score"] == {"score": "2", "possible": "4", "status": "graded"}
