"""The command: words in, report and exit code out, for people, pipes and programs."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from importlib import resources
from pathlib import Path

import click
import jsonschema
import pytest
from click.testing import CliRunner

from grader.cli import VERBS, command

ROOT = Path(__file__).parents[2]
GRADE = [sys.executable, "-c", "from grader.cli import main; main()"]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course that ships, with the references handed in under `handed-in/`."""
    root = tmp_path_factory.mktemp("course")
    for name in ("exercises", "solutions"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for folder in (ROOT / "tests").glob("exercise-*"):
        shutil.copytree(folder, root / "tests" / folder.name)
    shutil.copy(ROOT / "gradebook.yml", root)
    return root


def grade(folder, *words, **environment):
    """Run the command in a folder."""
    return subprocess.run(
        [*GRADE, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        timeout=120,
    )


def test_stub_exits_with_1(course):
    """The untouched stub gets a report, no points and exit code 1."""
    done = grade(course, "exercise-03")

    assert done.returncode == 1
    assert done.stdout.splitlines()[0].split() == [
        "exercise-03",
        "Gradients",
        "exercises/exercise-03",
    ]
    assert "  score  0 / 10 " in done.stdout
    assert done.stderr == ""


def test_reference_exits_with_0(course):
    """A right submission gets every point and exit code 0."""
    done = grade(course, "3", "solutions/exercise-03")

    assert done.returncode == 0
    assert "  score  10 / 10 " in done.stdout
    assert done.stdout.endswith("  Full marks: 9 of 9 checks pass.\n")


def test_exercise_of_the_folder(course):
    """Inside an exercise's folder no exercise has to be named."""
    assert "  score  0 / 10 " in grade(course / "exercises/exercise-03").stdout


def test_single_file(course):
    """A single file of any name stands for the exercise's only file."""
    shutil.copy(course / "solutions/exercise-03/gradients.py", course / "my answer é.py")
    done = grade(course, "ex3", "my answer é.py")

    assert done.returncode == 0
    assert "my answer é.py" in done.stdout.splitlines()[0]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["exersice-03"], '"exersice-03" in this course; did you mean exercise-03?'),
        (["3", "nowhere"], "nowhere: there is no such file or folder; check the path"),
        (["3", "--device", "tpu"], "'tpu' is not one of 'cpu', 'cuda', 'auto'"),
        (["3", "--seed", "-1"], "-1 is not in the range"),
        (["3", "solutions/exercise-03", "--json", "no/such/folder.json"], "cannot be written"),
    ],
)
def test_wrong_words_exit_with_2(course, words, complaint):
    """What cannot be done as asked is one sentence on stderr and exit code 2."""
    done = grade(course, *words)

    assert done.returncode == 2
    assert done.stdout == ""
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


def test_no_course_exits_with_2(tmp_path):
    """Outside a course the command says what is missing."""
    done = grade(tmp_path, "3")

    assert done.returncode == 2
    assert done.stderr == (
        f"grade: there is no gradebook.yml in {tmp_path} or in a folder above it; "
        "change to the folder of a course\n"
    )


def test_json_on_stdout(course):
    """`--json -` prints one object that fits the published schema, and nothing else."""
    done = grade(course, "3", "solutions/exercise-03", "--json", "-")
    schema = resources.files("grader.reports").joinpath("attempt.schema.json").read_text("utf-8")
    record = json.loads(done.stdout)

    jsonschema.validate(record, json.loads(schema))
    assert done.returncode == 0
    assert record["score"] == record["possible"] == "10"
    assert {check["verdict"] for check in record["checks"]} == {"passed"}


def test_json_to_a_file(course, tmp_path):
    """`--json FILE` writes the same object to a file, beside the report on stdout."""
    done = grade(course, "3", "--json", str(tmp_path / "attempt.json"))

    assert json.loads((tmp_path / "attempt.json").read_text("utf-8"))["score"] == "0"
    assert "  score  0 / 10 " in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["attempt.json"]


def test_html_to_a_file(course, tmp_path):
    """`--html FILE` writes a page with what the terminal says, beside it; `export` agrees."""
    file, page, exported = (tmp_path / name for name in ("a.json", "a.html", "b.html"))
    done = grade(course, "3", "solutions/exercise-03", "--html", str(page), "--json", str(file))
    again = grade(course, "export", "html", "--from", str(file), "-o", str(exported))
    text = page.read_text(encoding="utf-8")

    assert (done.returncode, again.returncode) == (0, 0), (done.stderr, again.stderr)
    assert "  score  10 / 10 " in done.stdout
    assert "<title>exercise-03 Gradients: 10 / 10</title>" in text
    assert exported.read_text(encoding="utf-8") == text


def test_ascii(course):
    """Where the terminal cannot show the marks, words stand in for them."""
    done = grade(course, "3", "solutions/exercise-03", PYTHONIOENCODING="ascii:backslashreplace")

    assert "✓" not in done.stdout
    assert done.stdout.isascii()


def test_students_copy(course, tmp_path):
    """Without the hidden trees the visible checks count, and the rest is announced."""
    shutil.copytree(course / "exercises", tmp_path / "exercises")
    shutil.copy(course / "gradebook.yml", tmp_path)
    shutil.copytree(course / "solutions/exercise-03", tmp_path / "mine")
    done = grade(tmp_path, "3", "mine")

    assert done.returncode == 0
    assert "  score  3 / 3 so far " in done.stdout
    assert "3 of 3 visible checks pass; 7 more points are checked at submission." in done.stdout


def test_wrong_gradebook(course, tmp_path):
    """A wrong gradebook is told with file, line and column, exit code 2."""
    text = (course / "gradebook.yml").read_text("utf-8").replace("points: 10", "points: 8p", 1)
    (tmp_path / "gradebook.yml").write_text(text, "utf-8")
    done = grade(tmp_path, "3")

    assert done.returncode == 2
    assert done.stderr.startswith("grade: gradebook.yml:")
    assert "points is '8p'; write a number such as 8 or 2.5" in done.stderr


def test_strict_confinement_or_none(course):
    """`--confine none` runs without walls and says so in the report and the record."""
    done = grade(course, "3", "solutions/exercise-03", "--confine", "none")

    assert done.returncode == 0
    assert "not confined: these files could do whatever your account may" in done.stdout


def test_help_has_examples_and_no_torch(tmp_path):
    """`--help` shows examples and exit codes, and never imports torch."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *GRADE[1:], "--help"],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip

    assert done.returncode == 0
    assert "grade 3 handed-in/ada" in done.stdout
    assert "Exit codes:" in done.stdout
    imported = {line.rsplit("|", 1)[-1].strip() for line in done.stderr.splitlines()}
    assert "torch" not in imported
    assert "grader.cli" in imported


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_each_verb_has_one_example(verb):
    """`--help` of a verb shows one example, and its words are words of the verb."""
    runner = CliRunner()
    text = runner.invoke(command, [verb, "--help"], prog_name="grade").output
    examples = re.findall(r"^  Example:\s+(grade .*(?:\n  \S.*)*)", text, re.MULTILINE)

    assert len(examples) == text.count("Example") == 1
    words = shlex.split(examples[0].removesuffix("&"))
    assert words[:2] == ["grade", verb]
    found = command.get_command(click.Context(command), verb)
    assert found is not None
    found.make_context(verb, words[2:], resilient_parsing=True)


def test_prints_are_passed_on(course):
    """What the student prints in visible checks is shown on stderr, harmless, and nowhere else."""
    source = (course / "solutions/exercise-03/gradients.py").read_text("utf-8")
    (course / "prints.py").write_text(
        source.replace(
            "    return (w * x - y) ** 2",
            "    print('w is', float(w), '\\x1b[2J')\n    return (w * x - y) ** 2",
        ),
        "utf-8",
    )
    done = grade(course, "3", "prints.py", "--json", "-")

    assert "w is" not in done.stdout
    assert done.stderr.splitlines()[0] == "printed by these files, while the visible checks ran:"
    assert done.stderr.splitlines()[1] == "  w is 2.0 \\x1b[2J"


def test_interrupt(course):
    """An interrupt ends at once with 130 and leaves no process behind."""
    slow = course / "slow.py"
    slow.write_text("while True: pass\n")
    process = subprocess.Popen(
        [*GRADE, "3", "slow.py"], cwd=course, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    children: list[str] = []
    while not children:
        path = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        if not path.exists():
            process.kill()
            process.communicate()
            pytest.skip("this system does not list a process's children")
        children = path.read_text().split()
    process.send_signal(2)
    out, complaint = process.communicate(timeout=60)

    assert process.returncode == 130
    assert complaint.decode() == "grade: stopped; nothing was graded\n"
    assert out == b""
    # Interrupted while it is being started, the judge ends when it finds nobody asking.
    deadline = time.monotonic() + 20
    while Path(f"/proc/{children[0]}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(f"/proc/{children[0]}").exists()
