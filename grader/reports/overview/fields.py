"""An overview as JSON, for programs: field by field, versioned.

Points are decimal strings as everywhere; shares, correlations and seconds are numbers, or null
where nothing can be said.
"""

import json

from grader.items import Spread
from grader.records import Score, points_text
from grader.reports.overview import (
    CheckFigures,
    ExerciseFigures,
    MistakeFigures,
    Overview,
    Part,
    Row,
    StudentOverview,
    Tried,
)

CLASS = "grader/class/v1"
STUDENT = "grader/student/v1"

Fields = dict[str, object]


def to_json(found: Overview | StudentOverview) -> str:
    """Write a class or a student as one JSON object, with a final newline."""
    fields = _class(found) if isinstance(found, Overview) else _student(found)
    # Control characters and what turns the direction of writing are escaped with all the rest.
    return json.dumps(fields, allow_nan=False, indent=1) + "\n"


def _class(found: Overview) -> Fields:
    ids = [exercise.id for exercise in found.exercises]
    return {
        "schema": CLASS,
        "course": found.course,
        "exercises": [_exercise(exercise) for exercise in found.exercises],
        "ungraded": [
            {"student": u.student, "exercise": u.exercise, "path": u.path, "why": u.why}
            for u in found.ungraded
        ],
        "students": [_row(row, ids) for row in found.rows],
    }


def _exercise(each: ExerciseFigures) -> Fields:
    return {
        "exercise": each.id,
        "title": each.title,
        "possible": points_text(each.possible),
        "students": each.students,
        "graded": each.decided,
        "ungraded": each.undecided,
        "nothing": each.absent,
        "full_marks": each.full,
        "shares": _spread(each.shares),
        "histogram": list(each.histogram),
        "checks": [_check(check) for check in each.checks],
        "graded_by_other_checks": each.others,
        "mistakes": [_mistake(mistake) for mistake in each.mistakes],
        "seconds": _spread(each.seconds),
        "slowest": each.slowest or None,
    }


def _check(check: CheckFigures) -> Fields:
    return {
        "id": check.id,
        "title": check.title,
        "possible": points_text(check.possible),
        "difficulty": _rounded(check.item.difficulty),
        "discrimination": _rounded(check.item.discrimination),
        "verdicts": {how.value: count for how, count in check.outcomes.items()},
    }


def _mistake(mistake: MistakeFigures) -> Fields:
    return {
        "mistake": mistake.diagnosis.mistake,
        "text": mistake.diagnosis.text,
        "checks": list(mistake.checks),
        "students": mistake.students,
    }


def _row(row: Row, exercises: list[str]) -> Fields:
    scores = dict(zip(exercises, map(_score, row.scores), strict=True))
    return {"student": row.student, "scores": scores, "total": _score(row.total)}


def _student(found: StudentOverview) -> Fields:
    return {
        "schema": STUDENT,
        "student": found.student,
        "name": found.name,
        "exercises": [_part(part) for part in found.parts],
        "total": _score(found.total),
        "not_counted": list(found.dropped),
    }


def _part(part: Part) -> Fields:
    return {
        "exercise": part.exercise,
        "title": part.title,
        "score": _score(part.score),
        "made_of": dict(part.made_of),
        "attempts": [_tried(tried) for tried in part.tried],
    }


def _tried(tried: Tried) -> Fields:
    return {
        "attempt": tried.number,
        "submitted_at": tried.submitted_at and tried.submitted_at.isoformat(),
        "score": _score(tried.score),
        "counts": tried.counts,
    }


def _score(score: Score | None) -> Fields | None:
    if score is None:
        return None
    return {
        "score": points_text(score.earned),
        "possible": points_text(score.possible),
        "status": "graded" if score.is_decided else "ungraded",
    }


def _spread(spread: Spread | None) -> Fields | None:
    if spread is None:
        return None
    quartiles = [_rounded(q) for q in (spread.first, spread.median, spread.third)]
    return {"mean": _rounded(spread.mean), "quartiles": quartiles, "most": _rounded(spread.most)}


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)
