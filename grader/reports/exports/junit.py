"""JUnit XML in the dialect of Jenkins' junit-10.xsd, which pytest writes and GitLab reads.

Ungraded: an ungraded check is an <error>, the suite's property `status` is "ungraded" and there is
no `score`. Skipped checks are <skipped>; all others that were not passed are <failure>, whose type
is the verdict: <error> is kept for our own faults.
Points are properties of the suite, since a testcase of this dialect has none: `score`, `possible`,
and `points.ID` for each check. There is no timestamp, as the record has none.
Size: GitLab reads 30 MB.
"""

from xml.etree import ElementTree

from grader.records import Attempt, Outcome, Verdict, points_text
from grader.reports import sentences
from grader.reports.exports import told
from grader.reports.exports.size import cut, fit
from grader.reports.exports.text import distinct, one_line, plain

MOST_BYTES = 30_000_000

# Characters of a message that its attribute repeats.
_SHORT = 200


def export(attempt: Attempt) -> str:
    """Give an XML document with one suite.

    Raises:
        CourseError: there are too many checks.
    """
    return fit(lambda room: _rendered(attempt, room), told.free_texts(attempt.verdicts), MOST_BYTES)


def _rendered(attempt: Attempt, room: int) -> str:
    outcomes = [verdict.outcome for verdict in attempt.verdicts]
    skipped, errors = outcomes.count(Outcome.SKIPPED), outcomes.count(Outcome.UNGRADED)
    failures = len(outcomes) - outcomes.count(Outcome.PASSED) - skipped - errors
    counts = {
        "tests": str(len(outcomes)),
        "failures": str(failures),
        "errors": str(errors),
        "time": _seconds(attempt.seconds),
    }
    root = ElementTree.Element("testsuites", {"name": "grade", **counts})
    exercise = one_line(attempt.exercise)
    suite = ElementTree.SubElement(
        root, "testsuite", {"name": exercise, **counts, "skipped": str(skipped)}
    )
    ids = distinct(one_line(verdict.check.id) for verdict in attempt.verdicts)
    _add_properties(suite, attempt, ids)
    for name, verdict in zip(ids, attempt.verdicts, strict=True):
        _add_case(suite, exercise, name, verdict, room)
    ElementTree.indent(root, "  ")
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _add_properties(suite: ElementTree.Element, attempt: Attempt, ids: list[str]) -> None:
    score = attempt.score
    values = {"status": "graded" if score.is_decided else "ungraded"}
    if score.is_decided:
        values["score"] = points_text(score.earned)
    values["possible"] = points_text(score.possible)
    for name, verdict in zip(ids, attempt.verdicts, strict=True):
        values[f"points.{name}"] = sentences.points_of(verdict)
    around = ElementTree.SubElement(suite, "properties")
    for name, value in values.items():
        ElementTree.SubElement(around, "property", {"name": name, "value": value})


def _add_case(
    suite: ElementTree.Element, exercise: str, name: str, verdict: Verdict, room: int
) -> None:
    """Add a testcase; readers take equal names for retries, so the id, which differs, leads."""
    # Two harmless texts can make a command together.
    heading = plain(f"{name}: {told.title(verdict, room)}")
    values = {"classname": exercise, "name": heading, "time": _seconds(verdict.seconds)}
    case = ElementTree.SubElement(suite, "testcase", values)
    outcome = verdict.outcome
    if outcome is Outcome.PASSED:
        return
    kind = {Outcome.SKIPPED: "skipped", Outcome.UNGRADED: "error"}.get(outcome, "failure")
    message = told.told(verdict, room)
    short = cut(message.partition("\n")[0], min(room, _SHORT))
    entry = ElementTree.SubElement(case, kind, {"type": outcome.value, "message": short})
    entry.text = message


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"
