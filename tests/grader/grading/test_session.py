"""One submission from its files to an attempt: what each ending of a check is called and earns."""

import re
from dataclasses import replace

import pytest

from grader.errors import CourseError
from grader.records import Outcome, Visibility
from grader.reports import attempt as report
from grader.reports import terminal

DOUBLES = '''
@pytest.mark.points(1)
def test_doubles(student, normal):
    """It doubles."""
    x = normal(3)
    expect.close(student.double(x), 2 * x)
'''

TWO = '''
@pytest.mark.points(1)
def test_first(student):
    """The first."""
    assert student.double(torch.tensor(2.0)).item() == 4.0


@pytest.mark.points(2)
def test_second(student):
    """The second."""
    assert student.half(torch.tensor(2.0)).item() == 1.0
'''

RIGHT_HALF = "def half(x): return x / 2\n"


def outcomes(attempt):
    """List how the checks of an attempt ended."""
    return [str(v.outcome) for v in attempt.verdicts]


def test_right_answer_earns_all(made):
    """The reference, handed in, passes and earns everything."""
    course = made(DOUBLES)
    attempt = course.grade(course.reference)

    assert outcomes(attempt) == ["passed"]
    assert attempt.score.earned == attempt.score.possible == 1


def test_a_kill_from_outside_is_ungraded(made, verdict):
    """A process that somebody killed has lost nothing, also where the check swallows that."""
    course = made('''
import os, signal

@pytest.mark.points(1)
def test_doubles(student):
    """It doubles."""
    os.kill(student.pid(), signal.SIGKILL)
    with pytest.raises(Exception):
        student.double(1)
''')
    found = verdict(course.grade(course.reference + "\nimport os\ndef pid(): return os.getpid()\n"))

    assert found.outcome is Outcome.UNGRADED
    assert found.message == (
        "the grader failed, not you: somebody killed its process (SIGKILL), as a machine does that "
        "has no memory left"
    )


def test_stub_is_not_written_yet(made, verdict):
    """An untouched stub earns nothing and is told where to write."""
    found = verdict(made(DOUBLES).grade())

    assert found.outcome is Outcome.RAISED
    assert found.message == "not written yet (double: exercise 01)\n  answer.py:2 in double"


def test_mismatch_fails(made, verdict):
    """A wrong value fails with the expectation's sentence."""
    found = verdict(made(DOUBLES).grade("def double(x): return 3 * x"))

    assert found.outcome is Outcome.FAILED
    assert re.fullmatch(r"The result is off by up to .*", found.message)


def test_plain_assert_of_a_hidden_check_says_nothing(made, verdict):
    """A bare assert of a hidden check fails without showing its source."""
    course = made(TWO.replace("points(2)", "points(1)"), points="2")
    attempt = course.grade("def double(x): return x\n" + RIGHT_HALF)

    assert outcomes(attempt) == ["failed", "passed"]
    assert attempt.verdicts[0].message == ""


def test_plain_assert_of_a_visible_check_is_quoted(made):
    """A bare assert of a visible check shows its line, which the student can read anyway."""
    course = made(DOUBLES, visible=TWO, points="4")
    attempt = course.grade("def double(x): return x\n" + RIGHT_HALF)

    assert attempt.verdicts[0].message == (
        "this does not hold: assert student.double(torch.tensor(2.0)).item() == 4.0"
    )


def test_visible_checks_come_first(made):
    """Visible checks run before hidden ones, and each says which it is."""
    attempt = made(DOUBLES, visible=TWO, points="4").grade()

    assert [(v.check.id, v.check.visibility) for v in attempt.verdicts] == [
        ("first", Visibility.VISIBLE),
        ("second", Visibility.VISIBLE),
        ("doubles", Visibility.HIDDEN),
    ]


def test_exception_shows_the_students_frame(made, verdict):
    """An exception comes with its type, its text and the student's own line and caret."""
    found = verdict(made(DOUBLES).grade("def double(x):\n    return x + torch.ones(3)\n"))

    assert found.outcome is Outcome.RAISED
    assert found.message == (
        "NameError: name 'torch' is not defined\n"
        "  answer.py:2 in double\n"
        "    return x + torch.ones(3)\n"
        "               ^^^^^"
    )


@pytest.mark.parametrize(
    ("body", "outcome", "message"),
    [
        ("while True: pass", "timed_out", "stopped after 2 s of computing"),
        ("__import__('os')._exit(0)", "crashed", "the process ended in the middle of the check"),
        ("__import__('ctypes').string_at(0)", "crashed", "the process crashed (SIGSEGV)"),
        ("return x.new_zeros(1 << 32)", "out_of_memory", "it ran out of memory"),
        ("return open('/etc/passwd').read()", "forbidden", "not allowed here (PermissionError"),
        ("raise SystemExit(0)", "raised", "SystemExit: 0"),
        ("raise KeyboardInterrupt", "raised", "KeyboardInterrupt"),
        ("__import__('pytest').skip('free points')", "raised", "Skipped: free points"),
        ("__import__('pytest').exit('free', returncode=0)", "raised", "Exit: free"),
    ],
)
def test_bad_endings_cost_their_own_check(made, body, outcome, message):
    """A hang, exit, crash or forbidden act costs its own check; the next one counts."""
    attempt = made(TWO, points="3").grade(f"def double(x):\n    {body}\n{RIGHT_HALF}")

    assert outcomes(attempt) == [outcome, "passed"]
    assert attempt.verdicts[0].message.startswith(message)
    assert attempt.score.earned == 2


def test_sleep_costs_its_own_check(made):
    """A submission that sleeps is stopped by the wall clock; the next check counts."""
    source = f"import time\ndef double(x): time.sleep(60)\n{RIGHT_HALF}"
    attempt = made(TWO, points="3", wall="3 s").grade(source)

    assert outcomes(attempt) == ["timed_out", "passed"]
    assert attempt.verdicts[0].message.startswith("stopped after waiting 3 s")


def test_global_change_costs_nothing_else(made):
    """A submission that patches torch within one check does not change the next."""
    attempt = made(TWO, points="3").grade(
        "import torch\n"
        "def double(x):\n"
        "    torch.Tensor.__truediv__ = lambda a, b: a\n"
        "    torch.set_default_dtype(torch.float64)\n"
        "    return 2 * x\n" + RIGHT_HALF
    )

    assert outcomes(attempt) == ["passed", "passed"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "def double(x:\n    return x\n",
            "SyntaxError: '(' was never closed\n  answer.py:1\n    def double(x:\n              ^",
        ),
        (
            "import torch\nraise ValueError('at import')\n",
            "ValueError: at import\n  answer.py:2 in <module>\n"
            "    raise ValueError('at import')\n    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
        ),
    ],
)
def test_files_that_do_not_load(made, source, message):
    """A file that does not load is told with line and caret, the same for every check."""
    attempt = made(TWO, points="3").grade(source)

    assert outcomes(attempt) == ["raised", "raised"]
    assert {v.message for v in attempt.verdicts} == {message}


def test_hang_while_loading_is_tried_once(made):
    """A file that never finishes loading costs one loading budget, not one a check."""
    attempt = made(TWO, points="3").grade("while True: pass")

    assert outcomes(attempt) == ["timed_out", "timed_out"]
    assert attempt.verdicts[1].seconds < attempt.verdicts[0].seconds / 10


def test_missing_function(made):
    """A missing function is named, and the others still count."""
    attempt = made(TWO, points="3").grade(RIGHT_HALF)

    assert outcomes(attempt) == ["raised", "passed"]
    assert attempt.verdicts[0].message == (
        "answer.py has no function `double`. Keep the name that the exercise gives."
    )


def test_needs_skips(made):
    """A check is not tried when the one it needs has not passed."""
    hidden = TWO.replace(
        "@pytest.mark.points(2)", '@pytest.mark.needs("first")\n' * 1 + "@pytest.mark.points(2)"
    )
    attempt = made(hidden, points="3").grade("def double(x): return x\n" + RIGHT_HALF)

    assert outcomes(attempt) == ["failed", "skipped"]
    assert attempt.verdicts[1].message == "not tried: needs first"


@pytest.mark.parametrize(
    "mark",
    ["pytest.mark.skip(reason='later')", "pytest.mark.xfail", "pytest.mark.xfail(strict=False)"],
)
def test_skipped_and_expected_failures_earn_nothing(made, verdict, mark):
    """A check that is skipped or expected to fail earns nothing, even for a right answer."""
    course = made(DOUBLES.replace("@pytest.mark.points(1)", f"@{mark}\n@pytest.mark.points(1)"))
    found = verdict(course.grade(course.reference))

    assert found.outcome is Outcome.SKIPPED


def test_answer_that_the_check_cannot_use(made, verdict):
    """An answer on which the check stumbles fails, because with the reference it does not."""
    hidden = '''
    @pytest.mark.points(1)
    def test_shape(student):
        """It keeps the shape."""
        assert student.double(torch.ones(3)).shape == (3,)
    '''
    found = verdict(made(hidden).grade("def double(x): return None"))

    assert found.outcome is Outcome.FAILED
    assert found.message == (
        "the check could not use the answer "
        "(AttributeError: 'NoneType' object has no attribute 'shape')"
    )


def test_check_file_that_does_not_load(made):
    """A check file with a syntax error is the teacher's, named with the file."""
    with pytest.raises(CourseError, match=r"test_answer.py does not load as a check file"):
        made("def test_x(:\n    pass\n").grade()


def test_points_must_add_up(made):
    """Marks that do not add up to the gradebook's points are the teacher's error."""
    with pytest.raises(CourseError, match="its checks are worth 3"):
        made(TWO, points="4").grade()


def test_check_without_points(made):
    """A check that does not say what it is worth is the teacher's error."""
    with pytest.raises(CourseError, match=r"put @pytest.mark.points\(2\) above it"):
        made("def test_x(student):\n    '''It is free.'''\n").grade()


def test_unknown_mark(made):
    """A mark that pytest does not know is the teacher's error, not silence."""
    with pytest.raises(CourseError, match="poinst"):
        made(DOUBLES.replace("points", "poinst")).grade()


def test_student_conftest_is_not_read(made):
    """A conftest.py or pytest.ini in the course or the submission changes nothing."""
    course = made(TWO, points="3")
    planted = "import os\nos._exit(0)\n"
    for folder in ("", "handed-in", "tests", "tests/exercise-01", "exercises/exercise-01"):
        (course.root / folder).mkdir(exist_ok=True)
        (course.root / folder / "conftest.py").write_text(planted)
        (course.root / folder / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")

    assert outcomes(course.grade("def double(x): return x\n")) == ["failed", "raised"]


def test_isolation_of_checks(made):
    """With `isolation: check` a value left by one check is gone in the next, without a reset."""
    hidden = '''
    @pytest.mark.points(1)
    @pytest.mark.parametrize("turn", [0, 1])
    def test_turn(student, turn):
        """Each turn is the first."""
        assert student.double(turn) == 1
    '''
    source = """
    import sys
    def double(turn):
        sys.turns = getattr(sys, "turns", 0) + 1
        return sys.turns
    """
    right = "def double(turn): return 1\n"
    extra = "    isolation: check\n"
    alone = made(hidden, points="2", reference=right, extra=extra).grade(source)
    together = made(hidden, points="2", reference=right).grade(source)

    assert outcomes(alone) == ["passed", "passed"]
    assert outcomes(together) == ["passed", "failed"]


def test_grading_twice_gives_the_same_record(made):
    """The same submission graded 20 times gives the same JSON but for times."""
    hidden = (
        DOUBLES
        + '''
@pytest.mark.points(1)
def test_random(student, normal):
    """What the student draws is seeded."""
    expect.close(student.half(normal(3)), torch.zeros(3))
'''
    )
    right = "def double(x): return 2 * x\ndef half(x): return 0 * x\n"
    course = made(hidden, points="2", reference=right)
    source = "import torch\ndef double(x): return 2 * x\ndef half(x): return torch.randn(3)\n"
    texts = set()
    for _ in range(20):
        attempt = course.grade(source)
        verdicts = tuple(replace(v, seconds=0.0) for v in attempt.verdicts)
        texts.add(report.to_json(replace(attempt, verdicts=verdicts, seconds=0.0)))

    assert len(texts) == 1
    assert "off by" in texts.pop()


def test_seed_changes_the_inputs(made, verdict):
    """Another seed draws other inputs, and is recorded."""
    course = made(DOUBLES)
    attempts = [course.grade("def double(x): return 3 * x", seed=seed) for seed in (1, 2)]

    assert verdict(attempts[0]).message != verdict(attempts[1]).message
    assert [attempt.environment.seed for attempt in attempts] == [1, 2]


def test_seed_does_not_tell_checks_apart(made):
    """Every check of an attempt begins under the same seed, and another attempt under another."""
    tests = '''
    @pytest.mark.points(1)
    def test_first(student):
        """A number."""
        expect.same(student.double, torch.tensor(1.0))

    @pytest.mark.points(1)
    def test_second(student):
        """A number."""
        expect.same(student.double, torch.tensor(1.0))
    '''
    course = made(tests, points="2")
    source = """
        import torch

        def double(x):
            return x * (torch.initial_seed() % 1000)
    """

    seen = [{v.message for v in course.grade(source, seed=seed).verdicts} for seed in (1, 2)]

    assert [len(messages) for messages in seen] == [1, 1]
    assert seen[0] != seen[1]


def test_environment_is_recorded(made):
    """The attempt records versions, device, threads, checks and confinement."""
    environment = made(DOUBLES).grade().environment

    assert environment.device == "cpu"
    assert environment.threads == 1
    assert re.fullmatch(r"[0-9a-f]{64}", environment.checks_digest)
    assert environment.confinement


def test_missing_gpu_is_said(made):
    """Asking for a GPU where there is none is an error, never a pass."""
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    with pytest.raises(CourseError, match="--device cuda asks for a GPU"):
        made(DOUBLES).grade(device="cuda")


def test_hidden_checks_cannot_print(made, capfd):
    """What a check prints or warns of reaches neither the terminal nor the record."""
    hidden = '''
    import sys, warnings

    @pytest.mark.points(1)
    def test_loud(student):
        """It is loud."""
        print("CANARY-out")
        print("CANARY-err", file=sys.stderr)
        warnings.warn("CANARY-warning")
        assert student.double(1) == 2
    '''
    attempt = made(hidden).grade("def double(x): return 3 * x")

    assert "CANARY" not in report.to_json(attempt) + "".join(capfd.readouterr())


def test_module_fixtures_are_fresh(made):
    """A fixture of a wider scope is set up for each check, so that none sees another's leavings."""
    hidden = '''
    @pytest.fixture(scope="module")
    def bag():
        """A list that a check could leave something in."""
        return []

    @pytest.mark.points(1)
    @pytest.mark.parametrize("turn", [0, 1])
    def test_bag(student, bag, turn):
        """The bag is empty."""
        assert bag == []
        bag.append(student.double(turn))
    '''
    assert outcomes(made(hidden, points="2").grade("def double(x): return x")) == ["passed"] * 2


def test_object_that_lies_about_its_class(made, verdict):
    """An answer that claims to be what it is not is refused by the name of its own type."""
    source = """
    import torch
    class Fake:
        __class__ = property(lambda self: torch.nn.Linear)
    def double(x): return Fake()
    """
    found = verdict(made(DOUBLES).grade(source))

    assert found.outcome is Outcome.FAILED
    assert found.message == (
        "`double` answers with a Fake; expected a tensor, a number, text, a list, a tuple, "
        "a dict or a module."
    )


WRITES = '''
@pytest.mark.points(1)
@pytest.mark.parametrize("turn", [0, 1])
def test_turn(student, turn):
    """Each turn starts with no files."""
    assert student.double(turn) == []
'''


def test_temporary_files_are_honest(made):
    """A submission may use temporary files; the next check does not see them."""
    source = """
    import os, tempfile
    def double(turn):
        before = os.listdir(".") + os.listdir(tempfile.gettempdir())
        with tempfile.TemporaryFile() as file:
            file.write(b"x" * 1000)
        with open("left.txt", "w") as file:
            file.write("for the next check")
        return before
    """
    attempt = made(WRITES, points="2").grade(source)

    assert outcomes(attempt) == ["passed", "passed"]


def test_flood_of_files_is_stopped(made):
    """A submission that writes files without end is stopped, and only that check is lost."""
    source = """
    def double(turn):
        number = 0
        while turn == 0:
            number += 1
            open(str(number), "w").close()
        return []
    """
    attempt = made(WRITES, points="2").grade(source)

    assert outcomes(attempt) == ["forbidden", "passed"]
    assert attempt.verdicts[0].message == "wrote more than 1000 files, which is not allowed here"


def test_functions_of_any_name(made):
    """A student's function may be called what the proxy's own parts are called."""
    hidden = '''
    @pytest.mark.points(1)
    def test_names(student):
        """They answer."""
        names = ("call", "get", "pull", "release", "remember", "names", "files")
        assert [getattr(student, name)(name) for name in names] == list(names)
    '''
    source = "\n".join(
        f"def {name}(x): return x"
        for name in ("call", "get", "pull", "release", "remember", "names", "files")
    )

    assert outcomes(made(hidden).grade(source)) == ["passed"]


def test_answer_that_cannot_be_sent_back(made, verdict):
    """An answer that the check hands on and that cannot cross again is the student's matter."""
    hidden = '''
    @pytest.mark.points(1)
    def test_twice(student):
        """It doubles what it doubled."""
        assert student.double((student.double(1),)) == 4
    '''
    source = """
    def double(x):
        value = 2
        for _ in range(60):
            value = [value]
        return value
    """
    right = "def double(x): return 2 if x == 1 else 4\n"
    found = verdict(made(hidden, reference=right).grade(source))

    assert found.outcome is Outcome.FAILED
    assert "nested deeper than 60 levels" in found.message


def test_text_that_is_no_text(made, verdict):
    """A message with half a surrogate pair is told and written all the same."""
    attempt = made(DOUBLES).grade("def double(x): raise ValueError('\\\\ud800 half')")
    text = report.to_json(attempt)

    assert verdict(attempt).message.startswith("ValueError: ")
    assert text.encode("utf-8")
    assert terminal.render(attempt).encode("utf-8")


def test_prints_of_isolated_checks_are_kept(made):
    """With a child for each check, what visible checks print is passed on all the same."""
    source = "def double(x):\n    print('seen', float(x))\n    return 2 * x\n" + RIGHT_HALF
    course = made(DOUBLES, visible=TWO, points="4", extra="    isolation: check\n")
    course.grade(source)

    assert course.judge.printed == "seen 2.0\n"
