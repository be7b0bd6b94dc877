"""One attempt as JSON, for machines: written field by field, and read back without loss.

`attempt.schema.json` beside this file describes every field; `SCHEMA` in the records names its
version. The reader takes exactly what the writer gives: a field that is missing, unknown, of
another type, or at odds with the rest is refused, because a number that is read is recorded.
"""

import json
import re
import sys
from enum import StrEnum
from fractions import Fraction
from importlib import resources
from typing import NoReturn, TypeGuard

from grader.errors import CourseError, Evidence
from grader.records import (
    SCHEMA,
    Attempt,
    Check,
    Diagnosis,
    Environment,
    Outcome,
    Score,
    Verdict,
    Visibility,
    points_text,
)
from grader.scoring import earned, score

# As in attempt.schema.json; 16 characters are more points than any course gives.
_DECIMAL = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]{1,2})?")
_DECIMAL_LENGTH = 16
_DIGEST = re.compile(r"[0-9a-f]{64}")
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
    fields = _object(_parsed(text), "it", _ATTEMPT)
    _agree(fields["schema"], SCHEMA, "schema")
    submission = _object(fields["submission"], "submission", _SUBMISSION)
    checks = _list(fields["checks"], "checks")
    verdicts = tuple(_verdict(check, f"checks[{index}]") for index, check in enumerate(checks))
    # The totals are worked out again: a score that its checks do not bear out is not believed.
    total = score(verdicts)
    _agree(fields["status"], _status(total), "status")
    _agree(_points(fields["score"], "score"), total.earned, "score")
    _agree(_points(fields["possible"], "possible"), total.possible, "possible")
    return Attempt(
        exercise=_text(fields["exercise"], "exercise"),
        title=_text(fields["title"], "title"),
        path=_text(submission["path"], "submission.path"),
        digest=_digest(submission["digest"], "submission.digest"),
        verdicts=verdicts,
        score=total,
        environment=_environment(fields["environment"]),
        seconds=_seconds(fields["seconds"], "seconds"),
    )


def _status(total: Score) -> str:
    return "graded" if total.is_decided else "ungraded"


def _check_fields(verdict: Verdict) -> dict[str, object]:
    check, diagnosis, evidence = verdict.check, verdict.diagnosis, verdict.evidence
    return {
        "id": check.id,
        "title": check.title,
        "verdict": verdict.outcome.value,
        "visibility": check.visibility.value,
        "points": points_text(earned(verdict)),
        "possible": points_text(check.points),
        "message": verdict.message,
        "evidence": evidence and {key: getattr(evidence, key) for key in _EVIDENCE},
        "diagnosis": diagnosis and {"mistake": diagnosis.mistake, "text": diagnosis.text},
        "needs": check.needs,
        "seconds": round(verdict.seconds, 3),
    }


def _escaped(found: re.Match[str]) -> str:
    """Write a character that does not print as its JSON escape, and any other as it is."""
    character = found[0]
    if character.isprintable():
        return character
    # JSON knows escapes of four digits only: beyond the basic plane json writes two surrogates.
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else json.dumps(character)[1:-1]


def _verdict(value: object, where: str) -> Verdict:
    fields = _object(value, where, _CHECK)
    verdict = Verdict(
        check=Check(
            id=_text(fields["id"], f"{where}.id"),
            title=_text(fields["title"], f"{where}.title"),
            points=_points(fields["possible"], f"{where}.possible"),
            visibility=Visibility(_one_of(fields["visibility"], Visibility, f"{where}.visibility")),
            needs=_text_or_null(fields["needs"], f"{where}.needs"),
        ),
        outcome=Outcome(_one_of(fields["verdict"], Outcome, f"{where}.verdict")),
        message=_text(fields["message"], f"{where}.message"),
        evidence=_evidence(fields["evidence"], f"{where}.evidence"),
        diagnosis=_diagnosis(fields["diagnosis"], f"{where}.diagnosis"),
        seconds=_seconds(fields["seconds"], f"{where}.seconds"),
    )
    _agree(_points(fields["points"], f"{where}.points"), earned(verdict), f"{where}.points")
    return verdict


def _evidence(value: object, where: str) -> Evidence | None:
    if value is None:
        return None
    fields = _object(value, where, _EVIDENCE)
    asked, subject, got, wanted, place = (
        _text(fields[key], f"{where}.{key}") for key in _EVIDENCE[:5]
    )
    off, allowed = (_size_or_null(fields[key], f"{where}.{key}") for key in _EVIDENCE[5:])
    return Evidence(asked, subject, got, wanted, place, off, allowed)


def _diagnosis(value: object, where: str) -> Diagnosis | None:
    if value is None:
        return None
    fields = _object(value, where, _DIAGNOSIS)
    return Diagnosis(
        mistake=_text(fields["mistake"], f"{where}.mistake"),
        text=_text(fields["text"], f"{where}.text"),
    )


def _environment(value: object) -> Environment:
    fields = _object(value, "environment", _ENVIRONMENT)
    return Environment(
        python=_text(fields["python"], "environment.python"),
        torch=_text(fields["torch"], "environment.torch"),
        device=_text(fields["device"], "environment.device"),
        threads=_whole(fields["threads"], "environment.threads"),
        seed=_whole(fields["seed"], "environment.seed"),
        grader=_text(fields["grader"], "environment.grader"),
        checks_digest=_digest(fields["checks_digest"], "environment.checks_digest"),
        confinement=_text(fields["confinement"], "environment.confinement"),
    )


def _parsed(text: str) -> object:
    """Parse the text, refusing what JSON does not know and what two readers could read apart."""
    try:
        value: object = json.loads(
            text, object_pairs_hook=_unique_keys, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as error:
        raise _refusal(f"it is not JSON: {error}") from error
    return value


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {json.dumps(twice)} appears twice in one object")
    return dict(pairs)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _refusal(sentence: str) -> CourseError:
    return CourseError(f"not an attempt of schema {SCHEMA}: {sentence}")


def _unexpected(value: object, expected: str, where: str) -> CourseError:
    """Name the field, the value seen (the first 60 characters of it) and what may stand there."""
    if isinstance(value, dict | list):
        seen = "an object" if isinstance(value, dict) else "a list"
    else:
        seen = json.dumps(value)
    shown = seen if len(seen) <= 60 else f"{seen[:60]}..."
    return _refusal(f"{where} is {shown}; expected {expected}")


def _agree(seen: object, expected: str | Fraction, where: str) -> None:
    """Refuse a value that the rest of the object contradicts."""
    if seen == expected:
        return
    if isinstance(seen, Fraction) and isinstance(expected, Fraction):
        seen, expected = points_text(seen), points_text(expected)
    raise _unexpected(seen, json.dumps(expected), where)


def _object(value: object, where: str, keys: list[str]) -> dict[str, object]:
    if not isinstance(value, dict):
        raise _unexpected(value, "an object", where)
    missing = [key for key in keys if key not in value]
    if missing:
        raise _refusal(f"{where} has no field {missing[0]}")
    unknown = [key for key in value if key not in keys]
    if unknown:
        raise _refusal(
            f"{where} has a field {json.dumps(unknown[0])}; expected only {', '.join(keys)}"
        )
    return value


def _list(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise _unexpected(value, "a list", where)
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise _unexpected(value, "a string", where)
    return value


def _text_or_null(value: object, where: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise _unexpected(value, "a string or null", where)
    return value


def _one_of(value: object, names: type[StrEnum], where: str) -> str:
    if value not in list(names):
        raise _unexpected(value, f"one of {', '.join(names)}", where)
    return _text(value, where)


def _digest(value: object, where: str) -> str:
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise _unexpected(value, "64 hexadecimal digits", where)
    return value


def _points(value: object, where: str) -> Fraction:
    if not isinstance(value, str) or len(value) > _DECIMAL_LENGTH or not _DECIMAL.fullmatch(value):
        raise _unexpected(value, 'a decimal string such as "2" or "0.25"', where)
    return Fraction(value)


def _whole(value: object, where: str) -> int:
    # To Python true is a number, to JSON it is not.
    if not isinstance(value, int) or isinstance(value, bool):
        raise _unexpected(value, "a whole number", where)
    return value


def _seconds(value: object, where: str) -> float:
    if not _is_size(value):
        raise _unexpected(value, "a number of seconds, 0 or more", where)
    return float(value)


def _size_or_null(value: object, where: str) -> float | None:
    if value is None:
        return None
    if not _is_size(value):
        raise _unexpected(value, "a number, 0 or more, or null", where)
    return float(value)


def _is_size(value: object) -> TypeGuard[int | float]:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= value <= sys.float_info.max  # type: ignore[operator]
