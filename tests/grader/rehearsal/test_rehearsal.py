"""`grade rehearse` on a made-up course: one that is fair, and some with a defect of every kind."""

import json
import os
import subprocess
import sys

GRADE = [sys.executable, "-c", "from grader.cli import main; main()"]
TEST = "tests/exercise-01/test_answer.py"
VISIBLE = "exercises/exercise-01/test_answer.py"


def rehearse(root, *words):
    """Run the command in a course; how it ended, and the findings by name where it said any."""
    done = subprocess.run(
        [*GRADE, "rehearse", "1", *words, "--json", "proof.json"],
        cwd=root,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        timeout=280,
    )
    (proof,) = json.loads((root / "proof.json").read_text(encoding="utf-8"))["exercises"]
    return done, proof, {finding["name"]: finding for finding in proof["findings"]}


def todo(finding):
    """Take the first sentence of each thing to do."""
    return [text.splitlines()[0] for text in finding["todo"]]


def test_a_fair_course_is_released(written, tmp_path):
    """A course without a defect is released: every finding holds, every mutant loses points."""
    written()
    done, proof, found = rehearse(tmp_path, "--seeds", "1")

    assert {name: f["todo"] for name, f in found.items() if f["verdict"] != "held"} == {
        "notebook": [], "thresholds": []
    }  # fmt: skip
    assert list(found) == [
        "signatures", "files", "notebook", "points", "sentences", "hints", "stub", "reference",
        "visible", "variants", "mistakes", "mutants", "sizes", "inputs", "limits", "thresholds",
        "verdicts", "float64",
    ]  # fmt: skip
    assert proof["mutants"]["killed"] == proof["mutants"]["tried"] > 15
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("exercise-01  Doubling\n\n  ✓  signatures  stub and reference")
    assert "\n  released, " in done.stdout


def test_each_defect_is_found(written, tmp_path):
    """Each kind of defect makes its finding fail, and what to do is said."""
    written({
        "exercises/exercise-01/answer.py": ("x: torch.Tensor", "x"),
        "solutions/exercise-01/notes.txt": "to do\n",
        "exercises/exercise-01/hints.yml": ("any: ", "every: "),
        "gradebook.yml": ("points: 2", "points: 4"),
        # It looks at a shape alone, at a square, and at what the visible check shows.
        TEST: ("""    expect.same(student.double, normal(3, 5))
    expect.same(student.double, normal(1, 5, dtype=torch.float64))
    expect.gradients(student.double, normal(3, 5))
""", """    expect.tensor(student.double(torch.ones(4, 4)), shape=(4, 4))

@pytest.mark.points(1)
def test_named(student, normal):
    student.double

@pytest.mark.points(1)
def test_luck(student, normal):
    \"\"\"It is lucky.\"\"\"
    lucky = normal(2)[1].item() > 0
    expect.equal(student.double(torch.ones(4, 4)).requires_grad, lucky and False)
    if lucky:
        expect.gradients(student.double, torch.ones(4, 4))
"""),
        VISIBLE: ("""    x = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    expect.close(student.double(x), torch.tensor([[2.0, 4.0, 6.0], [8.0, 10.0, 12.0]]))
""", """    expect.close(student.double(torch.ones(4, 4)), 2 * torch.ones(4, 4))
"""),
        "tests/exercise-01/variants.py": ("return x + x", """return x * 3
"""),
        "tests/exercise-01/equivalent.yml":
            "- mutant: 'double: gone'\n  reason: It was right once, and is no more.\n",
    })  # fmt: skip
    done, proof, found = rehearse(tmp_path, "--seeds", "3")

    assert done.returncode == 2
    assert "\n  not to be released, " in done.stdout
    assert not proof["is_released"]
    assert {name: f["verdict"] for name, f in found.items() if f["verdict"] != "failed"} == {
        "points": "held", "reference": "held", "limits": "held", "thresholds": "not_offered",
        "notebook": "not_offered", "visible": "held",
    }  # fmt: skip
    assert todo(found["signatures"]) == [
        "answer.py: double is (x) -> torch.Tensor in the stub and (x: torch.Tensor) -> "
        "torch.Tensor in the reference; take one."
    ]
    assert todo(found["files"]) == [
        "solutions/exercise-01/notes.txt belongs to nothing; remove it, or name it in "
        "gradebook.yml."
    ]
    assert todo(found["sentences"]) == [
        "the check named has no docstring; it is the check's line in the report."
    ]
    assert "hints.yml has every, and no check has that id." in todo(found["hints"])
    assert todo(found["stub"]) == [
        "the stub passes named without a line written; let the check ask for more."
    ]
    assert todo(found["variants"])[0].startswith("the variant added loses example: The result is")
    assert "the mistake cut says that it loses any, and does not." in todo(found["mistakes"])
    assert (
        "no mistake loses luck; write the wrong answer that it is there for, in mistakes.py."
        in (todo(found["mistakes"]))
    )
    assert todo(found["mutants"])[0] == (
        "double: gone is declared and does not exist; remove it from equivalent.yml."
    )
    assert any("-> (2 * x).squeeze() loses nothing" in text for text in todo(found["mutants"]))
    assert todo(found["sizes"]) == [
        "double is called with sizes that repeat or are 1 ((4, 4)), so a swapped axis can hide; "
        "take distinct ones above 1, as N, M = 5, 3."
    ]
    assert todo(found["inputs"])[0] == (
        "the hidden check any hands over only what visible checks show, so an answer can be "
        "written down; draw its inputs, as with `normal(N, M)`."
    )
    assert any(text.startswith("the mistake cut with --seed ") for text in todo(found["verdicts"]))
    assert "the mistake cut loses nothing with default dtype float64." in todo(found["float64"])


def test_points_that_do_not_add_up(written, tmp_path):
    """Where nothing can be graded, the reason is the finding, and what is written is still read."""
    written({"gradebook.yml": ("points: 2", "points: 3")})
    done, _, found = rehearse(tmp_path, "--quick")

    assert done.returncode == 2
    assert list(found) == ["signatures", "files", "notebook", "reference"]
    assert todo(found["reference"]) == [
        "exercise-01: its checks are worth 2 points (visible 1, hidden 1), gradebook.yml says 3; "
        "change a mark or the points"
    ]


def test_a_reference_that_loses(written, tmp_path):
    """A reference that does not pass a check is told, and nothing is built on it."""
    written({"solutions/exercise-01/answer.py": ("2 * x", "2 * x.detach()")})
    done, _, found = rehearse(tmp_path, "--quick")

    assert done.returncode == 2
    assert list(found)[-1] == "reference"
    assert found["reference"]["verdict"] == "failed"
    assert "test_any" in todo(found["reference"])[0]


def test_a_visible_check_that_asks_the_reference(written, tmp_path):
    """What only a teacher's copy can check is found before students, who have no reference."""
    shown = "torch.tensor([[2.0, 4.0, 6.0], [8.0, 10.0, 12.0]])"
    written(
        {VISIBLE: (f"expect.close(student.double(x), {shown})", "expect.same(student.double, x)")}
    )
    done, proof, found = rehearse(tmp_path, "--quick")

    assert (done.returncode, proof["is_released"]) == (2, False)
    assert [name for name, f in found.items() if f["verdict"] == "failed"] == ["visible"]
    assert todo(found["visible"])[0].startswith(
        f"{VISIBLE}::test_example: a check asks the reference for double, and there is no reference"
    )
