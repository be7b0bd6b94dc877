"""Pairs of answers that agree more than a class predicts, as text and as a page side by side.

The page marks the lines that hardly anybody else wrote. Text and page both end with what such a
pair does not prove, and neither says "copied".
"""

from collections.abc import Iterator, Sequence

from grader.reports.layout import wrapped
from grader.reports.overview.page import document
from grader.reports.page.markup import said, spaced
from grader.reports.terminal import printable
from grader.similarity import ALPHA, Answer, Evidence, Finding, Pair, Shared

_SHOWN = 3  # shared traits that are told of each unit
_RARE = 10  # a line is marked if fewer than one in so many wrote it

LIMITS = (
    "What this does not prove: that anybody copied. The two answers share things that hardly "
    "anybody else in this class wrote. Two who learned together, who took from the same page or "
    "asked the same assistant look just like this, and it is not said who was first. It is a "
    "reason to talk with two people, and never one to take points off.",
    "Who is not listed may have copied all the same: an answer that many would write like this, "
    "and a copy that was rewritten, are not seen; nor is one that all of a larger group share.",
    "If a whole class works apart, and what one writes in one place says nothing about the next, "
    f"a comparison lists {ALPHA:g} pairs on average, or fewer.",
)


def text(findings: Sequence[Finding], *, width: int = 80, is_ascii: bool = False) -> str:
    """Render what was found for a terminal, no line wider than `width` cells."""
    lines: list[str] = []
    for found in findings:
        lines += [_headline(found), *(line for pair in found.pairs for line in _pair_lines(pair))]
        lines += [f"  not compared: {student}: {why}" for student, why in found.unread]
    lines += ["", *LIMITS]
    shown = (printable(line, is_ascii=is_ascii) for line in lines)
    return "".join(f"{part}\n" for line in shown for part in _broken(line, width))


def _broken(line: str, width: int) -> list[str]:
    """Break a line between words; what follows begins where the line does."""
    start = line[: len(line) - len(line.lstrip())]
    return [f"{start}{part}" for part in wrapped(line.lstrip(), width - len(start))]


def page(findings: Sequence[Finding]) -> str:
    """Render what was found as one HTML document, each pair side by side."""
    return document("Answers that are alike", _body(findings))


def _headline(found: Finding) -> str:
    if not found.pairs:
        most = (
            f"the most alike have {found.most:.1f}" if found.answers > 1 else "nothing to compare"
        )
        return f"{found.title}: {found.answers} answers, no pair of {found.needed:.1f} bits; {most}"
    count = len(found.pairs)
    pairs = f"{count} pair{'s' * (count > 1)}"
    return f"{found.title}: {found.answers} answers, {pairs} of {found.needed:.1f} bits or more"


def _pair_lines(pair: Pair) -> Iterator[str]:
    yield f"  {pair.bits:5.1f} bits  {pair.first.student}  {pair.second.student}"
    for each in _telling(pair):
        yield f"      {each.bits:+.1f}  {_told(each)}"


def _telling(pair: Pair) -> list[Evidence]:
    """Choose what speaks for a pair: half a bit or more."""
    return [each for each in pair.evidence if each.bits >= 0.5]


def _told(each: Evidence) -> str:
    """Say what is shared and where, the rarest first."""
    where = " ".join(filter(None, (each.file, each.unit)))
    what = f"{where}, {each.kind}" if where else str(each.kind)
    shown = [_trait(one, each.among) for one in each.shared[:_SHOWN]]
    more = len(each.shared) - _SHOWN
    return f"{what}: " + "; ".join([*shown, *([f"and {more} more"] if more > 0 else [])])


def _trait(one: Shared, among: int) -> str:
    others = one.holders - 2
    how = f"{others} other{'s' * (others > 1)}" if others else "nobody else"
    short = one.text if len(one.text) <= 60 else f"{one.text[:57]}..."
    return f"{short} ({how} of {among}{', foreseen' if one.foreseen else ''})"


def _body(findings: Sequence[Finding]) -> Iterator[str]:
    for sentence in LIMITS:
        yield f"<p>{said(sentence)}</p>"
    for place, found in enumerate(findings):
        yield f"<h2>{said(_headline(found))}</h2>"
        for number, pair in enumerate(found.pairs):
            yield from _side_by_side(pair, f"{place}-{number}")
        if found.unread:
            told = "; ".join(f"{student}: {why}" for student, why in found.unread)
            yield f'<p class="soft">Not compared: {said(told)}</p>'


def _side_by_side(pair: Pair, anchor: str) -> Iterator[str]:
    title = f"{pair.first.student} and {pair.second.student}, {pair.bits:.1f} bits"
    yield f'<details id="p{anchor}"><summary>{said(title)}</summary><ul>'
    for each in _telling(pair):
        yield f"<li>{each.bits:+.1f} bits: {said(_told(each))}</li>"
    yield "</ul>"
    for name in sorted({each.file for each in _telling(pair) if each.file}):
        here, there = _rare_lines(pair, name)
        yield f'<h3>{said(name)}</h3><div class="pair">'
        yield _listing(pair.first, name, here) + _listing(pair.second, name, there) + "</div>"
    yield "</details>"


def _rare_lines(pair: Pair, name: str) -> tuple[set[int], set[int]]:
    """Choose the lines to mark in both files: those of shared traits that are rare."""
    here: set[int] = set()
    there: set[int] = set()
    for each in _telling(pair):
        for one in each.shared:
            if each.file == name and _RARE * one.holders < each.among + 2 * _RARE:
                here.update(one.here)
                there.update(one.there)
    return here, there


def _listing(answer: Answer, name: str, marked: set[int]) -> str:
    rows = []
    for number, line in enumerate(dict(answer.files).get(name, "").split("\n"), 1):
        shown = f"{number:4} {spaced(line.expandtabs(4))}"
        rows.append(f"<mark>{shown}</mark>" if number in marked else shown)
    return f"<div><b>{said(answer.student)}</b><pre>{chr(10).join(rows)}</pre></div>"
