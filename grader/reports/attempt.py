"""One attempt as JSON, for machines: written field by field, and read back without loss.

`attempt.schema.json` beside this file describes every field; `SCHEMA` in the records names its
version. The reader takes exactly what the writer gives: a field that is missing, unknown, of
another type, or at odds with the rest is refused, because a number that is read is recorded.
"""

import json
import re
from dataclasses import asdict
from importlib import resources

from grader.errors import Evidence
from grader.records import (
    SCHEMA,
    Attempt,
    Check,
    Diagnosis,
    Environment,
    Outcome,
    Score,
    Shows,
    Verdict,
    Visibility,
    points_text,
)
from grader.reports import pictures, reading
from grader.scoring import earned, score

# What may not print: all but ASCII that does, and the ends of lines.
_DOUBTFUL = re.compile(r"[^\n -~]")

# The fields, in the order in which they are written.
_ATTEMPT = [
    "schema",
    "exercise",
    "title",
    "submission",
    "status",
    "score",
    "possible",
    "checks",
    "environment",
    "seconds",
]
_SUBMISSION = ["path", "digest"]
_CHECK = [
    "id",
    "title",
    "verdict",
    "visibility",
    "points",
    "possible",
    "message",
    "evidence",
    "diagnosis",
    "needs",
    "seconds",
]
_EVIDENCE = ["asked", "subject", "got", "wanted", "where", "off", "allowed"]
_DIAGNOSIS = ["mistake", "text"]
_ENVIRONMENT = [
    "python",
    "torch",
    "device",
    "threads",
    "seed",
    "grader",
    "checks_digest",
    "confinement",
]


def schema_text() -> str:
    """Read the JSON Schema (draft 2020-12) that describes every field of the object."""
    return resources.files("grader.reports").joinpath("attempt.schema.json").read_text("utf-8")


def to_json(attempt: Attempt, *, is_line: bool = False) -> str:
    """Write an attempt as one JSON object, with a final newline.

    Times are rounded to milliseconds. Letters of every script stay readable; what does not print
    (control characters, marks that turn the direction of writing) is escaped, so that the text
    can be shown on a terminal as it is.

    Args:
        attempt: what to write.
        is_line: on one line; by default indented by two spaces.

    Raises:
        ValueError: points need more than two decimal places, or a time is not finite.
    """
    environment = attempt.environment
    fields = {
        "schema": SCHEMA,
        "exercise": attempt.exercise,
        "title": attempt.title,
        "submission": {"path": attempt.path, "digest": attempt.digest},
        "status": _status(attempt.score),
        "score": points_text(attempt.score.earned),
        "possible": points_text(attempt.score.possible),
        "checks": [_check_fields(verdict) for verdict in attempt.verdicts],
        "environment": {key: getattr(environment, key) for key in _ENVIRONMENT},
        "seconds": round(attempt.seconds, 3),
    }
    indent = None if is_line else 2
    text = json.dumps(fields, ensure_ascii=False, allow_nan=False, indent=indent)
    return _DOUBTFUL.sub(_escaped, text) + "\n"


def from_json(text: str) -> Attempt:
    """Read an attempt that `to_json` wrote.

    Raises:
        CourseError: the text is not such an object; the sentence names the first field at fault.
    """
    fields = reading.fields(reading.parsed(text), "it", _ATTEMPT)
    reading.agree(fields["schema"], SCHEMA, "schema")
    submission = reading.fields(fields["submission"], "submission", _SUBMISSION)
    checks = reading.items(fields["checks"], "checks")
    verdicts = tuple(_verdict(check, f"checks[{index}]") for index, check in enumerate(checks))
    # The totals are worked out again: a score that its checks do not bear out is not believed.
    total = score(verdicts)
    reading.agree(fields["status"], _status(total), "status")
    reading.agree(reading.points(fields["score"], "score"), total.earned, "score")
    reading.agree(reading.points(fields["possible"], "possible"), total.possible, "possible")
    return Attempt(
        exercise=reading.text(fields["exercise"], "exercise"),
        title=reading.text(fields["title"], "title"),
        path=reading.text(submission["path"], "submission.path"),
        digest=reading.digest(submission["digest"], "submission.digest"),
        verdicts=verdicts,
        score=total,
        environment=_environment(fields["environment"]),
        seconds=reading.seconds(fields["seconds"], "seconds"),
    )


def _status(total: Score) -> str:
    return "graded" if total.is_decided else "ungraded"


def _check_fields(verdict: Verdict) -> dict[str, object]:
    check, diagnosis, evidence = verdict.check, verdict.diagnosis, verdict.evidence
    fields: dict[str, object] = {
        "id": check.id,
        "title": check.title,
        "verdict": verdict.outcome.value,
        "visibility": check.visibility.value,
        "points": points_text(earned(verdict)),
        "possible": points_text(check.points),
        "message": verdict.message,
        "evidence": evidence and _evidence_fields(evidence),
        "diagnosis": diagnosis and {"mistake": diagnosis.mistake, "text": diagnosis.text},
        "needs": check.needs,
        "seconds": round(verdict.seconds, 3),
    }
    return fields | ({"shows": check.shows.value} if check.shows else {})


def _evidence_fields(evidence: Evidence) -> dict[str, object]:
    fields = {key: getattr(evidence, key) for key in _EVIDENCE}
    picture = {"picture": asdict(evidence.picture)} if evidence.picture else {}
    given = {"given": evidence.given} if evidence.given else {}
    return fields | picture | given


def _escaped(found: re.Match[str]) -> str:
    """Write a character that does not print as its JSON escape, and any other as it is."""
    character = found[0]
    if character.isprintable():
        return character
    # JSON knows escapes of four digits only: beyond the basic plane json writes two surrogates.
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else json.dumps(character)[1:-1]


def _verdict(value: object, where: str) -> Verdict:
    fields = reading.fields(value, where, _CHECK, ["shows"])
    verdict = Verdict(
        check=Check(
            id=reading.text(fields["id"], f"{where}.id"),
            title=reading.text(fields["title"], f"{where}.title"),
            points=reading.points(fields["possible"], f"{where}.possible"),
            visibility=Visibility(
                reading.one_of(fields["visibility"], Visibility, f"{where}.visibility")
            ),
            needs=reading.text_or_null(fields["needs"], f"{where}.needs"),
            shows=Shows(reading.one_of(fields["shows"], Shows, f"{where}.shows"))
            if "shows" in fields
            else None,
        ),
        outcome=Outcome(reading.one_of(fields["verdict"], Outcome, f"{where}.verdict")),
        message=reading.text(fields["message"], f"{where}.message"),
        evidence=_evidence(fields["evidence"], f"{where}.evidence"),
        diagnosis=_diagnosis(fields["diagnosis"], f"{where}.diagnosis"),
        seconds=reading.seconds(fields["seconds"], f"{where}.seconds"),
    )
    reading.agree(
        reading.points(fields["points"], f"{where}.points"), earned(verdict), f"{where}.points"
    )
    return verdict


def _evidence(value: object, where: str) -> Evidence | None:
    if value is None:
        return None
    fields = reading.fields(value, where, _EVIDENCE, ["picture", "given"])
    asked, subject, got, wanted, place = (
        reading.text(fields[key], f"{where}.{key}") for key in _EVIDENCE[:5]
    )
    off, allowed = (reading.size_or_null(fields[key], f"{where}.{key}") for key in _EVIDENCE[5:])
    picture = None
    if "picture" in fields:
        picture = pictures.read(fields["picture"], f"{where}.picture")
    given = reading.text(fields.get("given", ""), f"{where}.given")
    return Evidence(asked, subject, got, wanted, place, off, allowed, picture, given)


def _diagnosis(value: object, where: str) -> Diagnosis | None:
    if value is None:
        return None
    fields = reading.fields(value, where, _DIAGNOSIS)
    return Diagnosis(
        mistake=reading.text(fields["mistake"], f"{where}.mistake"),
        text=reading.text(fields["text"], f"{where}.text"),
    )


def _environment(value: object) -> Environment:
    fields = reading.fields(value, "environment", _ENVIRONMENT)
    return Environment(
        python=reading.text(fields["python"], "environment.python"),
        torch=reading.text(fields["torch"], "environment.torch"),
        device=reading.text(fields["device"], "environment.device"),
        threads=reading.whole(fields["threads"], "environment.threads"),
        seed=reading.whole(fields["seed"], "environment.seed"),
        grader=reading.text(fields["grader"], "environment.grader"),
        checks_digest=reading.digest(fields["checks_digest"], "environment.checks_digest"),
        confinement=reading.text(fields["confinement"], "environment.confinement"),
    )
