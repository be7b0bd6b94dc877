"""Precedents: known answers lead to the verdict that they led to before, and nothing else does."""

import os
import subprocess
import sys
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import precedents
from grader.errors import Mismatch
from grader.precedents import Precedents
from grader.records import Check, Outcome, Verdict, Visibility
from grader.sandbox import wire
from grader.sandbox.raised import StudentError

RIGHT = "def double(x):\n    return 2 * x\n"
OTHER = "def double(x):\n    return 3 * x\n"
COUNTED = '''
    def note():
        # A file of its own for each run, without a module that would have the check always run.
        torch.save(torch.ones(1), "{log}/" + str(torch.Generator().seed()))

    @pytest.mark.points(1)
    def test_doubles(student):
        """It doubles."""
        note()
        {body}
'''
BODY = "expect.same(student.double, torch.tensor([1.0, 2.0]))"


@pytest.fixture
def counted(made, tmp_path):
    """Make a course whose only check notes each of its runs, and count them."""

    def make(body=BODY, **rest):
        log = tmp_path / "log"
        log.mkdir()
        course = made(COUNTED.format(log=log, body=body), **rest)
        return course, lambda: len([*log.iterdir()])

    return make


def told(attempt):
    """Everything that an attempt says of its checks but their time."""
    return [(v.check, v.outcome, v.message, v.diagnosis, v.evidence) for v in attempt.verdicts]


@pytest.mark.parametrize("source", [RIGHT, OTHER, "def double(x):\n    return x.nothing\n"])
def test_the_same_answers_end_as_they_did(counted, source):
    """A check is not run again for the answers that it was given before, and says the same."""
    course, runs = counted()
    first = [course.grade(source) for _ in range(2)][1]
    before = runs()
    again = course.grade(source + "\n# another text\n")

    assert runs() == before
    assert told(again) == told(first)
    assert (again.score.earned == 1) == (source == RIGHT)


def test_another_answer_is_judged(counted):
    """An answer that nobody gave before is judged by running the check, however many are known."""
    course, runs = counted()
    for _ in range(3):
        course.grade(RIGHT)
    before = runs()
    wrong = course.grade(OTHER)

    assert runs() > before
    assert wrong.score.earned == 0
    assert course.grade(RIGHT).score.earned == 1


def test_a_later_answer_decides_too(counted):
    """Where only the last of several answers differs, the check is run with all of them."""
    body = "[expect.same(student.double, torch.tensor(float(n))) for n in range(4)]"
    course, runs = counted(body)
    for _ in range(2):
        course.grade(RIGHT)
    before = runs()
    wrong = course.grade("def double(x):\n    return 2 * x if x < 3 else x\n")

    assert wrong.score.earned == 0
    assert "off by 3" in wrong.verdicts[0].message
    assert runs() > before


def test_a_check_that_asks_anew_each_time_is_run(counted):
    """A check that draws numbers of its own is found out, and its student begins once more."""
    body = """
        n = torch.Generator().seed() % 10**9
        assert student.double(n) == 2 * n, "wrong"
        assert student.double(1) == 2, "wrong as well"
    """
    course, runs = counted(body)
    # Right for two calls and no more.
    text = "CALLS = []\ndef double(x):\n    CALLS.append(x)\n    return 2 * x + (len(CALLS) > 2)"
    right, wrong = text + "\n", text + " + (x == 1)\n"

    earned = [course.grade(each).score.earned for each in (right, right, wrong, right, wrong)]
    before = runs()

    assert earned == [1, 1, 0, 1, 0]
    assert [course.grade(right).score.earned for _ in range(3)] == [1] * 3
    assert runs() == before + 3


ALIKE = '''
    @pytest.mark.points(1)
    def test_first(student):
        """It doubles."""
        assert student.double(1.0) == 2

    @pytest.mark.points(1)
    def test_second(student):
        """It gives a number."""
        assert type(student.double(1.0)) is float
'''


def test_what_a_submission_prints_is_told_with_each_check(made):
    """A check whose answers are known from another is run all the same where those were printed."""
    hidden = """
        @pytest.mark.points(1)
        def test_doubles(student):
            assert student.double(2) == 4
    """
    course = made(hidden, visible=ALIKE, points="3")
    loud = "def double(x):\n    print(x)\n    return 2 * x\n"
    told = []
    for text in [loud, RIGHT, loud, RIGHT]:
        earned = course.grade(text).score.earned
        told.append((earned, course.judge.printed))

    assert told == [(3, "1.0\n1.0\n"), (3, "")] * 2


def test_a_name_that_is_missing_is_missed(counted):
    """A submission without the function is not taken for one that has it."""
    course, _ = counted("assert student.double(1) == 2; student.half(4)")
    both = RIGHT + "def half(x):\n    return x / 2\n"

    assert [course.grade(both).score.earned for _ in range(3)] == [1] * 3
    assert course.grade(RIGHT).score.earned == 0
    assert "has no function `half`" in course.grade(RIGHT).verdicts[0].message
    assert course.grade(both).score.earned == 1


def test_time_is_measured_each_time(counted):
    """A check that watches a call is run each time: how long it took is no answer to keep."""
    course, runs = counted("expect.cost(student.double, torch.ones(9), seconds=100)")

    assert [course.grade(RIGHT).score.earned for _ in range(3)] == [1] * 3
    assert runs() == 3


def test_what_ends_the_process_is_tried_each_time(counted):
    """A crash, whose cause may lie outside, is no precedent."""
    course, runs = counted()
    crash = "import os\ndef double(x):\n    os._exit(3)\n"

    before = [(course.grade(crash).verdicts[0].outcome, runs()) for _ in range(3)]

    assert [outcome for outcome, _ in before] == [Outcome.CRASHED] * 3
    assert len({count for _, count in before}) == 3


def test_what_a_check_leaves_in_its_file_counts(made):
    """What a submission did to a tensor of the file reaches its next check, precedent or none."""
    hidden = '''
        X = torch.arange(3.0)

        @pytest.mark.points(1)
        def test_first(student):
            """It halves."""
            student.half(X)

        @pytest.mark.points(1)
        def test_second(student):
            """It doubles."""
            expect.close(student.double(X), 2 * torch.arange(3.0))
    '''
    both, spoils = (
        f"{RIGHT}\ndef half(x):\n    return x.{name}(0.5)\n" for name in ("mul", "mul_")
    )
    course = made(hidden, points="2")
    alone = told(course.grade(spoils))
    for _ in range(3):
        course.grade(both)

    assert told(course.grade(spoils)) == alone
    assert [outcome for _, outcome, *_ in alone] == [Outcome.PASSED, Outcome.FAILED]


def test_what_was_passed_before_decides_what_is_named(made):
    """The same wrong answers are named by what the other checks have ruled out."""
    mistakes = '''
        @mistake(of="double", loses=["first", "second"])
        def treble(x):
            """It trebles."""
            return 3 * x
    '''
    hidden = '''
        @pytest.mark.points(1)
        def test_first(student):
            """Small."""
            expect.same(student.double, torch.tensor(1.0))

        @pytest.mark.points(1)
        def test_second(student):
            """Large."""
            expect.same(student.double, torch.tensor(9.0))
    '''
    course = made(hidden, points="2", mistakes=mistakes)
    half = "def double(x):\n    return 2 * x if x < 2 else 3 * x\n"

    def named(source):
        found = course.grade(source).verdicts[1].diagnosis
        return found and found.mistake

    assert [named(each) for each in (OTHER, OTHER, half, OTHER)] == [
        "treble", "treble", named(half), "treble",
    ]  # fmt: skip
    assert named(half) != "treble"


def test_what_one_asks_lets_go_of_no_graph_of_another(made):
    """Two checks that ask alike keep their own graphs, whatever a first submission has answered."""
    hidden = '''
        @pytest.mark.points(1)
        def test_values(student):
            """It doubles."""
            student.double(torch.tensor(3.0))
            assert student.double(torch.tensor(4.0)) == 8

        @pytest.mark.points(1)
        def test_gradient(student):
            """It is in a graph."""
            out = student.double(torch.tensor(3.0, requires_grad=True))
            other = student.double(torch.tensor(4.0))
            assert out.requires_grad
            (out * other).backward()
    '''
    course = made(hidden, points="2")
    cut = "def double(x):\n    return (2 * x).detach()\n"

    assert [course.grade(each).score.earned for each in (cut, *[RIGHT] * 4)] == [1, 2, 2, 2, 2]


def test_there_is_no_second_try(counted):
    """Who was asked what a check does not ask begins anew, and knows nothing of the first time."""
    body = """
        assert student.double(1) == 2
        n = torch.Generator().seed() % 10**9
        assert student.double(n) == 2 * n
        assert student.double(2) == 4, "wrong for 2"
    """
    course, _ = counted(body)
    again = (
        "import json\njson.seen = getattr(json, 'seen', 0) + 1\n"
        "def double(x):\n    return 5 if x == 2 and json.seen < 2 else 2 * x\n"
    )

    assert [course.grade(each).score.earned for each in (RIGHT, RIGHT, again)] == [1, 1, 0]


def test_what_is_taken_back_was_left(made):
    """A file whose check leaves something, and another takes it back, is read anew each time."""
    hidden = '''
        SEEN = []

        @pytest.mark.points(1)
        def test_first(student):
            """It doubles."""
            SEEN.append(student.double(3))

        @pytest.mark.points(1)
        def test_second(student):
            """It doubles twice alike."""
            assert SEEN.pop() == student.double(3)
    '''
    course = made(hidden, points="2")

    assert [course.grade(RIGHT).score.earned for _ in range(4)] == [2] * 4


def test_random_numbers_of_python_are_the_checks_own(made):
    """What one check draws with Python's own generator moves no other check's numbers."""
    hidden = '''
        import random

        @pytest.mark.points(1)
        def test_first(student):
            """It doubles."""
            random.seed(1)
            assert student.double(3) == 6

        @pytest.mark.points(1)
        def test_second(student):
            """It doubles what is drawn."""
            n = random.randrange(10**6)
            assert student.double(n) == 2 * n, f"wrong for {n}"
    '''
    course = made(hidden, points="2")
    wrong = "def double(x):\n    return 6\n"
    found = {course.grade(each).verdicts[1].message for each in (wrong, RIGHT, wrong, RIGHT, wrong)}

    assert len(found - {""}) == 1


def test_a_crash_that_a_check_takes_for_an_answer_is_no_precedent(made):
    """Where a check goes on after a submission has ended, the next one is still asked."""
    hidden = '''
        @pytest.mark.points(1)
        def test_edge(student):
            """An empty tensor is doubled, or refused."""
            try:
                out = student.double(torch.zeros(0))
            except Exception:
                return
            assert out.shape == (0,)
    '''
    course = made(hidden)
    crash = "import os\ndef double(x):\n    os._exit(0)\n"
    wrong = "import torch\ndef double(x):\n    return torch.ones(1)\n"

    earned = [course.grade(each).score.earned for each in (RIGHT, crash, wrong, RIGHT)]

    assert earned == [1, 1, 0, 1]


def test_a_check_with_a_clock_is_run_each_time(made):
    """Of a check that looks at a clock each submission has its own time."""
    hidden = '''
        import time

        @pytest.mark.points(1)
        def test_fast(student):
            """It is fast."""
            start = time.perf_counter()
            student.double(2)
            assert time.perf_counter() - start < 0.8, "too slow"
    '''
    course = made(hidden)
    slow = "import time\ndef double(x):\n    time.sleep(1)\n    return 2 * x\n"

    assert [course.grade(each).score.earned for each in (RIGHT, RIGHT, slow, RIGHT)] == [1, 1, 0, 1]


CHECK = Check("doubles", "It doubles.", Fraction(1), Visibility.HIDDEN)


def run(hearing, check):
    """Run a made-up check: it asks by its answers so far, and ends after four of them."""
    hearing.names["double"]
    answers = []
    while len(answers) < check["length"]:
        asked = ["get", len(answers), check["asks"][sum(answers) % 5]]
        try:
            answers.append(hearing.ask(asked, ()).body[2])
        except StudentError as error:
            if not check["swallows"]:
                return error
            answers.append(3)
    if check["fails"][sum(3**k * a for k, a in enumerate(answers)) % 7]:
        return Mismatch(str(answers))
    return None


@given(st.data())
def test_a_class_is_judged_as_if_each_were_alone(data):
    """Whatever a check asks and whatever a class answers, precedents change no verdict."""
    check = {
        "length": data.draw(st.integers(0, 4)),
        "asks": data.draw(st.lists(st.integers(0, 3), min_size=5, max_size=5)),
        "fails": data.draw(st.lists(st.booleans(), min_size=7, max_size=7)),
        "swallows": data.draw(st.booleans()),
    }
    # Three answers, and an end without one.
    pupils = data.draw(st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), max_size=12))
    kept = Precedents()

    def graded(known, pupil):
        asked = []

        def answer(body, blocks):
            asked.append(body[2])
            if pupil[body[2]] == 3:
                raise StudentError(Outcome.CRASHED, "ended")
            return wire.Frame(["ok", body[1], pupil[body[2]]], ())

        hearing = known.hearing(CHECK, 7, {"double": True}, answer)
        verdict = hearing.known(frozenset())
        if verdict is None:
            raised = run(hearing, check)
            verdict = Verdict(CHECK, Outcome.FAILED if raised else Outcome.PASSED, str(raised))
            hearing.decided(frozenset(), verdict, raised)
        assert not hearing.is_misled
        return verdict, asked

    for pupil in pupils:
        assert graded(kept, pupil) == graded(Precedents(), pupil)


def test_a_class_that_never_agrees_fills_no_memory(monkeypatch):
    """Beyond its bounds nothing more is kept, and what was kept still serves."""
    monkeypatch.setattr(precedents, "MAX_KEPT", 20)
    kept = Precedents()

    def graded(value, *asked):
        hearing = kept.hearing(CHECK, 7, {}, lambda body, _: wire.Frame(["ok", 0, value], ()))
        if hearing.known(frozenset()) is not None:
            return True
        hearing.ask(list(asked) or ["get", 0, "x"], ())
        hearing.decided(frozenset(), Verdict(CHECK, Outcome.PASSED), None)
        return False

    watched = ["call", 0, [], [True, "float32"], ["name", "f"], [], None, True]
    assert [graded(value, *watched) for value in range(50)] == [False] * 50
    assert [graded(value) for value in range(50)] == [False] * 50
    assert graded(3)
    assert not graded(49)
    assert not graded(49)


def one_check(kept, answer, ways, *, heard, passed=frozenset()):
    """Hear a submission in a check that asks 0, and then 1 or 2 as it is answered."""
    asked = []

    def exchange(body, _):
        asked.append(body[2])
        return wire.Frame(["ok", body[1], answer(body[2])], ())

    now = {}
    hearing = kept.hearing(CHECK, 7, {}, exchange, now)
    verdict = hearing.recalled(passed, heard) or hearing.known(passed)
    if verdict is None:
        first = hearing.ask(["get", 1, 0], ()).body[2]
        hearing.ask(["get", 2, ways[first]], ())
        verdict = Verdict(CHECK, Outcome.PASSED, f"{first}")
        hearing.decided(passed, verdict, None)
    heard |= now
    return verdict, asked


def test_what_was_heard_in_another_check_is_not_asked_again():
    """Who has given all answers of a way in checks before is judged by them, unasked."""
    kept, ways = Precedents(), [1, 2]
    for answer in (lambda _: 0, lambda _: 1):
        one_check(kept, answer, ways, heard={})
    heard = {}

    first = one_check(kept, lambda _: 1, ways, heard=heard)
    again = one_check(kept, lambda _: pytest.fail("asked"), ways, heard=heard)
    other = one_check(kept, lambda _: 0, ways, heard={})
    others = one_check(kept, lambda _: 0, ways, heard=heard, passed=frozenset({"another"}))

    assert (first[0].message, first[1]) == ("1", [0, 2])
    assert again == (first[0], [])
    assert (other[0].message, other[1]) == ("0", [0, 1])
    # Where another verdict may be due it is asked for, whatever was heard.
    assert (others[0].message, others[1]) == ("0", [0, 1])


def test_a_part_that_was_heard_is_not_enough():
    """Where a way goes on past what was heard, all of it is asked."""
    kept, ways = Precedents(), [1, 2]
    one_check(kept, lambda _: 0, ways, heard={})
    heard = {}
    one_check(kept, lambda _: 0, ways, heard=heard)
    first = next(iter(heard))

    verdict, asked = one_check(kept, lambda _: 0, ways, heard={first: heard[first]})

    assert (verdict.message, asked) == ("0", [0, 1])


def test_another_seed_is_another_class():
    """Under another seed nothing is known, and what was known under the first is let go."""
    kept = Precedents()

    def is_known(seed):
        hearing = kept.hearing(CHECK, seed, {}, lambda body, _: wire.Frame(["ok", 0, 1], ()))
        if hearing.known(frozenset()) is not None:
            return True
        hearing.ask(["get", 0, "x"], ())
        hearing.decided(frozenset(), Verdict(CHECK, Outcome.PASSED), None)
        return False

    assert [is_known(seed) for seed in (7, 7, 8, 8, 7)] == [False, True, False, True, False]


def test_large_answers_are_not_awaited(monkeypatch):
    """Answers that take more together than may be held are told to the check as they come."""
    monkeypatch.setattr(precedents, "MAX_ANSWERED", 10)
    block = wire.Block("uint8", (8,), memoryview(bytes(8)))
    kept = Precedents()
    for _ in range(3):
        asked = []

        def answer(body, blocks, asked=asked):
            asked.append(body)
            return wire.Frame(["ok", body[1], None], (block,))

        hearing = kept.hearing(CHECK, 7, {}, answer)
        is_known = hearing.known(frozenset()) is not None
        before = len(asked)
        for number in range(4):
            hearing.ask(["get", number, "x"], ())
        hearing.decided(frozenset(), Verdict(CHECK, Outcome.PASSED), None)

        assert not is_known
        assert before <= 2
        assert len(asked) == 4


def test_large_questions_are_not_kept():
    """A check that hands over more than there is room for is run each time."""
    kept = Precedents()
    data = memoryview(os.urandom(precedents.MAX_BYTES + 1))
    block = wire.Block("uint8", (len(data),), data)
    for _ in range(2):
        hearing = kept.hearing(CHECK, 7, {}, lambda body, _: wire.Frame(["ok", 0, 1], ()))
        assert hearing.known(frozenset()) is None
        hearing.ask(["call", 0, [], [True, "float32"], ["name", "f"], [], None], [block])
        hearing.decided(frozenset(), Verdict(CHECK, Outcome.PASSED), None)


def test_answers_are_told_apart_without_the_package_for_it():
    """A copy without BLAKE3 takes SHA-256: one bit more or less is another answer there too."""
    script = """
import sys
sys.modules["blake3"] = None
import hashlib
from grader import precedents
from grader.sandbox import wire
found = [precedents._digest(["ok", n], []) for n in (1, 1, 2)]
assert found[0] == hashlib.sha256(b"".join(wire.pack(["ok", 1], []))).digest()
assert found[0] == found[1] != found[2]
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", script], check=True)


def test_one_bit_makes_another_answer():
    """A large answer that differs in one bit is told from the other."""
    same, other = bytearray(1 << 20), bytearray(1 << 20)
    other[777_777] ^= 1
    blocks = [wire.Block("uint8", (1 << 20,), memoryview(data)) for data in (same, same, other)]
    found = [precedents._digest(["ok", 1], [block]) for block in blocks]

    assert found[0] == found[1] != found[2]
