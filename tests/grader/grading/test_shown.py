"""How much of a lost check is told: what a level leaves, when all is revealed, and wrong marks."""

import json
import textwrap
from datetime import UTC, datetime, timedelta

import pytest

from grader.errors import CourseError
from grader.records import Outcome, Shows, Visibility
from grader.reports import attempt as report
from grader.reports import page, terminal
from grader.shown import ONLY_POINTS

SECRET = "48151"

CHECK = '''
@pytest.mark.shows({mark})
@pytest.mark.points(1)
def test_it(student):
    """It is right."""
    x = torch.tensor([48151.0, 3.0])
    {body}
'''
CLOSE = "expect.close(student.double(x), 2 * x)"
MISTAKE = '''
@mistake(of="double", loses="it")
def tripled(x):
    """It is tripled."""
    return 3 * x
'''

# In the last minute of that day in UTC an exercise is still not over.
DUE = datetime(2026, 10, 13, tzinfo=UTC)
BEFORE, AFTER = DUE - timedelta(seconds=1), DUE


@pytest.fixture
def tried(made, verdict):
    """Give the verdict of the one check that has this mark, tried with a wrong submission."""

    def call(mark, body=CLOSE, source="def double(x): return 3 * x", *, extra="", **wishes):
        mistakes = textwrap.dedent(MISTAKE)
        course = made(CHECK.format(mark=mark, body=body), extra=extra, mistakes=mistakes)
        return verdict(course.grade(source, **wishes))

    return call


def written(found):
    """Write all that a verdict holds."""
    return repr(found)


def test_in_full_what_went_in_came_out_and_is_right_is_told(tried):
    """A hidden check may be told as a visible one is."""
    found = tried('"full"')

    assert found.check.visibility is Visibility.HIDDEN
    assert found.check.level is Shows.FULL
    assert found.evidence.given == "double(x=tensor([48151.0, 3.0]))"
    assert (found.evidence.got, found.evidence.wanted) == ("[1.4445e+05, 9.0]", "[96302.0, 6.0]")
    assert found.diagnosis.text == "It is tripled."


def test_without_a_mark_a_hidden_check_tells_what_came_out(tried):
    """Usual for a hidden check is the level `actual-only`, and then no mark is written down."""
    found = tried('"actual-only"')

    assert found.check.shows is None
    assert found.check.level is Shows.ACTUAL_ONLY
    assert found.evidence.given == "double(x: float32 (2,))"
    assert (found.evidence.got, found.evidence.wanted) == ("144453", "")
    assert SECRET not in written(found)
    assert "96302" not in written(found)


@pytest.mark.parametrize(
    ("body", "source", "message"),
    [
        (CLOSE, "def double(x): return 3 * x", "The result has wrong values."),
        (CLOSE, "def double(x): return 3", "The result is an int; a tensor is expected."),
        (CLOSE, "def double(x): return x.nan", "AttributeError\n  answer.py:1 in double\n"
         "    def double(x): return x.nan\n                          ^^^^^"),
        (CLOSE, "def double(x): raise ValueError(str(x.tolist()))",
         "ValueError\n  answer.py:1 in double\n"
         "    def double(x): raise ValueError(str(x.tolist()))\n"
         "                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"),
        (CLOSE, "def double(x): raise KeyError", "KeyError\n  answer.py:1 in double\n"
         "    def double(x): raise KeyError\n                   ^^^^^^^^^^^^^^"),
        (CLOSE, "def double(x): raise NotImplementedError('part 1')",
         "not written yet (part 1)\n  answer.py:1 in double"),
        ("assert student.double(x)[0] == 96302.0, 'it is not twice as much'",
         "def double(x): return 3 * x", "it is not twice as much"),
        ("assert student.double(x)[0] == 96302.0", "def double(x): return 3 * x", ""),
        ("expect.deterministic(student.double, x)",
         "import random\ndef double(x): return x * random.random()",
         "The result depends on what it must not, or not on what it must."),
        ("assert {48151.0: 1}[student.double(x)[1].item() + 48145.0] == 1",
         "def double(x): return 3 * x", "the check could not use the answer (KeyError)"),
    ],
)  # fmt: skip
def test_a_message_has_no_values(tried, body, source, message):
    """At the level `message` a sentence is left, without any number that was computed."""
    found = tried('"message"', body, source)

    assert found.message == message
    assert found.evidence is None
    assert SECRET not in written(found)


def test_a_message_keeps_the_sentence_of_a_mistake(tried):
    """What an author wrote about a mistake is a message; what translates an error is not."""
    mistaken = tried('"message"')
    raising = tried('"message"', source="def double(x): return x + torch")

    assert mistaken.diagnosis.mistake == "tripled"
    assert raising.diagnosis is None


@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        ("def double(x): return 3 * x", Outcome.FAILED),
        ("def double(x): raise ValueError(str(x))", Outcome.RAISED),
        ("import os\ndef double(x): os._exit(1)", Outcome.CRASHED),
    ],
)
def test_of_only_points_nothing_else_is_told(tried, source, outcome):
    """At the level `score-only` the verdict and its points are left."""
    found = tried('"score-only"', source=source)

    assert (found.outcome, found.message) == (outcome, ONLY_POINTS)
    assert (found.evidence, found.diagnosis) == (None, None)


def test_files_that_do_not_load_are_told_at_every_level(tried):
    """What is wrong before any check is tried has nothing to do with a check."""
    found = tried('"score-only"', source="def double(:\n")

    assert found.message.startswith("SyntaxError")


def test_what_passes_has_nothing_to_tell(tried):
    """A check that passed looks the same at every level."""
    found = tried('"score-only"', source="def double(x): return 2 * x")

    assert (found.outcome, found.message) == (Outcome.PASSED, "")


def test_what_is_withheld_is_in_no_report(made):
    """What a level withholds is in no form of the attempt, for it never left the process."""
    course = made(CHECK.format(mark='"score-only"', body=CLOSE))
    attempt = course.grade("def double(x): raise ValueError(f'{x} {2 * x}')")
    text = report.to_json(attempt)

    assert json.loads(text)["checks"][0]["shows"] == "score-only"
    for told in (text, terminal.render(attempt), page.render(attempt)):
        assert SECRET not in told
        assert "ValueError" not in told


# When all is told

DUE_TEXT = "    due: 2026-10-12 UTC\n"


@pytest.mark.parametrize(
    ("reveal", "now", "level"),
    [
        ("after-due", BEFORE, Shows.SCORE_ONLY),
        ("after-due", AFTER, Shows.FULL),
        ("never", BEFORE, Shows.SCORE_ONLY),
        ("never", AFTER + timedelta(days=9999), Shows.SCORE_ONLY),
    ],
)
def test_after_the_due_time_all_is_told_or_never(tried, reveal, now, level):
    """The time of the grading decides, and the last minute still belongs to the students."""
    found = tried(f'"score-only", reveal="{reveal}"', extra=DUE_TEXT, now=now)

    assert found.check.level is level
    assert (found.message == ONLY_POINTS) is (level is Shows.SCORE_ONLY)
    assert (SECRET in written(found)) is (level is Shows.FULL)


@pytest.mark.parametrize(
    ("late", "days", "level"),
    [
        ("10 % a day, 3 days at most", 2, Shows.MESSAGE),
        ("10 % a day, 3 days at most", 3, Shows.FULL),
        ("15 min grace", 0, Shows.MESSAGE),
        ("15 min grace", 1, Shows.FULL),
        ("10 % a day", 0, Shows.FULL),
        ("not accepted", 0, Shows.FULL),
    ],
)
def test_nothing_is_revealed_while_late_work_earns_points(tried, late, days, level):
    """Where lateness has an end, everything is told after that."""
    extra = f"{DUE_TEXT}    late: {late}\n"
    found = tried('"message", reveal="after-due"', extra=extra, now=DUE + timedelta(days=days))

    assert found.check.level is level


def test_a_rehearsal_is_told_what_marks_withhold(tried):
    """Whoever proves a course needs the diagnoses."""
    found = tried('"score-only"', is_open=True)

    assert (found.check.level, found.diagnosis.mistake) == (Shows.ACTUAL_ONLY, "tripled")


# Marks that say something else

KNOWN = "write one of full, actual-only, message, score-only"
PLACE = "tests/exercise-01/test_answer.py:5: the mark shows says"


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ('"all"', f"'all'; {KNOWN}, as @pytest.mark.shows(\"message\"), and nothing else but "
         "reveal."),
        ("", f'nothing; {KNOWN}, as @pytest.mark.shows("message"), and nothing else but reveal.'),
        ('"full", "message"', f"'full', 'message'; {KNOWN}, as @pytest.mark.shows(\"message\"), "
         "and nothing else but reveal."),
        ('"full", when="never"', f"'full'; {KNOWN}, as @pytest.mark.shows(\"message\"), and "
         "nothing else but reveal."),
        ('"message", reveal="later"', "reveal='later'; write one of always, after-due, never."),
        ('"message", reveal=True', "reveal=True; write one of always, after-due, never."),
        ('"message", reveal="always"', '"message" and reveal="always", which do not go together: '
         '"full" is told always, and what is less becomes full after-due or never. Leave reveal '
         "out, or change one of the two."),
        ('"full", reveal="never"', '"full" and reveal="never", which do not go together: '
         '"full" is told always, and what is less becomes full after-due or never. Leave reveal '
         "out, or change one of the two."),
        ('"message", reveal="after-due"', 'reveal="after-due", and exercise-01 has no due in '
         'gradebook.yml; give it one, or write reveal="never".'),
    ],
)  # fmt: skip
def test_a_wrong_mark_is_the_teachers(made, mark, said):
    """A mark that says something else is told with its line, and nothing is graded."""
    with pytest.raises(CourseError) as caught:
        made(CHECK.format(mark=mark, body=CLOSE)).grade("def double(x): return x")

    assert str(caught.value) == f"{PLACE} {said}"
