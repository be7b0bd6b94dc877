"""What a rehearsal has found: one exercise's lines, and how they are shown.

A finding is one thing that was proved, or was not: a mark, a name, the figures, and, where it does
not hold, what to do. One that does not hold keeps the exercise from being released.
"""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

SCHEMA = "grader/rehearsal/v1"

_NAME_WIDTH = 11
_MOST_SHOWN = 10  # of one finding: who has more to repair begins with the first
_MARKS = {True: "✓", False: "✗", None: "–"}
_ASCII_MARKS = {True: "[ok]", False: "[no]", None: "[--]"}
_WORDS = {True: "held", False: "failed", None: "not_offered"}


@dataclass(frozen=True)
class Finding:
    """One line of a proof.

    `is_held` is None for what the exercise does not offer, which is no fault. `todo` says what to
    do about each thing that is wrong; its first line is a sentence, those below are shown as they
    are.
    """

    name: str
    figures: str
    is_held: bool | None = True
    todo: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tally:
    """How many mutants there were, how many lost points, and how many are declared equivalent."""

    mutants: int
    killed: int
    declared: int

    @property
    def share(self) -> float:
        """Which share of those that can be caught was caught, between 0 and 1."""
        catchable = self.mutants - self.declared
        return self.killed / catchable if catchable else 1.0


@dataclass(frozen=True)
class Proof:
    """All that was found out about one exercise. `tally` is None where no mutants were tried."""

    exercise: str
    title: str
    findings: tuple[Finding, ...]
    seconds: float
    tally: Tally | None = None
    needs: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_released(self) -> bool:
        """Whether nothing stands against giving the exercise to students."""
        return all(finding.is_held is not False for finding in self.findings)


def render(proof: Proof, *, width: int = 80, is_ascii: bool = False) -> str:
    """Render one exercise's proof; the text ends in a newline.

    Args:
        proof: what was found.
        width: cells of a line; diffs and what is to be pasted are never broken.
        is_ascii: keep to ASCII marks, for a terminal that can show nothing else.
    """
    marks = _ASCII_MARKS if is_ascii else _MARKS
    lines = [f"{proof.exercise}  {proof.title}", ""]
    for finding in proof.findings:
        head = f"  {marks[finding.is_held]}  {finding.name:<{_NAME_WIDTH}} "
        lines += _wrapped(head + finding.figures, width, " " * len(head))
        for entry in finding.todo[:_MOST_SHOWN]:
            sentence, *rest = entry.splitlines()
            lines += _wrapped(f"       {sentence}", width, "       ")
            lines += [f"         {line}" for line in rest]
        if len(finding.todo) > _MOST_SHOWN:
            lines.append(f"       and {len(finding.todo) - _MOST_SHOWN} more")
    verdict = "released" if proof.is_released else "not to be released"
    lines += ["", f"  {verdict}, {proof.seconds:.1f} s"]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def render_all(proofs: Sequence[Proof], seconds: float) -> str:
    """Render the verdict on a course of several exercises, on one line."""
    held = [proof for proof in proofs if proof.is_released]
    verdict = "released" if len(held) == len(proofs) else "not to be released"
    return f"{len(held)} of {len(proofs)} exercises hold: {verdict}, {seconds:.1f} s\n"


def as_plain(proofs: Sequence[Proof], seconds: float) -> dict[str, object]:
    """Write proofs as plain data for JSON."""
    return {
        "schema": SCHEMA,
        "is_released": all(proof.is_released for proof in proofs),
        "seconds": round(seconds, 3),
        "exercises": [
            {
                "exercise": proof.exercise,
                "title": proof.title,
                "is_released": proof.is_released,
                "seconds": round(proof.seconds, 3),
                "findings": [
                    {
                        "name": finding.name,
                        "verdict": _WORDS[finding.is_held],
                        "figures": finding.figures,
                        "todo": list(finding.todo),
                    }
                    for finding in proof.findings
                ],
                "mutants": proof.tally
                and {
                    "tried": proof.tally.mutants,
                    "killed": proof.tally.killed,
                    "declared": proof.tally.declared,
                    "score": round(proof.tally.share, 4),
                },
                "needs": dict(proof.needs),
            }
            for proof in proofs
        ],
    }


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(
        text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
