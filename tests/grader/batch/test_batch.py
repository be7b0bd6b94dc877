"""A class is graded as each would be alone, and told as it is."""

import json
import os
import pty
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch

from grader import batch, course, submissions
from grader.errors import CourseError
from grader.gradebook import queries
from grader.gradebook.store import open_gradebook
from grader.judges import Job, Judges, Settings
from grader.records import Exercise, Outcome
from grader.reports.attempt import from_json, to_json

if TYPE_CHECKING:
    from conftest import Desk

Told = dict[str, dict[str, object]]


def jobs(desk: "Desk", answers: dict[str, str]) -> tuple[list[Exercise], list[Job]]:
    """Make jobs of answers, as attacks would be slipped into a class."""
    exercises = list(course.load(desk.root).exercises)
    found = []
    for student, text in answers.items():
        submission = submissions.of_bytes({"answer.py": text.encode()}, exercises[0], student)
        found.append(Job(student, exercises[0], submission))
    return exercises, found


def test_side_by_side_is_as_alone(full: "Desk", undisturbed: Told) -> None:
    """One judge, two judges and each student alone give the same, bit for bit, but for times."""
    ended = full.run("batch", "handed-in", "-j1", "--json", "one.jsonl")
    found = full.told("one.jsonl")

    assert ended.returncode == 0, ended.stderr
    assert found == undisturbed
    assert {student: fields["score"] for student, fields in found.items()} == {
        student: full.earned.get(student, "0") for student in full.answers
    }
    for student in ("ada", "eve", "hal"):
        alone = json.loads(full.run("1", f"handed-in/{student}", "--json", "-").stdout)

        assert {**full.steady(alone), "student": student} == found[student]


def test_what_is_told(desk: "Desk") -> None:
    """Lines on stderr as they finish, the table on stdout, and what was not taken in."""
    desk.hand_in(
        {"ada": desk.right, "bob": desk.answers["bob"], "dan": desk.answers["dan"], "zoe": "x"}
    )
    (desk.folder / "zoe/answer.py").write_bytes(b"\xff")
    (desk.folder / "notes.txt").write_text("x")
    ended = desk.run("batch", "handed-in", "-j1")

    assert sorted(ended.stderr.splitlines()) == [
        "ada  exercise-01  4 / 4",
        "bob  exercise-01  3 / 4  (1 raised)",
        "dan  exercise-01  1 / 4  (2 crashed)",
    ]
    assert ended.stdout == (
        "exercise     graded  unchanged  ungraded  full marks  median\n"
        "exercise-01       3          0         0           1   3 / 4\n"
        "\n"
        "not taken in:\n"
        "  handed-in/notes.txt  it is no folder, no .py file, no notebook and no .zip\n"
        "  handed-in/zoe  handed-in/zoe/answer.py: the file is not UTF-8 text: byte 1, in line 1, "
        "is 0xff; save it as UTF-8\n"
    )
    assert ended.returncode == 0


def test_what_is_unchanged_is_not_run_again(desk: "Desk") -> None:
    """The same files under the same checks are not run; changed ones are, and all by --regrade."""
    desk.hand_in({"ada": desk.right, "bob": desk.answers["bob"]})
    first = desk.run("batch", "handed-in", "-j1", "--json", "a.jsonl")
    second = desk.run("batch", "handed-in", "-j1", "--json", "b.jsonl")
    desk.hand_in({"bob": desk.right})
    third = desk.run("batch", "handed-in", "-j1")
    fourth = desk.run("batch", "handed-in", "-j1", "--regrade")

    assert len(first.stderr.splitlines()) == 2
    assert second.stderr == ""
    assert "exercise-01       0          2         0           1   3 / 4\n" in second.stdout
    assert desk.told("a.jsonl") == desk.told("b.jsonl")
    assert third.stderr == "bob  exercise-01  4 / 4\n"
    assert len(fourth.stderr.splitlines()) == 2
    assert desk.kept() == {"ada": 2, "bob": 3}


def test_other_checks_are_run_again(desk: "Desk") -> None:
    """What was graded under other checks has not been graded."""
    desk.hand_in({"ada": desk.right})
    desk.run("batch", "handed-in", "-j1")
    with (desk.checks).open("a") as file:
        file.write("\n# Another version.\n")
    ended = desk.run("batch", "handed-in", "-j1")

    assert ended.stderr == "ada  exercise-01  4 / 4\n"


def test_a_reference_that_fails_refuses(full: "Desk") -> None:
    """Where the reference loses a point nobody is graded, and the checks that it loses are told."""
    reference = full.reference
    reference.write_text(full.right.replace("return x / 2", "raise ValueError(x.shape)"))
    checks = full.checks
    checks.write_text(checks.read_text().replace(
        "expect.same(student.half, normal(4, 2))", "assert student.half(normal(4, 2)) is not None"
    ))  # fmt: skip
    ended = full.run("batch", "handed-in", "-j2", "--json", "a.jsonl")

    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "exercise-01" in ended.stderr
    assert full.count() == 0
    assert (full.root / "a.jsonl").read_text() == ""


def test_a_reference_is_graded_as_a_student(full: "Desk") -> None:
    """A reference that computes longer than students may is told so."""
    slow = "    while x.shape == (2,):\n        pass\n    return 2 * x"
    full.reference.write_text(full.right.replace("    return 2 * x", slow))
    ended = full.run("batch", "handed-in", "-j1")

    assert ended.returncode == 2
    assert ended.stderr == (
        "grade: exercise-01: its reference earns 3 of 4 points, so nobody is graded. Mend the "
        "reference or the checks; `grade rehearse exercise-01` tells more\n"
        "  one: timed_out. stopped after 0.5 s of computing; is there a loop that does not end, "
        "or far more work than is needed?\n"
    )


def test_a_course_without_references_refuses(full: "Desk") -> None:
    """A student's copy of the course grades no class."""
    (full.reference).unlink()
    (full.root / "solutions/exercise-01").rmdir()
    ended = full.run("batch", "handed-in")

    assert ended.returncode == 2
    assert "exercise-01 has no reference in" in ended.stderr


def test_the_wall_clock_is_asked_twice(desk: "Desk") -> None:
    """What waits is graded again alone before it counts; what computes too long is not."""
    sleeper = "import time\ndef double(x):\n    time.sleep(60)\n"
    exercises, todo = jobs(
        desk, {"sleeper": sleeper, "eve": desk.answers["eve"], "ada": desk.right}
    )
    found = {one.job.student: one for one in batch.grade(Settings(desk.root, 2), exercises, todo)}

    assert {student: one.tries for student, one in found.items()} == {
        "sleeper": 2, "eve": 1, "ada": 1
    }  # fmt: skip
    assert found["sleeper"].attempt.verdicts[0].outcome is Outcome.TIMED_OUT


def test_a_fault_of_ours_is_ungraded_and_tried_again(desk: "Desk") -> None:
    """A check that blames itself leaves its students ungraded, exit 3, until it is mended."""
    desk.hand_in({"ada": desk.right, "odd": "def double(x):\n    return x.new_zeros(7)\n"})
    checks = desk.checks
    whole = checks.read_text()
    fault = (
        "    if len(student.double(torch.ones(2))) == 7:\n"
        "        from grader.errors import SandboxError\n"
        "        raise SandboxError('the disk is full')\n"
    )
    checks.write_text(whole.replace("    expect.close(", f"{fault}    expect.close("))
    first = desk.run("batch", "handed-in", "-j1")
    second = desk.run("batch", "handed-in", "-j1")
    checks.write_text(whole)
    third = desk.run("batch", "handed-in", "-j1")

    line = "odd  exercise-01  ungraded: the grader failed, not you: the disk is full"
    assert (first.returncode, second.returncode, third.returncode) == (3, 3, 0)
    assert sorted(first.stderr.splitlines()) == ["ada  exercise-01  4 / 4", line]
    assert second.stderr.splitlines() == [line]
    assert desk.kept() == {"ada": 2, "odd": 1}


def test_few_wait_to_be_graded_alone(desk: "Desk") -> None:
    """What is graded again alone does not wait for the end: a kill costs what is in flight."""
    gradebook = desk.root / "gradebook.yml"
    gradebook.write_text(gradebook.read_text().replace("wall: 3 s", "wall: 1 s"))
    sleeper = desk.right.replace("return 2 * x", "__import__('time').sleep(2) or 2 * x")
    exercises, todo = jobs(desk, {f"s{n}": sleeper for n in range(4)})
    taken: list[Job] = []

    def taking() -> Iterator[Job]:
        for job in todo:
            taken.append(job)
            yield job

    results = batch.grade(Settings(desk.root, 1), exercises, taking())
    seen = [(next(results).tries, len(taken)) for _ in todo]

    assert seen == [(2, 2), (2, 2), (2, 4), (2, 4)]


def test_what_ends_every_check_of_ours_stands(desk: "Desk") -> None:
    """An answer too dear to look at, in the only check there is, loses it behind the same walls."""
    desk.checks.write_text(
        "import pytest, torch\n"
        "@pytest.mark.points(4)\n"
        "def test_one(student):\n"
        "    count = int(student.double(torch.ones(1, dtype=torch.float64)))\n"
        "    assert torch.ones(1).expand(count).sum() == 2\n"
    )
    dear = "def double(x):\n    return 10 ** 12 * x\n"
    exercises, todo = jobs(desk, {"dear": dear})
    with Judges(Settings(desk.root, 1)) as judging:
        references = judging.references(exercises)
        (found,) = judging.grade(todo, references)

    assert found.tries == 1
    assert found.attempt.verdicts[0].outcome is Outcome.TIMED_OUT
    assert found.attempt.environment == references["exercise-01"].environment


def test_a_kill_each_time_is_no_accident(desk: "Desk") -> None:
    """Who has to be killed in the same check whenever it is tried has lost that check."""
    deaf = (
        "import os, time\ndef double(x):\n    os.closerange(3, 99)\n    time.sleep(60)\n"
        "def half(x):\n    return x / 2\n"
    )
    exercises, todo = jobs(desk, {"deaf": deaf})
    (found,) = batch.grade(Settings(desk.root, 1), exercises, todo)

    assert (found.tries, found.why, str(found.attempt.score.earned)) == (4, "", "1")
    assert found.attempt.verdicts[0].message == (
        "the process closed the grader's own connection and went on; close what you have opened"
    )


def test_other_walls_than_the_reference_are_ungraded(desk: "Desk") -> None:
    """What cannot be graded under the reference's environment is not graded, and says why."""
    exercises, todo = jobs(desk, {"ada": desk.right})
    with Judges(Settings(desk.root, 1)) as judging:
        (right,) = judging.references(exercises).values()
        environment = replace(right.environment, confinement="walls")
        others = {right.exercise: replace(right, environment=environment)}
        (found,) = judging.grade(todo, others)

    assert (found.tries, found.attempt.score.is_decided) == (4, False)
    assert found.attempt.environment == environment
    assert found.why == (
        f"graded otherwise than the reference: confinement {right.environment.confinement}, not "
        "walls. Run the batch again"
    )


def test_another_seed_is_another_result(desk: "Desk") -> None:
    """With --seed all are graded under it, once; what was graded under the other is kept."""
    desk.hand_in({"ada": desk.right})
    told = [
        desk.run("batch", "handed-in", "-j1", "--json", "told.jsonl", *words)
        for words in ((), ("--seed", "7"), ("--seed", "7"), ("--seed", "8", "--device", "auto"))
    ]
    seed = json.loads((desk.root / "told.jsonl").read_text())["environment"]["seed"]

    line = "ada  exercise-01  4 / 4\n"
    assert [each.returncode for each in told] == [0] * 4
    assert [each.stderr for each in told] == [line, line, "", line]
    assert seed == 8
    assert desk.kept() == {"ada": 3}


def test_a_regrade_goes_on_under_its_own_seed(desk: "Desk") -> None:
    """A regrade that was stopped goes on also after another one under another seed."""
    desk.hand_in({"ada": desk.right})
    with open_gradebook(str(desk.root / "gradebook.db"), "test") as book:
        folder = str(desk.folder.resolve())
        begun = book.begin_run("batch", f"{folder} regrade seed 7")
        desk.run("batch", "handed-in", "-j1", "--regrade", "--seed", "8")
        desk.run("batch", "handed-in", "-j1", "--regrade", "--seed", "7")
        runs = [one.run for one in queries.attempts(book)]

    assert runs == [begun + 1, begun]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_said(desk: "Desk") -> None:
    """With --device cuda and no GPU nobody is graded."""
    desk.hand_in({"ada": desk.right})
    ended = desk.run("batch", "handed-in", "-j1", "--device", "cuda")

    assert ended.returncode == 2
    assert ended.stderr == (
        "grade: --device cuda asks for a GPU, and torch finds none here; use --device cpu, or run "
        "this on a machine with a GPU and a CUDA build of torch.\n"
    )
    assert desk.kept() == {}


def test_checks_that_change_meanwhile_stop_it(desk: "Desk") -> None:
    """Nobody is graded by other checks than those before: it stops, and says so."""
    exercises, todo = jobs(desk, {f"s{n}": desk.right for n in range(8)})
    checks = desk.checks
    results = batch.grade(Settings(desk.root, 1), exercises, todo)
    next(results)
    checks.write_text(checks.read_text() + "\n# Another version.\n")
    with pytest.raises(CourseError) as caught:
        list(results)

    assert str(caught.value) == (
        "the checks of exercise-01 have changed while the batch ran; run it again, and everybody "
        "is graded by the same ones"
    )


def test_a_class_may_be_given_as_jobs(desk: "Desk") -> None:
    """Jobs come from anywhere, are taken as they are needed, and give attempts that are whole."""
    exercises, todo = jobs(desk, {"ada": desk.right, "hal": desk.answers["hal"], "zoe": desk.right})
    found = {
        one.job.student: one.attempt for one in batch.grade(Settings(desk.root, 2), exercises, todo)
    }

    assert {name: str(each.score.earned) for name, each in found.items()} == {
        "ada": "4", "hal": "0", "zoe": "4"
    }  # fmt: skip
    assert all(from_json(to_json(each)).digest == each.digest for each in found.values())


def test_the_roster_names_who_is_missing(desk: "Desk") -> None:
    """Students of the roster are in the gradebook, also those who handed in nothing."""
    desk.hand_in({"ada": desk.right})
    (desk.root / "class.csv").write_text("student,name\nada,Ada\nbob,Bob\n")
    ended = desk.run("batch", "handed-in", "-j1", "--roster", "class.csv")
    with open_gradebook(str(desk.root / "gradebook.db"), "test") as book:
        students = queries.students(book)

    assert ended.stdout.endswith("\nhanded in nothing:\n  bob\n")
    assert students == ["ada", "bob"]


def test_it_counts_on_a_terminal(desk: "Desk") -> None:
    """On a terminal one line counts: done, rate, time left, and what went wrong by kind."""
    desk.hand_in({"ada": desk.right, "dan": desk.answers["dan"], "hal": desk.answers["hal"]})
    ours, theirs = pty.openpty()
    process = desk.start("batch", "handed-in", "-j1", stderr=theirs)
    os.close(theirs)
    out, _ = process.communicate(timeout=180)
    lines = os.read(ours, 1 << 16).decode().split("\r\033[K")
    os.close(ours)

    assert process.returncode == 0
    assert lines[1] == "1 of 3"
    assert re.fullmatch(r"3 of 3, \d+ a minute, 0 s left; 1 crashed, 1 forbidden", lines[3])
    assert out.startswith("exercise     graded")


def test_it_says_what_is_not_installed(desk: "Desk") -> None:
    """Without SQLAlchemy a sentence says what to install, and nothing is graded."""
    desk.hand_in({"ada": desk.right})
    ended = desk.run("batch", "handed-in", without="sqlalchemy")

    assert ended.returncode == 2
    assert ended.stderr == (
        "grade: the gradebook needs sqlalchemy: pip install 'pytorch-grader[teach]'\n"
    )
