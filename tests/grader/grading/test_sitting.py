"""A sitting: checks stay collected between submissions, and nothing else stays."""

import os
import subprocess
import sys
import textwrap
import time

import pytest

from grader.errors import CourseError

RIGHT = "def double(x):\n    return 2 * x\n"
SPOILS = "def double(x):\n    y = 2 * x\n    x.zero_()\n    return y\n"


def passed(attempt):
    """The ids of the checks that were passed."""
    return [v.check.id for v in attempt.verdicts if v.outcome == "passed"]


def test_a_tensor_of_the_check_file_is_the_same_for_the_next(made):
    """A submission that overwrites a tensor of the check file does not reach the next one."""
    course = made('''
        X = torch.arange(3.0)

        @pytest.mark.points(1)
        def test_doubles(student):
            """It doubles."""
            wanted = 2 * X
            expect.close(student.double(X), wanted)
            assert wanted[1] == 2, "the tensor of the file has changed"
    ''')

    assert passed(course.grade(SPOILS)) == ["doubles"]
    assert passed(course.grade(RIGHT)) == ["doubles"]


def test_a_counter_in_a_check_file_begins_anew(made):
    """State that cannot be read is not relied on: each submission finds the file as it stands."""
    course = made('''
        import itertools
        COUNTER = itertools.count()

        @pytest.mark.points(1)
        def test_doubles(student):
            """It doubles."""
            assert next(COUNTER) == 0
    ''')

    assert [passed(course.grade(RIGHT)) for _ in range(3)] == [["doubles"]] * 3


@pytest.mark.parametrize("name", ["tests/exercise-01/test_answer.py",
                                  "solutions/exercise-01/answer.py"])  # fmt: skip
def test_a_changed_file_is_read_anew(made, name):
    """A check or a reference that was changed in between counts from the next submission on."""
    course = made('''
        @pytest.mark.points(1)
        def test_doubles(student):
            """It doubles."""
            expect.same(student.double, torch.tensor(2.0))
    ''')
    before = course.grade(RIGHT)
    path = course.root / name
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("2.0", "3.0").replace("2 * x", "5 * x"), encoding="utf-8")
    after = course.grade(RIGHT)

    assert passed(before) == ["doubles"]
    is_check = name.startswith("tests")
    assert (before.environment.checks_digest == after.environment.checks_digest) is not is_check
    assert passed(after) == (["doubles"] if is_check else [])


def test_a_change_of_long_ago_is_seen(made):
    """A change shows that keeps size and time of a file which had lain there for a while."""
    course = made('''
        @pytest.mark.points(1)
        def test_doubles(student):
            """It doubles."""
            expect.same(student.double, torch.tensor(2.0))
    ''')
    path = course.root / "solutions/exercise-01/answer.py"
    before, times = course.grade(RIGHT), path.stat()
    time.sleep(0.2)
    again = course.grade(RIGHT)
    path.write_text(path.read_text(encoding="utf-8").replace("2 * x", "5 * x"), encoding="utf-8")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))

    assert passed(before) == passed(again) == ["doubles"]
    assert path.stat().st_size == times.st_size
    assert passed(course.grade(RIGHT)) == []


def test_a_new_check_is_seen(made):
    """A check file that is added in between counts from the next submission on."""
    course = made('''
        @pytest.mark.points(1)
        def test_doubles(student):
            """It doubles."""
    ''')
    course.grade(RIGHT)
    time.sleep(0.2)
    course.grade(RIGHT)
    more = course.root / "tests/exercise-01/test_more.py"
    more.write_text("def test_more(student):\n    pass\n", encoding="utf-8")

    with pytest.raises(CourseError, match="test_more does not say what it is worth"):
        course.grade(RIGHT)


def test_a_changed_mistake_is_read_anew(made):
    """So does a changed sentence of a mistake."""
    course = made(
        '''
        @pytest.mark.points(1)
        def test_doubles(student):
            """It doubles."""
            expect.same(student.double, torch.tensor([2.0, 5.0]))
        ''',
        mistakes='''
        @mistake(of="double", loses="doubles")
        def squared(x):
            """Squared."""
            return x * x
        ''',
    )
    wrong = "def double(x):\n    return x ** 2\n"
    before = course.grade(wrong).verdicts[0].diagnosis
    path = course.root / "tests/exercise-01/mistakes.py"
    path.write_text(path.read_text(encoding="utf-8").replace("Squared.", "Its square."))
    after = course.grade(wrong).verdicts[0].diagnosis

    assert (before.text, after.text) == ("Squared.", "Its square.")


def test_a_check_that_ends_pytest_is_wrong(made):
    """A check that calls pytest.exit is the teacher's fault, and the next submission is graded."""
    course = made('''
        @pytest.mark.points(1)
        def test_doubles(student):
            """It doubles."""
            if float(student.double(torch.tensor(1.0))) == 2:
                pytest.exit("enough")
    ''')

    with pytest.raises(CourseError, match="enough"):
        course.grade(RIGHT)
    with pytest.raises(CourseError, match="enough"):
        course.grade(RIGHT)


def test_a_lost_check_keeps_nothing_of_the_answer(made):
    """Once what was raised is let go, the answer that a check refused is freed at once."""
    course = made('''
        @pytest.mark.points(1)
        def test_doubles(student):
            """It doubles."""
            answer = student.double(torch.ones(3))
            assert answer.sum() == 7
    ''')
    script = """
        import gc, sys, weakref, torch
        from pathlib import Path
        from grader import course
        from grader.known import let_go
        from grader.sitting import Sitting
        held = []
        class Student:
            def double(self, x):
                self.answer = 2 * x
                held.append(weakref.ref(self.answer))
                return self.answer
        exercise = course.load(Path(sys.argv[1])).exercises[0]
        sitting = Sitting(exercise, torch.device("cpu"))
        gc.disable()
        raised = sitting.run(sitting.items[0], Student(), 1)
        was_held = held[0]() is not None
        let_go(raised)
        print(type(raised).__name__, was_held, held[0]() is None)
    """
    command = [sys.executable, "-P", "-W", "ignore", "-c", textwrap.dedent(script)]
    without_plugins = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    said = subprocess.run(
        [*command, course.root], check=True, capture_output=True, text=True, env=without_plugins
    )

    assert said.stdout.split() == ["AssertionError", "True", "True"]


@pytest.mark.parametrize(
    ("head", "spoils"),
    [
        ('@pytest.mark.parametrize("x", [torch.ones(2000)])', "x[3:-3] = 0"),
        ('@pytest.mark.parametrize("x", [torch.ones(2)], ids=["two"])', "x.zero_()"),
        ("""@pytest.fixture(params=[torch.ones(2)])
        def x(request):
            return request.param
""", "x.zero_()"),
    ],
    ids=["long", "short", "fixture"],
)  # fmt: skip
def test_a_parameter_of_a_check_is_the_same_for_the_next(made, head, spoils):
    """A submission that overwrites a parameter of a check does not reach the next one."""
    course = made(f'''
        {head}
        @pytest.mark.points(1)
        def test_doubles(student, x):
            """It doubles."""
            wanted = 2 * x
            expect.close(student.double(x), wanted)
    ''')
    planter = f"def double(x):\n    y = 2 * x\n    {spoils}\n    return y\n"
    wrong = "def double(x):\n    return 2 * x * (x == 0)\n"

    assert [len(passed(course.grade(each))) for each in (planter, wrong, RIGHT)] == [1, 0, 1]
