"""The list of attacks: read with every fault told, run on this machine, reported class by class."""

import importlib.util
import shutil
import subprocess
import sys
import zipfile
from fractions import Fraction
from pathlib import Path

import pytest

from grader import attack, doctor
from grader.arena import CORPUS, Graded
from grader.attack import Case, Trial
from grader.errors import CourseError
from grader.records import (
    Attempt,
    Check,
    Environment,
    Limits,
    Outcome,
    Score,
    Verdict,
    Visibility,
)

ROOT = Path(__file__).parents[2]
WALLS = pytest.mark.skipif(
    not doctor.can_confine(doctor.examine()), reason="there are no walls here to attack"
)
MAIN = "from grader.cli import main; main()"
# What a case may lose, as a field of it.
LOST = {"loses": {"train": frozenset({Outcome.FAILED, Outcome.RAISED})}}
# From here on the kernel says that it has no Landlock, to this process and to all that it starts.
NO_LANDLOCK = """
import ctypes, struct
from grader.sandbox.walls import kernel
lines = ((0x20, 0, 0, 0), (0x15, 0, 1, 444), (6, 0, 0, 0x50026), (6, 0, 0, 0x7FFF0000))
code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in lines))
header = ctypes.create_string_buffer(struct.pack("@HP", len(lines), ctypes.addressof(code)))
kernel.set_flag(kernel.PR_SET_NO_NEW_PRIVS, 1)
kernel.prctl(kernel.PR_SET_SECCOMP, 2, ctypes.addressof(header))
"""


@pytest.fixture
def corpus(tmp_path):
    """A list of our own: the course, two bases, and what the test writes."""
    for name in ("bases", "course"):
        shutil.copytree(CORPUS / name, tmp_path / name)

    def write(table, **submissions):
        (tmp_path / "cases.yml").write_text(table, encoding="utf-8")
        for name, text in {"deny_nothing": "", "views": "", **submissions}.items():
            path = tmp_path / ("hostile" if "_" in name else "honest") / f"{name}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return write


def case(name="deny_nothing", **fields):
    """Make a case that loses nothing."""
    return Case(name, name.partition("_")[0], (), **{"loses": {}, **fields})


def graded(seconds=(0.1,), message="", **outcomes):
    """Make what came of a submission that passes, with these outcomes in place of others."""
    verdicts = tuple(
        Verdict(
            Check(name, "It holds.", Fraction(1), Visibility.HIDDEN),
            Outcome(outcomes.get(name, "passed")),
            message if name in outcomes else "",
        )
        for name in (*attack.MAIN, *attack.NEEDS)
    )
    environment = Environment("3", "2", "cpu", 1, 0, "0", "0" * 64, "landlock 7, seccomp")
    score = Score(Fraction(1), Fraction(1), True)
    attempt = Attempt("exercise-01", "One", "x", "0" * 64, verdicts, score, environment, 1.0)
    return Graded(attempt, tuple(seconds), "")


def grade(code, *words):
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code, *words],
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip


# Reading


def test_the_list_is_read():
    """Every class has cases, the hostile come first, and a case has its bases in front."""
    cases = attack.read_cases()
    by_name = {each.name: each for each in cases}
    kinds = [each.kind for each in cases]

    assert {*kinds} == {*attack.CLASSES}
    assert kinds[kinds.index("honest") :] == ["honest"] * kinds.count("honest")
    assert [path.stem for path in by_name["steal_proc"].parts] == ["right", "probe", "steal_proc"]
    assert [path.stem for path in by_name["reference_style"].parts] == ["reference_style"]
    assert by_name["disturb_memory"].has_neighbour
    assert by_name["disturb_memory"].slack_s == attack.SLACK_S


def test_what_a_case_allows(corpus):
    """Wrong answers fail unless the case says otherwise; what needs a lost check is skipped."""
    table = (
        "hostile:\n"
        "  deny_nothing: {base: wrong, loses: {train: passed, all: raised, "
        "matvec: passed}}\n"
        "  forge_wrong: {base: wrong, loses: {loss_fn: passed failed}}\n"
        "honest: {views: {}}\n"
    )
    first, second, third = attack.read_cases(corpus(table, forge_wrong=""))

    assert first.allowed("train") == first.allowed("build_ff") == {"raised"}
    assert first.allowed("matvec") == first.allowed("matvec_gradients") == {"passed"}
    assert second.allowed("train") == {"failed"}
    assert second.allowed("train_no_steps") == {"skipped"}
    assert second.allowed("loss_fn_gradients") == {"passed", "skipped"}
    assert third.allowed("train") == third.allowed("train_no_steps") == {"passed"}


@pytest.mark.parametrize(
    ("hostile", "complaint"),
    [
        ("deny_all: {}", "1:11: there is no hostile/deny_all.py; name a file that is there"),
        ("guess_all: {}", "1:11: guess_all begins with no class; begin with one of forge, steal, "
         "escape, deny, stay, leak, disturb, honest"),
        ("deny_nothing: {bases: x}", "1:26: deny_nothing: the key 'bases' is not known; did you "
         "mean base? Or one of base, loses, neighbour, slack"),
        ("deny_nothing: {base: left}", "1:32: deny_nothing: base names 'left', which is no file; "
         "write names of files in bases/ with spaces between them, or none"),
        ("deny_nothing: {loses: all}", "1:33: deny_nothing: loses is 'all'; write a map from "
         "checks, or all, to the outcomes that are allowed"),
        ("deny_nothing: {loses: {x: raised}}", "1:34: deny_nothing: loses names 'x', which is no "
         "check of the attacked course"),
        ("deny_nothing: {loses: {all: lost}}", "1:39: deny_nothing: loses has 'lost'; write some "
         "of passed, failed, raised, timed_out, out_of_memory, forbidden, crashed, skipped, "
         "ungraded"),
        ("deny_nothing: {neighbour: 1, slack: soon}",
         "1:37: deny_nothing: neighbour is '1'; write true or false\n"
         "cases.yml:1:47: deny_nothing: slack is 'soon'; write seconds, such as 20"),
    ],
)  # fmt: skip
def test_wrong_cases_are_told(corpus, hostile, complaint):
    """A case that cannot be read is told in whole: its place, what is there, what may be."""
    with pytest.raises(CourseError) as caught:
        attack.read_cases(corpus(f"hostile: {{{hostile}}}\nhonest: {{}}\n", guess_all=""))

    assert str(caught.value) == f"cases.yml:{complaint}"


def test_wrong_halves_are_told(corpus):
    """A list needs both of its halves, each a map, even an empty one."""
    with pytest.raises(CourseError) as caught:
        attack.read_cases(corpus("hostile: []\n"))

    assert str(caught.value) == (
        "cases.yml:1:1: honest is missing; write a map from each submission's name to what it must "
        "get\n"
        "cases.yml:1:10: hostile is a list; write a map from each attack's name to what it must get"
    )


def test_some_are_chosen():
    """Names and first words choose among the cases, in the order of the list."""
    cases = [case("steal_a"), case("deny_b"), case("deny_c")]

    assert attack.choose(cases, []) == tuple(cases)
    assert [each.name for each in attack.choose(cases, ["deny", "steal_a"])] == [
        "steal_a",
        "deny_b",
        "deny_c",
    ]
    with pytest.raises(CourseError) as caught:
        attack.choose(cases, ["deny", "denny"])
    assert str(caught.value) == (
        "there is no attack 'denny'; name one, such as steal_a, or the first word of some: "
        "forge, steal, escape, deny, stay, leak, disturb, honest"
    )


# Judging


@pytest.mark.parametrize(
    ("fields", "attempt", "said"),
    [
        ({}, graded(), []),
        (LOST, graded(train="raised", train_no_steps="skipped"), []),
        (LOST, graded(), ["train was passed, allowed is failed or raised", "train_no_steps was "
         "passed, allowed is skipped"]),
        ({}, graded([0.1, 7.04, 1]), ["a check took 7.0 s, allowed are 5 s"]),
        ({"slack_s": 20}, graded([22]), []),
        (LOST, graded(train="raised", train_no_steps="skipped", message="it is 60221.40761"),
         ["the report tells '60221.4'"]),
    ],
)  # fmt: skip
def test_faults(fields, attempt, said):
    """Outcomes that are not allowed, checks over their limit and secrets in a report are faults."""
    assert attack.faults(case(**fields), attempt, Limits(wall_s=3)) == said


def test_a_check_that_is_not_in_the_attempt():
    """A check without a verdict is a fault too."""
    whole = graded().attempt
    without = Graded(Attempt(**{**vars(whole), "verdicts": whole.verdicts[1:]}), (), "")

    assert attack.faults(case(), without, Limits()) == [
        "make_vector was missing, allowed is passed"
    ]


def test_report():
    """A class is a line with its slowest; what did not hold follows, and can do nothing."""
    trials = [
        Trial(case("forge_a"), 1.0, ()),
        Trial(case("forge_b"), 2.25, ("train was passed, allowed is failed", "the judge\n\x1b[2J")),
        Trial(case("honest"), 0.5, ()),
    ]

    assert attack.render(trials, 61.2, is_ascii=True) == (
        "  [no]  score forging      1 of 2 held, the slowest in 2.2 s (forge_b)\n"
        "       forge_b: train was passed, allowed is failed; the judge \\x1b[2J\n"
        "  [ok]  honest work        1 of 1 held, the slowest in 0.5 s (honest)\n"
        "\n"
        "  1 of 3 did not hold: grade nobody else's files here before you know why. To try again: "
        "grade doctor --attack forge_b\n"
    )
    assert attack.verdict([trials[0], trials[2]], 61.2) == (
        "All 2 held, 1 hostile and 1 honest, in 61 s."
    )


# Running


@WALLS
def test_command_attacks_this_machine():
    """`grade doctor --attack` grades what is chosen, with a neighbour, and exits with 0."""
    words = ("forge_skip", "disturb_files", "deny_memory_at_once", "reference_style")
    done = grade(MAIN, "doctor", "--attack", *words)
    page = done.stdout.partition("confined.\n\n")[2]

    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split(", the slowest")[0].split(None, 1)[1] for line in page.splitlines()[:4]] == [
        "score forging      1 of 1 held",
        "denial of service  1 of 1 held",
        "interference       1 of 1 held",
        "honest work        1 of 1 held",
    ]
    assert page.splitlines()[5].startswith("  All 4 held, 3 hostile and 1 honest, in ")


@WALLS
def test_what_does_not_hold_is_told(corpus):
    """A case that gets something else, or takes too long, is named with both; exit code 3."""
    table = (
        "hostile:\n"
        "  deny_nothing: {base: wrong, loses: {make_vector: passed, matvec: raised}}\n"
        "  stay_waiting: {slack: 0.0}\n"
        "honest: {views: {}}\n"
    )
    slow = "import time\n\n\ndef matvec(A, v):\n    time.sleep(9)\n"
    folder = corpus(table, stay_waiting=slow)
    code = (
        "import sys; from pathlib import Path; from grader import attack\n"
        "attack.read_cases.__defaults__ = (Path(sys.argv.pop()),)\n"
    )
    done = grade(code + MAIN, "doctor", "--attack", str(folder))
    lines = done.stdout.partition("confined.\n\n")[2].splitlines()

    assert (done.returncode, done.stderr) == (3, "")
    assert lines[1] == (
        "       deny_nothing: make_vector was failed, allowed is passed; "
        "matvec was failed, allowed is raised"
    )
    assert lines[3].startswith(
        "       stay_waiting: matvec was timed_out, allowed is passed; "
        "matvec_gradients was skipped, allowed is passed; a check took 3."
    )
    assert lines[4].startswith("  ✓  honest work        1 of 1 held")
    assert lines[-1] == (
        "  2 of 3 did not hold: grade nobody else's files here before you know why. To try again: "
        "grade doctor --attack deny_nothing stay_waiting"
    )


@WALLS
@pytest.mark.parametrize(
    ("line", "faults"),
    [
        ("expect.equal(student.make_vector().numel(), 3 + (times == 3))",
         ["its successor lost points: make_vector failed", "files of the course were changed"]),
        ("times == 2 and __import__('os').abort()",
         ["it could not be graded: the trusted process ended without a result; nothing was graded. "
          "Is torch installed, and is there memory left? Its last words: none"]),
    ],
)  # fmt: skip
def test_what_follows_an_attack_is_told(corpus, line, faults):
    """A changed course, points that the next submission loses, and a judge that dies are faults."""
    folder = corpus("hostile: {deny_nothing: {}}\nhonest: {views: {}}\n")
    hidden = folder / "course/tests/exercise-01/test_exercise.py"
    # It knows how often it ran: once at the start, then for the attack, then for its successor.
    count = f"""
    with open(__file__ + ".count", "a+") as file:
        file.write("x")
        file.seek(0)
        times = len(file.read())
    {line}
"""
    text = hidden.read_text(encoding="utf-8")
    hidden.write_text(text.replace("    del canary", f"{count}    del canary"), encoding="utf-8")
    told = []
    trials = attack.run(attack.read_cases(folder), lambda *words: told.append(words), folder)

    assert told == [(0, 2, "deny_nothing"), (1, 2, "views"), (2, 2, "")]
    assert [*trials[0].faults] == faults
    assert trials[1].faults == ("files of the course were changed",)


@WALLS
def test_nothing_hostile_runs_without_walls():
    """Where the kernel has no Landlock the command says so, runs nothing and exits with 3."""
    done = grade(NO_LANDLOCK + MAIN, "doctor", "--attack", "deny_fork_bomb")

    assert done.returncode == 3
    assert done.stderr == "grade: the attacks mean harm, and were not run without walls\n"
    assert done.stdout.endswith(
        "  Practice only: without landlock, grade your own files here and nobody else's.\n"
    )


@WALLS
def test_the_judge_itself_refuses_without_walls():
    """Even if nobody asked before, a run without Landlock ends before the first attack."""
    code = (
        "from grader import attack, errors\n"
        "try: attack.run(attack.read_cases()[:1], print)\n"
        "except errors.ConfinementError as error: print(error)\n"
    )
    done = grade(NO_LANDLOCK + code)

    assert done.stderr == ""
    assert done.stdout.startswith("this machine lacks landlock (")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["deny"], "'deny' stands alone; write grade doctor --attack deny"),
        (["--attack", "denny"], "there is no attack 'denny'; name one, such as "),
    ],
)
def test_words_that_name_nothing(words, complaint):
    """A word without --attack, or that names no attack, is one sentence and exit code 2."""
    done = grade(MAIN, "doctor", *words)

    if "--attack" in words and not doctor.can_confine(doctor.examine()):
        assert done.returncode == 3
    else:
        assert done.returncode == 2
        assert complaint in done.stderr


def test_the_wheel_brings_the_list(tmp_path):
    """A wheel holds the list whole, and nothing of the tests beside it."""
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling, which builds the wheel, is not in this environment")
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        packed = {name for name in wheel.namelist() if name.startswith("grader/attacks/")}
        others = {name.partition("/")[0] for name in wheel.namelist()}
    here = ROOT / "tests/grader/attacks"
    files = [here / "cases.yml"]
    for folder in ("bases", "course", "honest", "hostile"):
        files += [path for path in (here / folder).rglob("*.*") if path.suffix != ".pyc"]

    assert packed == {f"grader/attacks/{path.relative_to(here).as_posix()}" for path in files}
    assert {name for name in others if not name.endswith(".dist-info")} == {"grader"}
