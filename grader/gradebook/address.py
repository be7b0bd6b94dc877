"""Names made of contents: when two results are results of the same thing.

A result is of one submission, one version of the checks, one environment and one seed. Where all
four are the same it need not be worked out again.
"""

import hashlib
import json
from dataclasses import asdict
from datetime import UTC, datetime

from grader.records import Environment


def environment_digest(environment: Environment) -> str:
    """Digest what an attempt ran under, without its seed and its checks: SHA-256, hexadecimal."""
    fields = asdict(environment)
    del fields["seed"], fields["checks_digest"]
    return _digest(fields)


def result_address(exercise: str, digest: str, environment: Environment) -> str:
    """Name the result of grading the submission with this digest: SHA-256, hexadecimal."""
    return _digest(
        {
            "exercise": exercise,
            "submission": digest,
            "checks": environment.checks_digest,
            "environment": environment_digest(environment),
            "seed": environment.seed,
        }
    )


def submission_key(student: str, exercise: str, digest: str, submitted_at: datetime | None) -> str:
    """Name what a student handed in once: SHA-256, hexadecimal.

    The same files at another time are another submission, because lateness hangs on the time.
    """
    moment = submitted_at.astimezone(UTC).isoformat() if submitted_at else None
    return _digest(
        {"student": student, "exercise": exercise, "digest": digest, "submitted_at": moment}
    )


def _digest(fields: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
