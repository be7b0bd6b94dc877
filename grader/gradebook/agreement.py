"""Whether the gradebook contradicts itself: each attempt's columns against its JSON.

The JSON is the record; the columns are what queries read. They are written in one transaction and
never changed, so a difference means that somebody else has written to the database.
"""

from collections.abc import Mapping

from sqlalchemy import Row, select

from grader.gradebook.rows import attempt_columns, verdict_columns
from grader.gradebook.schema import ATTEMPTS, SUBMISSIONS, VERDICTS
from grader.gradebook.store import Gradebook
from grader.reports.attempt import from_json


def disagreements(book: Gradebook, first: int = 1) -> list[str]:
    """List the attempts, from number `first` on, whose columns say something else than their JSON.

    Raises:
        CourseError: the JSON of an attempt is none.
        StoreError: the database refuses.
    """
    found = []
    attempts = (
        select(ATTEMPTS, SUBMISSIONS.c.exercise, SUBMISSIONS.c.digest)
        .join(SUBMISSIONS)
        .where(ATTEMPTS.c.id >= first)
        .order_by(ATTEMPTS.c.id)
    )
    with book.reading() as connection:
        for row in connection.execute(attempts):
            rows = select(VERDICTS).where(VERDICTS.c.attempt == row.id).order_by(VERDICTS.c.place)
            verdicts = [dict(each) for each in connection.execute(rows).mappings()]
            expected, verdicts_expected = _expected(row)
            differing = [key for key in expected if row._mapping[key] != expected[key]]
            if verdicts != verdicts_expected:
                differing.append("verdicts")
            if differing:
                found.append(f"attempt {row.id}: {', '.join(differing)}")
    return found


def _expected(
    row: Row[tuple[object, ...]],
) -> tuple[Mapping[str, object], list[dict[str, object]]]:
    """Work out the columns of an attempt, and the rows of its verdicts, from its JSON."""
    attempt = from_json(row.json)
    columns = {"exercise": attempt.exercise, "digest": attempt.digest, **attempt_columns(attempt)}
    verdicts = [
        {"attempt": row.id, "place": place, **verdict_columns(verdict)}
        for place, verdict in enumerate(attempt.verdicts)
    ]
    return columns, verdicts
