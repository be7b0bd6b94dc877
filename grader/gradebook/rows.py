"""An attempt as rows: what its columns are, by name, made of the same record as its JSON."""

import json
from dataclasses import asdict

from grader.gradebook.address import environment_digest, result_address
from grader.records import Attempt, Verdict
from grader.reports.attempt import to_json
from grader.scoring import earned


def attempt_columns(attempt: Attempt) -> dict[str, object]:
    """Write what an attempt says of itself as a row, with its JSON."""
    environment = attempt.environment
    return {
        "address": result_address(attempt.exercise, attempt.digest, environment),
        "checks_digest": environment.checks_digest,
        "environment_digest": environment_digest(environment),
        "seed": environment.seed,
        "status": "graded" if attempt.score.is_decided else "ungraded",
        "score": attempt.score.earned,
        "possible": attempt.score.possible,
        "seconds": round(attempt.seconds, 3),
        "json": to_json(attempt, is_line=True),
    }


def verdict_columns(verdict: Verdict) -> dict[str, object]:
    """Write a verdict as a row."""
    check, diagnosis, evidence = verdict.check, verdict.diagnosis, verdict.evidence
    return {
        "check_id": check.id,
        "title": check.title,
        "visibility": check.visibility.value,
        "outcome": verdict.outcome.value,
        "points": earned(verdict),
        "possible": check.points,
        "needs": check.needs,
        "seconds": round(verdict.seconds, 3),
        "message": verdict.message,
        "mistake": diagnosis.mistake if diagnosis else None,
        "diagnosis": diagnosis.text if diagnosis else None,
        "evidence": json.dumps(asdict(evidence), ensure_ascii=False) if evidence else None,
    }
