"""One attempt as a page: one file for a browser, which needs no network and no script.

It says the sentences of the terminal in their order, shows the evidence as pictures where people
would rather look, and reads at any width, in light and dark, on paper and by ear. What anybody
wrote is escaped, and the page forbids itself to load or run anything.

    style       two palettes and the style sheet
    markup      text as markup
    findings    what a picture shows, in words
    charts      the pictures
    told        what is told of a check: its message, its diagnosis, its picture
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from grader.records import Attempt, Outcome, Verdict
from grader.reports import sentences
from grader.reports.page import style
from grader.reports.page.markup import said, spaced
from grader.reports.page.told import body, drawn

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

# So many pictures are drawn; a page of thousands would be heavy, and nobody looks at them all.
MOST_PICTURES = 50
_NOT_DRAWN = f"Pictures are drawn for the first {MOST_PICTURES} checks that have one."

# The mark and the word of each state, and the class that colours it.
STATES = {
    Outcome.PASSED: ("✓", "passed", "passed"),
    Outcome.FAILED: ("✗", "failed", "lost"),
    Outcome.RAISED: ("✗", "raised an error", "lost"),
    Outcome.TIMED_OUT: ("✗", "stopped", "lost"),
    Outcome.OUT_OF_MEMORY: ("✗", "out of memory", "lost"),
    Outcome.FORBIDDEN: ("✗", "not allowed", "lost"),
    Outcome.CRASHED: ("✗", "crashed", "lost"),
    Outcome.SKIPPED: ("–", "not tried", "skipped"),
    Outcome.UNGRADED: ("?", "not graded", "ungraded"),
}


def render(
    attempt: Attempt,
    *,
    notes: Sequence[str] = (),
    withheld: Fraction = Fraction(0),
    hidden: int | None = None,
    hints: Mapping[str, str] | None = None,
) -> str:
    """Render an attempt as a whole HTML document, which is well-formed XML too.

    Args:
        attempt: what happened.
        notes: sentences to write after the score, one each.
        withheld: points of the checks that are not there and are tried at submission.
        hidden: how many these are; None where nobody knows.
        hints: what to type for a hint, by the ids of the checks that have one.
    """
    name = f"{attempt.exercise} {attempt.title}: {_total(attempt, withheld)}"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8"/>\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"/>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        '<meta name="color-scheme" content="light dark"/>\n'
        f"<title>{said(name)}</title>\n"
        f"<style>\n{style.sheet()}\n{style.DOCUMENT}\n</style>\n</head>\n"
        f'<body class="grader">\n<main>\n{_header(attempt, withheld, "h1")}\n'
        f"{_list(attempt, hints or {})}\n</main>\n<footer>\n"
        f"{_closing(attempt, sentences.closing(attempt, notes, withheld, hidden), withheld)}\n"
        "</footer>\n</body>\n</html>\n"
    )


def fragment(
    attempt: Attempt,
    *,
    notes: Sequence[str] = (),
    withheld: Fraction = Fraction(0),
    hidden: int | None = None,
    hints: Mapping[str, str] | None = None,
) -> str:
    """Render an attempt as one element with its style, to be put into a notebook or a page.

    Its headings begin with the second level, and its rules touch nothing outside it. The arguments
    are those of `render`.
    """
    return (
        f'<div class="grader" lang="en">\n<style>\n{style.sheet()}\n</style>\n'
        f"<div>\n{_header(attempt, withheld, 'h2')}\n{_list(attempt, hints or {})}\n"
        f"{_closing(attempt, sentences.closing(attempt, notes, withheld, hidden), withheld)}\n"
        "</div>\n</div>\n"
    )


def _total(attempt: Attempt, withheld: Fraction) -> str:
    """Write the score as the terminal does."""
    is_open = withheld and attempt.score.is_decided
    return sentences.score_of(attempt) + (" so far" if is_open else "")


def _header(attempt: Attempt, withheld: Fraction, heading: str) -> str:
    score = attempt.score
    bar, kind = "", " open"
    if score.is_decided:
        kind = ""
        share = float(score.earned / score.possible) if score.possible else 0.0
        bar = (
            '\n<svg class="share" viewBox="0 0 100 4" preserveAspectRatio="none" '
            f'aria-hidden="true"><rect width="{100 * share:.1f}" height="4"/></svg>'
        )
    return (
        f'<header>\n<{heading} class="name"><span class="id" dir="auto">{said(attempt.exercise)}'
        f'</span> <span dir="auto">{said(attempt.title)}</span></{heading}>\n'
        f'<p class="path" dir="auto">{spaced(attempt.path)}</p>\n'
        f'<p class="total{kind}">{said(_total(attempt, withheld))}</p>{bar}\n</header>'
    )


def _list(attempt: Attempt, hints: Mapping[str, str]) -> str:
    """Write what is told of all checks, and every check as an item of a list."""
    if not attempt.verdicts:
        return ""
    everywhere, told = sentences.shared_once(attempt.verdicts)
    parts = ['<h2 class="section">Checks</h2>']
    if everywhere != sentences.NOTHING:
        parts.append(f'<div class="card everywhere told">\n{body(everywhere)}\n</div>')
    # A list without bullets is one to every reader only if it says so.
    parts.append('<ul class="checks" role="list">')
    pictures = _pictures(attempt.verdicts)
    for verdict, tale in zip(attempt.verdicts, told, strict=True):
        hint = hints.get(verdict.check.id, "")
        parts.append(_check(verdict, tale, next(pictures), hint))
    parts.append("</ul>")
    count = sum(1 for each in attempt.verdicts if each.evidence and each.evidence.picture)
    if count > MOST_PICTURES:
        parts.append(f'<p class="quiet">{_NOT_DRAWN}</p>')
    return "\n".join(parts)


def _pictures(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Draw the picture of each check that has one, as long as there are not too many."""
    count = 0
    for verdict in verdicts:
        picture = verdict.evidence.picture if verdict.evidence else None
        count += picture is not None
        yield drawn(picture) if picture is not None and count <= MOST_PICTURES else ""


def _check(verdict: Verdict, tale: sentences.Told, picture: str, hint: str) -> str:
    mark, word, kind = STATES[verdict.outcome]
    need = sentences.need_of(verdict, tale)
    call = verdict.evidence.given if verdict.evidence else ""
    parts = [
        f'<p class="state"><span class="mark" aria-hidden="true">{mark}</span>{word}</p>',
        f'<h3 dir="auto">{said(verdict.check.title)}</h3>',
        f'<p class="need" dir="auto">{said(need)}</p>' if need else "",
        f'<p class="points">{sentences.points_of(verdict)}</p>',
    ]
    told = [
        "" if need else body(tale, call),
        picture,
        f'<p class="quiet">hint: <code dir="ltr">{said(hint)}</code></p>' if hint else "",
    ]
    if any(told):
        below = "\n".join(filter(None, told))
        parts.append(f'<div class="told">\n{below}\n</div>')
    shown = "\n".join(filter(None, parts))
    return f'<li class="card check {kind}">\n{shown}\n</li>'


def _closing(attempt: Attempt, told: Sequence[str], withheld: Fraction) -> str:
    lines = [
        f'<h2 class="section">Score</h2>\n<p class="sum">{said(_total(attempt, withheld))}</p>',
        f'<p class="quiet">{said(sentences.circumstances(attempt))}</p>',
    ]
    if told:
        shown = "\n".join(f'<p dir="auto">{said(sentence)}</p>' for sentence in told)
        lines.append(f'<div class="closing">\n{shown}\n</div>')
    return "\n".join(lines)
