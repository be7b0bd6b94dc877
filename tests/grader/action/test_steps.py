"""Tests of action.yml as GitHub's runner runs it: its steps, one after another, in a real shell."""

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from grader.reports import attempt, sheet

from .conftest import git, write
from .runner import Job, obeyed

Repository = Callable[[], Path]
Use = Callable[..., Job]

HALF = """\
import torch


def vector(values):
    return torch.tensor(values)


def matrix(rows):
    return torch.tensor(rows, dtype=torch.float32)


def shape(t):
    return tuple(t.shape)
"""


def report(made: Job) -> dict:
    """Read the report that the outputs name."""
    return json.loads(Path(made.outputs["report"]).read_text("utf-8"))


def annotations(made: Job) -> list[tuple[str, dict[str, str], str]]:
    """List the annotations that GitHub shows."""
    return [each for each in obeyed(made.log) if each[0] in ("error", "warning", "notice")]


def test_right(repository: Repository, job: Use) -> None:
    """Right answers get every point, a summary, a green step, and no annotation."""
    folder = repository()
    write(folder, 1)
    write(folder, 3)

    made = job(folder)

    assert made.code == 0
    assert (made.outputs["status"], made.outputs["score"], made.outputs["max-score"]) == (
        "graded",
        "16",
        "16",
    )
    assert annotations(made) == []
    assert made.summary.startswith("## 16 of 16 points\n")
    assert Path(made.outputs["summary"]).read_text("utf-8") == made.summary


def test_half(repository: Repository, job: Use) -> None:
    """A lost point is an error on the student's own line, and what is not begun a notice."""
    folder = repository()
    write(folder, 1, HALF)

    made = job(folder, inputs={"fail-on": "points-lost"})

    assert made.code == 1
    assert (made.outputs["score"], made.outputs["max-score"]) == ("5", "16")
    (name, places, text), (other, others, _) = annotations(made)
    assert name == "error"
    assert places == {
        "file": "exercises/exercise-01/tensors.py",
        "line": "4",
        "title": "exercise-01: 1 point lost",
    }
    assert "torch.int64; torch.float32 is expected" in text
    assert (other, others["file"]) == ("notice", "exercises/exercise-03/gradients.py")
    result = json.loads(base64.b64decode(made.outputs["result"]))
    assert (result["status"], result["max_score"]) == ("fail", 16)
    assert sum(each["score"] for each in result["tests"]) == 5
    assert result["tests"][0]["name"].startswith("exercise-01: A list of three numbers")


def test_stub(repository: Repository, job: Use) -> None:
    """What is not begun costs no red step, and has an attempt each, as grade export reads it."""
    folder = repository()

    made = job(folder)

    assert made.code == 0
    assert made.outputs["score"] == "0"
    assert [(name, text) for name, _, text in annotations(made)] == [
        ("notice", "Not begun yet.")
    ] * 2
    assert [each["attempt"]["score"] for each in report(made)["exercises"]] == ["0", "0"]
    path = Path(made.outputs["report"]).with_name("exercise-01.json")
    assert attempt.from_json(path.read_text("utf-8")).exercise == "exercise-01"


def test_one_folder(repository: Repository, job: Use, tmp_path: Path) -> None:
    """The answers to one exercise can lie in a folder of their own, beside the course."""
    folder = repository()
    (tmp_path / "handed-in").mkdir()
    write(folder, 3).rename(tmp_path / "handed-in/gradients.py")

    made = job(
        tmp_path, inputs={"exercises": "3", "course": "repository", "submission": "handed-in"}
    )

    assert (made.code, made.outputs["score"], made.outputs["max-score"]) == (0, "10", "10")
    assert "exercise-01" not in made.summary


HOSTILE = """
import sys

FORGED = "::error file=a.py::forged\\n  ##[error]forged\\r::warning::forged"
FORGED += "\\n\\x1b[31m::notice::forged"
STOP = "::stop-commands::forged\\n##[stop-commands]forged\\n::add-mask::0"
STOP += "\\n::set-output name=score::99"

print(FORGED, STOP, FORGED, sep="\\n", flush=True)
print(FORGED, file=sys.stderr, flush=True)


def vector(values):
    print(STOP)
    raise ValueError(FORGED + "\\n" + STOP + "\\n  File \\"a.py\\", line 1, in forged")


def matrix(rows):
    return FORGED


class shape:
    def __init__(self, t):
        raise type("::error::forged", (Exception,), {})("score=99\\n</details><script>")
"""


def test_hostile(repository: Repository, job: Use) -> None:
    """Nothing that a student prints, raises or returns is a command, an output or an annotation."""
    folder = repository()
    write(folder, 1, HOSTILE)

    made = job(folder, inputs={"exercises": "1"})

    assert {name for name, _, _ in obeyed(made.log)} == {"remove-matcher", "error"}
    assert all(places["file"].endswith("tensors.py") for _, places, _ in annotations(made))
    token = re.search(r"^::stop-commands::([0-9a-f]{32})$", made.log, re.MULTILINE)[1]
    inside = made.log.partition(token)[2].partition(f"::{token}::")[0]
    assert "forged" in inside
    assert obeyed(inside) == [], "also without the stop"
    assert "\x1b" not in made.log + made.summary
    assert "\r" not in made.log
    assert not re.search(r"^\s*::(error|warning|notice)[^\n]*::forged", made.summary, re.MULTILINE)
    assert (made.outputs["status"], made.outputs["score"]) == ("graded", "0")


def test_teachers_fault(repository: Repository, job: Use) -> None:
    """A gradebook that cannot be read leaves no score, and the summary says whose turn it is."""
    folder = repository()
    (folder / "gradebook.yml").write_text("course: Tensors\nexercises: 3\n")

    made = job(folder)

    assert made.code == 2
    assert (made.outputs["status"], made.outputs["score"], made.outputs["max-score"]) == (
        "ungraded",
        "",
        "",
    )
    assert made.summary.startswith("## Not graded: tell your teacher; nothing is lost\n")
    assert "gradebook.yml" in made.summary
    assert report(made)["fault"] == "course"
    assert made.ran["Grade"] == "failure"


def test_students_fault(repository: Repository, job: Use) -> None:
    """Files that cannot be read, or are links to others, earn nothing, and the reason is told."""
    folder = repository()
    write(folder, 1).write_bytes(b"\xff\xfe\x00")
    shutil.rmtree(folder / "exercises/exercise-03")
    (folder / "exercises/exercise-03").symlink_to("../solutions/exercise-03")

    made = job(folder, inputs={"submission": "."})
    first, second = annotations(made)

    assert (made.code, made.outputs["score"], made.outputs["max-score"]) == (0, "0", "16")
    assert "this is a symbolic link, and links are not followed" in first[2]
    assert "UTF-16 text; save it as UTF-8" in second[2]
    assert second[1] == {"title": "exercise-01: 6 points lost"}


def test_nothing_handed_in(repository: Repository, job: Use, tmp_path: Path) -> None:
    """Where none of the folders is there, the workflow is wrong, and nobody gets a zero."""
    repository()

    made = job(tmp_path, inputs={"course": "repository"})

    assert (made.code, made.outputs["status"], made.outputs["score"]) == (2, "ungraded", "")
    assert report(made)["why"] == (
        ". has none of exercises/exercise-01, exercises/exercise-03; name the folder with what was "
        "handed in, or one exercise whose files it holds"
    )


def test_no_exercises(job: Use, tmp_path: Path) -> None:
    """Where there is no course at all, the report says so."""
    made = job(tmp_path)

    assert made.code == 2
    assert "there is no gradebook.yml" in report(made)["why"]


LOOP = "def vector(values):\n    while True:\n        pass\n"


def descendants(process: int) -> list[tuple[int, int, str]]:
    """List the processes below one: number, parent, command."""
    found: list[tuple[int, int, str]] = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            command = (entry / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
        found.append((int(entry.name), int(fields[1]), command))
    inside = {process}
    for _ in found:
        inside |= {number for number, parent, _ in found if parent in inside}
    return [each for each in found if each[0] in inside]


def kill(words: str) -> Callable[[subprocess.Popen[str]], None]:
    """Kill the first process below a step that has these words, once a student's code runs."""

    def at_work(process: subprocess.Popen[str]) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            below = descendants(process.pid)
            # The judge, what it forked before it read anything, and the child of that.
            if sum("-m grader.judge" in command for _, _, command in below) >= 3:
                number = next(number for number, _, command in sorted(below) if words in command)
                os.kill(number, signal.SIGKILL)
                return
            time.sleep(0.02)
        raise AssertionError("no student's code was run")

    return at_work


def test_killed_judge(repository: Repository, job: Use) -> None:
    """Where the judge dies, its exercise has no score and the next one is graded all the same."""
    folder = repository()
    write(folder, 1, LOOP)
    write(folder, 3)

    made = job(folder, meanwhile=kill("-m grader.judge"))

    assert (made.code, made.outputs["status"], made.outputs["score"]) == (3, "ungraded", "")
    assert [(each["fault"], each["score"]) for each in report(made)["exercises"]] == [
        ("grader", None), (None, "10"),
    ]  # fmt: skip
    assert "tell your teacher; nothing is lost" in made.summary


def test_killed_grader(repository: Repository, job: Use) -> None:
    """Where the grader is killed, the shell writes the report, and commands are heard again."""
    folder = repository()
    write(folder, 1, LOOP)

    made = job(folder, meanwhile=kill("-m grader action"))

    assert (made.code, made.outputs["status"], made.outputs["score"]) == (3, "ungraded", "")
    why = (
        "The grader ended with exit code 137 before it could report. Nothing was graded, and "
        "nothing is lost: run this job again, and tell your teacher if it stays so."
    )
    assert report(made) | {"course": ""} == json.loads(
        sheet.to_json(sheet.Sheet("", (), why, sheet.Fault.GRADER))
    )
    assert annotations(made) == [("error", {"title": "Not graded"}, why)]
    assert made.summary == f"## Nothing was graded\n\n{why}\n"


def test_never(job: Use, tmp_path: Path) -> None:
    """A workflow that never wants a red step gets none, and no score either."""
    made = job(tmp_path, inputs={"fail-on": "never"})

    assert (made.code, made.outputs["status"], made.outputs["score"]) == (0, "ungraded", "")


def test_dry(repository: Repository, job: Use) -> None:
    """A dry run shows everything, gives out no score, and never fails."""
    folder = repository()
    write(folder, 1, HALF)

    made = job(folder, inputs={"mode": "dry", "fail-on": "points-lost"})

    assert (made.code, made.outputs["score"], made.outputs["result"]) == (0, "", "")
    assert made.summary.startswith("## 5 of 16 points\n\nA dry run: nothing of this counts.\n")


def test_off(repository: Repository, job: Use) -> None:
    """Switched off it sets nothing up, says so, and is green."""
    made = job(repository(), inputs={"mode": "off"})

    assert (made.code, made.outputs["status"]) == (0, "nothing")
    assert made.ran == {"Look around": "success", "Grade": "success"}
    assert (
        made.summary
        == '## Nothing was graded\n\nGrading is switched off: the input mode is "off".\n'
    )
    assert report(made)["why"] == 'Grading is switched off: the input mode is "off".'


def test_only_changed(repository: Repository, job: Use) -> None:
    """With only-changed a push is graded for the exercises that it changed, or not at all."""
    folder = repository()
    first = git(folder, "rev-parse", "HEAD")
    write(folder, 3)
    git(folder, "commit", "-qam", "gradients")
    second = git(folder, "rev-parse", "HEAD")
    (folder / "notes.txt").write_text("to do")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "notes")
    inputs = {"only-changed": "true"}

    some = job(folder, inputs=inputs, event={"before": first})
    none = job(folder, inputs=inputs, event={"pull_request": {"base": {"sha": second}}})
    unknown = job(folder, inputs=inputs, event={"before": "1" * 40})

    assert (some.outputs["score"], some.outputs["max-score"]) == ("10", "10")
    assert report(some)["why"] == "Of 2 exercises, the push changed 1."
    assert (none.code, none.outputs["status"]) == (0, "nothing")
    assert none.ran == {"Look around": "success", "Grade": "success"}
    assert unknown.outputs["max-score"] == "16"
    assert "Install" not in unknown.ran, "within a job it is made ready once"
