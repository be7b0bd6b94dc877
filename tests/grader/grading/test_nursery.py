"""Judges from one import of torch: each as new as the first, ending as any other does."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.judges import Judges, Settings
from grader.nursery import Nursery, is_possible
from grader.trusted import Judge
from grader.turns import LARGE_BYTES

pytestmark = pytest.mark.skipif(not is_possible(), reason="no fork, or no handles for processes")

ONE = '''
@pytest.mark.points(1)
def test_one(student):
    """It doubles."""
    assert student.double(3) == 6
'''
RIGHT = "def double(x): return 2 * x"


@pytest.fixture
def nursery():
    """One import of torch."""
    nursery = Nursery()
    yield nursery
    nursery.close()


def parent_of(pid):
    """The process that a process was forked by."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_judges_of_one_import_grade(made, nursery):
    """Two judges have one parent, which is not us, and grade as any other does."""
    course = made(ONE)
    with Judge(nursery=nursery) as first, Judge(nursery=nursery) as second:
        attempts = [type(course)(course.root, judge).grade(RIGHT) for judge in (first, second)]
        parents = {parent_of(judge.pid) for judge in (first, second)}

    assert [attempt.score.earned for attempt in attempts] == [1, 1]
    assert len(parents) == 1
    assert os.getpid() not in parents


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGPROF])
def test_how_a_judge_ended_is_known(nursery, number):
    """A judge that a signal ended is known to have been ended by it."""
    with Judge(nursery=nursery) as judge:
        before = judge._process.poll()
        os.kill(judge.pid, number)

        assert before is None
        assert judge._process.wait() == -number
        assert judge._process.poll() == -number


def test_a_judge_that_is_killed_is_our_fault(made, nursery):
    """What it was asked for is not graded, and says so; another one grades."""
    course = made(ONE)
    with Judge(nursery=nursery) as judge, Judge(nursery=nursery) as other:
        judge.kill()

        with pytest.raises(SandboxError, match="ended without a result"):
            type(course)(course.root, judge).grade(RIGHT)
        assert type(course)(course.root, other).grade(RIGHT).score.earned == 1


def test_judges_outlive_their_nursery(made, nursery):
    """Where somebody kills the nursery its judges go on, and the next one has a new one."""
    course = made(ONE)
    with Judge(nursery=nursery) as judge:
        old = parent_of(judge.pid)
        os.kill(old, signal.SIGKILL)
        with Judge(nursery=nursery) as other:
            new = parent_of(other.pid)
            attempts = [type(course)(course.root, each).grade(RIGHT) for each in (judge, other)]
        judge.kill()

        assert new != old
        assert [attempt.score.earned for attempt in attempts] == [1, 1]
        assert judge._process.wait() == -signal.SIGKILL


def test_a_nursery_ends_with_whoever_started_it(nursery):
    """Its process is gone when it is closed, and holds no judge that was ended."""
    with Judge(nursery=nursery) as judge:
        pid, parent = judge.pid, parent_of(judge.pid)
    was_there = Path(f"/proc/{parent}").exists()
    nursery.close()

    assert was_there
    assert not Path(f"/proc/{pid}").exists()
    assert not Path(f"/proc/{parent}").exists()


def affinities(pid):
    """The cores that a process and all that it has forked may use."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    found = {frozenset(os.sched_getaffinity(pid))}
    return found.union(*(affinities(int(child)) for child in children))


def test_a_judge_stays_on_its_core(made, nursery):
    """Where a core is given, the judge and its zygote are computed there; else anywhere."""
    course = made(ONE)
    cores = os.sched_getaffinity(0)
    with Judge(nursery=nursery, core=max(cores)) as pinned, Judge(nursery=nursery) as free:
        attempts = [type(course)(course.root, judge).grade(RIGHT) for judge in (pinned, free)]
        found = [affinities(judge.pid) for judge in (pinned, free)]

    assert [attempt.score.earned for attempt in attempts] == [1, 1]
    assert found == [{frozenset({max(cores)})}, {frozenset(cores)}]


def test_a_core_that_is_gone_is_done_without(made, nursery):
    """A judge whose core is not there grades elsewhere."""
    course = made(ONE)
    with Judge(nursery=nursery, core=1023) as judge:
        assert type(course)(course.root, judge).grade(RIGHT).score.earned == 1


LARGE = f"""
@pytest.mark.points(1)
def test_doubles_many(student):
    \"\"\"It doubles zeros.\"\"\"
    zeros = torch.zeros({LARGE_BYTES // 4 + 1})
    expect.close(student.double(zeros), zeros)
"""


def test_judges_go_on_after_a_large_answer(made, nursery):
    """Of judges that have all received a large wrong answer none waits for ever."""
    course = made(LARGE)
    with Judge(nursery=nursery) as first, Judge(nursery=nursery) as second:

        def earned(judge):
            mine = type(course)(course.root, judge)
            return [mine.grade(f"def double(x): return x + {n}").score.earned for n in (1, 2)]

        with ThreadPoolExecutor() as pool:
            graded = [pool.submit(earned, judge) for judge in (first, second)]
            is_over = not wait(graded, timeout=120).not_done
            for judge in (first, second):
                judge.kill()

    assert is_over
    assert [each.result() for each in graded] == [[0, 0], [0, 0]]


@pytest.mark.parametrize("more", [0, 1])
def test_each_of_all_cores_has_a_judge(tmp_path, more):
    """As many judges as cores have one each, also after one was replaced; else none has."""
    cores = os.sched_getaffinity(0)
    if len(cores) == 1:
        pytest.skip("a machine with one core has one judge")
    with Judges(Settings(tmp_path, len(cores) + more)) as judges:
        judge = judges._idle.get()
        judges._idle.put(judges._renewed(judge))
        found = [judge.core for judge in judges._alive]

    assert sorted(found, key=str) == (sorted(cores, key=str) if not more else [None] * len(found))
