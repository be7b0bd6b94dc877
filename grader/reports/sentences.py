"""What every report says of an attempt: its sentences, and their order.

The terminal, the page and the forms for other programs lay out the same words. They are put
together here, raw: whoever writes them makes a student's text harmless for its own place.
"""

import re
from collections.abc import Callable, Sequence
from fractions import Fraction

from grader.errors import Evidence
from grader.records import Attempt, Outcome, Verdict, Visibility, points_text
from grader.reports.layout import joined
from grader.scoring import earned

# What is kept of one message: enough for a traceback and a table, not for a printed tensor.
_MAX_LINES, _HEAD_LINES, _TAIL_LINES = 40, 29, 10
MAX_CHARACTERS, _HEAD_CHARACTERS, _TAIL_CHARACTERS = 2000, 1400, 500

# Said where a verdict brings no message of its own.
_FALLBACKS = {
    Outcome.RAISED: "raised an error",
    Outcome.TIMED_OUT: "took too long and was stopped",
    Outcome.OUT_OF_MEMORY: "used more memory than is allowed",
    Outcome.FORBIDDEN: "did something that is not allowed here",
    Outcome.CRASHED: "ended the program before it answered",
    Outcome.UNGRADED: "could not be graded; the files are not at fault",
}

# A line that only points at places of the line above it.
CARETS = re.compile(r" *[~^][~^ ]*")

# Begin the two lines of a table: what came, and below it what is right, number below number.
GOT, EXPECTED = "  got       ", "  expected  "
# Properties of which both are worth seeing; of the others the sentence says all.
_COMPARED = frozenset({"values", "gradient", "step", "finite", "shape"})

# What is told about a verdict: its message and the text of its diagnosis, either may be "". What
# puts an error into other words is part of the message: its first line.
Told = tuple[str, str]
NOTHING: Told = ("", "")


def shared_once(verdicts: Sequence[Verdict]) -> tuple[Told, list[Told]]:
    """Decide what is told above the list and below each check, so that nothing is told twice.

    What every check that was tried says alike (a file that does not load) stands above the list.
    """
    tales = [tale(verdict) for verdict in verdicts]
    tried = [
        each
        for verdict, each in zip(verdicts, tales, strict=True)
        if verdict.outcome is not Outcome.SKIPPED
    ]
    is_everywhere = len(tried) > 1 and len(set(tried)) == 1
    everywhere = tried[0] if is_everywhere else NOTHING
    told: list[Told] = []
    first: dict[Told, Verdict] = {}
    last = everywhere
    for verdict, each in zip(verdicts, tales, strict=True):
        is_short = verdict.outcome is Outcome.SKIPPED and "\n" not in each[0]
        if each == everywhere != NOTHING:
            told.append(NOTHING)
        elif each == NOTHING:
            told.append((lesson(verdict, ""), ""))
        elif each in first and not is_short:
            named = "as above" if each == last else f"as for: {joined(first[each].check.title)}"
            told.append((named, ""))
        else:
            told.append((lesson(verdict, each[0]), each[1]))
            first.setdefault(each, verdict)
            last = each
    return everywhere, told


def tale(verdict: Verdict) -> Told:
    """Give what is told about one verdict, with a sentence of ours where it brings none."""
    message = message_of(verdict)
    diagnosis = joined(verdict.diagnosis.text) if verdict.diagnosis else ""
    if verdict.diagnosis and verdict.diagnosis.is_translation:
        return f"{diagnosis[:MAX_CHARACTERS]}\n{message}", ""
    return message, diagnosis


def message_of(verdict: Verdict) -> str:
    """Give a verdict's message, or a sentence of ours where it brings none; "" when it passed."""
    message = verdict.message.strip("\n").rstrip()
    if not message and verdict.outcome is Outcome.SKIPPED and verdict.check.needs:
        return f"not tried: needs {verdict.check.needs}"
    return message or _FALLBACKS.get(verdict.outcome, "")


def need_of(verdict: Verdict, told: Told) -> str:
    """Say what a check waits for, as "needs values", where nothing else is told of it; or ""."""
    need = f"needs {verdict.check.needs}" if verdict.check.needs else ""
    is_all = verdict.outcome is Outcome.SKIPPED and told == (f"not tried: {need}", "")
    return need if is_all else ""


def lesson(verdict: Verdict, message: str) -> str:
    """Put around a message what went in, and below it what came out and what is right.

    The call stands on a line of its own. The other two stand below each other, and a line of `^`
    points at the first number that differs.
    """
    seen = verdict.evidence
    if seen is None:
        return message
    return "\n".join(part for part in (seen.given, message, *_table(seen, message)) if part)


def _table(seen: Evidence, message: str) -> list[str]:
    """Lay out what came above what is right, where the message does not say both."""
    is_told = seen.got in message and seen.wanted in message
    if not (seen.got and seen.wanted) or is_told or seen.asked not in _COMPARED:
        return []
    rows = [joined(text).split(", ") for text in (seen.got, seen.wanted)]
    # Numbers in another shape do not belong to each other.
    if seen.asked == "shape" or len(rows[0]) != len(rows[1]) or len(rows[0]) == 1:
        return [f"{GOT}{', '.join(rows[0])}", f"{EXPECTED}{', '.join(rows[1])}"]
    pairs = [_aligned(one, other) for one, other in zip(*rows, strict=True)]
    got, wanted = (", ".join(pair[side] for pair in pairs) for side in (0, 1))
    lines = [GOT + got, EXPECTED + wanted]
    place = next((i for i, (one, other) in enumerate(pairs) if one != other), None)
    if place is None:
        return lines
    before = sum(len(one) + len(", ") for one, _ in pairs[:place])
    number = pairs[place][1].strip("[] ")
    at = len(EXPECTED) + before + pairs[place][1].index(number)
    return [*lines, " " * at + "^" * len(number)]


def _aligned(one: str, other: str) -> tuple[str, str]:
    """Give two numbers of two rows the same width; what brackets they begin with stay in front."""
    width = max(len(one), len(other))
    heads = (len(text) - len(text.lstrip("[")) for text in (one, other))
    pairs = zip((one, other), heads, strict=True)
    first, second = (text[:head] + text[head:].rjust(width - head) for text, head in pairs)
    return first, second


def lines_of(message: str, clean: Callable[[str], str], dots: str) -> list[str]:
    """Split a message into lines, made harmless and bounded.

    A line that starts with a space is source or a table; `CARETS` below one point into it.

    Args:
        message: what is told.
        clean: makes a line harmless for the place that it is written to.
        dots: what stands where something was cut.
    """
    # A tab becomes one space, so that a caret that was counted in characters stays in its place.
    plain = message.replace("\r\n", "\n").replace("\t", " ")
    return _bounded([clean(line) for line in plain.split("\n")], dots)


def _bounded(lines: list[str], dots: str) -> list[str]:
    """Keep the head and the tail of a long message, and say how much is left out between them."""
    text = "\n".join(lines)
    if len(text) <= MAX_CHARACTERS and len(lines) <= _MAX_LINES:
        return lines
    head = "\n".join(lines[:_HEAD_LINES])[:_HEAD_CHARACTERS]
    tail = "\n".join(lines[-_TAIL_LINES:])[-_TAIL_CHARACTERS:]
    if "\n" in tail and not text.endswith(f"\n{tail}"):
        tail = tail[tail.index("\n") + 1 :]
    left_out = len(text) - len(head) - len(tail)
    note = f"({dots} {left_out:,} characters left out {dots})"
    return [*head.rstrip("\n").split("\n"), note, *tail.split("\n")]


def points_of(verdict: Verdict) -> str:
    """Write the points of one check, such as "1 / 2"; "? / 2" where nobody knows."""
    # An ungraded check has not lost its points: a 0 would read as if it had.
    got = "?" if verdict.outcome is Outcome.UNGRADED else points_text(earned(verdict))
    return f"{got} / {points_text(verdict.check.points)}"


def score_of(attempt: Attempt) -> str:
    """Write the score, such as "2.5 / 4", or why there is none."""
    if attempt.score.is_decided:
        return f"{points_text(attempt.score.earned)} / {points_text(attempt.score.possible)}"
    count = sum(verdict.outcome is Outcome.UNGRADED for verdict in attempt.verdicts)
    why = f"{count} of {len(attempt.verdicts)} checks could not be graded"
    return f"not decided: {why if attempt.verdicts else 'there are no checks'}; tell your teacher"


def circumstances(attempt: Attempt) -> str:
    """Write what it took and what it can be repeated by: "1.2 s, seed 20"."""
    seconds = attempt.seconds
    # To a tenth of a second, a short time to two figures.
    time = f"{seconds:.1f} s" if seconds >= 1 else f"{seconds:.2g} s"
    return f"{time}, seed {attempt.environment.seed}"


def closing(
    attempt: Attempt, notes: Sequence[str], withheld: Fraction, hidden: int | None = None
) -> list[str]:
    """List the sentences below the score: what was checked and what was not, then the notes.

    Args:
        attempt: what happened.
        notes: sentences of whoever asks for the report.
        withheld: points of the checks that are not there and are tried at submission.
        hidden: how many these are; None where nobody knows.
    """
    sentences = [*_coverage(attempt, withheld, hidden), *notes]
    if attempt.environment.confinement.startswith(("none", "not confined")):
        sentences.append("not confined: these files could do whatever your account may")
    return [joined(sentence)[:MAX_CHARACTERS] for sentence in sentences]


def _coverage(attempt: Attempt, withheld: Fraction, hidden: int | None) -> list[str]:
    """Say that everything passed only where nothing is left to be tried."""
    verdicts = attempt.verdicts
    if withheld:
        visible = [one for one in verdicts if one.check.visibility is Visibility.VISIBLE]
        more = f"{points_text(withheld)} more point{'' if withheld == 1 else 's'}"
        if hidden:
            more = f"{hidden} more ({points_text(withheld)} point{'' if withheld == 1 else 's'})"
        verb = "is" if (hidden or withheld) == 1 else "are"
        return [f"{_passing(visible, 'visible ')}; {more} {verb} checked at submission."]
    if verdicts and all(verdict.outcome is Outcome.PASSED for verdict in verdicts):
        return [f"Full marks: {_passing(verdicts)}."]
    return []


def _passing(verdicts: Sequence[Verdict], kind: str = "") -> str:
    count = sum(verdict.outcome is Outcome.PASSED for verdict in verdicts)
    noun = "check passes" if len(verdicts) == 1 else "checks pass"
    return f"{count} of {len(verdicts)} {kind}{noun}"
