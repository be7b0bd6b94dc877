"""An overview as one HTML page that needs nothing else: no script, no font, no other file.

Ten thousand students stay usable: their rows stand in groups that a browser lays out when they come
into view (`content-visibility`), with links to each group at the top, and searching the page finds
all of them. Rows are in the order of the keys. Whatever anybody wrote is escaped, and the page
forbids itself to load or run anything.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from grader.records import Outcome, points_text
from grader.reports.overview import (
    ExerciseFigures,
    Overview,
    Part,
    Row,
    StudentOverview,
    Tried,
    Ungraded,
)
from grader.reports.overview.charts import bars
from grader.reports.overview.text import (
    bins,
    number,
    percent,
    quartiles,
    score_text,
    summary,
    time_used,
)
from grader.reports.page import fragment, style
from grader.reports.page.markup import said

_GROUP = 100  # rows that are laid out together
_ROW_PX = 25  # how high a row is guessed to be before it has been laid out

_RULES = """\
body{font:15px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--page);max-width:70rem;
margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{padding:.1rem .5rem;text-align:right;
border-bottom:1px solid var(--line);vertical-align:top}
th:first-child,td:first-child,td.text,th.text{text-align:left}
.students table{table-layout:fixed}.students td{overflow-wrap:anywhere}
.group{content-visibility:auto}.soft{color:var(--soft)}nav a{margin-right:.8rem}a{color:var(--got)}
.bars{max-width:100%;height:auto;font-size:13px}.bars text{fill:var(--ink)}
.bars .soft{fill:var(--soft)}.bar{fill:var(--got)}.hard{fill:var(--wanted)}h2{margin-top:2.5rem}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:1rem}.pair>div{overflow-x:auto}
.pair pre{font-size:12px}.pair mark{background:var(--got);color:var(--card)}
details{margin:1rem 0}"""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def render(found: Overview | StudentOverview) -> str:
    """Render a class or one student as a whole HTML document."""
    if isinstance(found, Overview):
        return document(found.course, _class(found))
    return document(found.student, _student(found))


def document(title: str, body: Iterable[str]) -> str:
    """Write a whole HTML document around its body, in the style of these pages."""
    head = (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width"><title>{said(title)}</title>'
        f"<style>{_style()}</style></head>\n<body>\n<h1>{said(title)}</h1>\n"
    )
    return head + "\n".join(body) + "\n</body></html>\n"


def _style() -> str:
    """Write the rules with the two palettes of the page of an attempt."""
    light, dark = (
        "".join(f"--{name}:{colour};" for name, colour in palette.items())
        for palette in (style.LIGHT, style.DARK)
    )
    screen = "@media screen and (prefers-color-scheme:dark)"
    return f":root{{color-scheme:light dark;{light}}}\n{screen}{{:root{{{dark}}}}}\n{_RULES}"


def _class(found: Overview) -> Iterator[str]:
    yield _contents(found)
    header = ("exercise", "graded", "not graded", "nothing", "mean", "quartiles", "full marks")
    yield _table(
        header,
        (
            (
                f'<a href="#{said(each.id)}">{said(each.id)}</a>',
                str(each.decided),
                str(each.undecided),
                str(each.absent),
                percent(each.shares.mean if each.shares else None),
                quartiles(each.shares),
                escape(percent(each.full / each.decided if each.decided else None)),
            )
            for each in found.exercises
        ),
    )
    if found.ungraded:
        yield from _ungraded(found.ungraded)
    for each in found.exercises:
        yield from _exercise(each)
    yield from _students(found)


def _contents(found: Overview) -> str:
    links = [f'<a href="#{said(each.id)}">{said(each.id)}</a>' for each in found.exercises]
    if found.ungraded:
        links.append(f'<a href="#ungraded">not graded ({len(found.ungraded)})</a>')
    links.append(f'<a href="#students">students ({len(found.rows)})</a>')
    return f"<nav>{''.join(links)}</nav>"


def _exercise(each: ExerciseFigures) -> Iterator[str]:
    yield f'<section id="{said(each.id)}"><h2>{said(each.id)} {said(each.title)}</h2>'
    yield f"<p>{points_text(each.possible)} points. Time: {said(time_used(each))}.</p>"
    yield "<h3>Scores</h3>"
    counts = zip(bins(), each.histogram, strict=True)
    yield bars("How many students have which share", [(n, c, f"{c:,}") for n, c in counts])
    if each.checks:
        yield "<h3>Checks</h3>"
        shares = [(check.id, check.item.difficulty or 0) for check in each.checks]
        rows = [(name, share, percent(share)) for name, share in shares]
        yield bars("The share of its points that each check gave", rows, most=1)
        yield from _checks(each)
    if each.mistakes:
        yield "<h3>Mistakes</h3>"
        rows = [(m.diagnosis.mistake, m.students, f"{m.students:,}") for m in each.mistakes]
        yield bars("How many students were told each mistake", rows, "hard")
        yield _table(
            ("mistake", "what is told", "students", "checks"),
            (
                (
                    said(m.diagnosis.mistake),
                    said(m.diagnosis.text),
                    f"{m.students:,}",
                    said(", ".join(m.checks)),
                )
                for m in each.mistakes
            ),
            texts=(1, 3),
        )
    yield "</section>"


def _checks(each: ExerciseFigures) -> Iterator[str]:
    yield _table(
        ("check", "what it says", "points", "earned", "tells apart", "lost as"),
        (
            (
                said(check.id),
                said(check.title),
                points_text(check.possible),
                escape(percent(check.item.difficulty)),
                number(check.item.discrimination),
                ", ".join(
                    f"{count:,} {how.value.replace('_', ' ')}"
                    for how, count in check.outcomes.items()
                    if how is not Outcome.PASSED
                ),
            )
            for check in each.checks
        ),
        texts=(1, 5),
    )
    yield (
        '<p class="soft">Earned: the share of the check\'s points. Tells apart: the correlation '
        "with the points of the other checks; near 0 a check tells nothing about who can do the "
        "exercise, below 0 look whether it is right; a dash where everybody earned the same.</p>"
    )
    if each.others:
        yield f'<p class="soft">{each.others:,} attempts were graded by other checks.</p>'


def _ungraded(found: Sequence[Ungraded]) -> Iterator[str]:
    yield f'<section id="ungraded"><h2>Not graded ({len(found):,})</h2>'
    yield "<p>Through no fault of theirs: no zero, and no score yet.</p>"
    rows = ([said(u.student), said(u.exercise), said(u.path), said(u.why)] for u in found)
    header = ("student", "exercise", "files", "why")
    yield from _grouped("u", header, list(rows), texts=(1, 2, 3))
    yield "</section>"


def _students(found: Overview) -> Iterator[str]:
    yield f'<section id="students" class="students"><h2>Students ({len(found.rows):,})</h2>'
    groups = range(0, len(found.rows), _GROUP)
    if len(groups) > 1:
        links = (f'<a href="#s{g}">{said(found.rows[g].student)}</a>' for g in groups)
        yield f"<nav>{''.join(links)}</nav>"
    several = len(found.exercises) > 1
    header = ["student", *(each.id for each in found.exercises), *(["total"] * several)]
    yield from _grouped("s", header, [_row(row, several) for row in found.rows])
    yield "</section>"


def _row(row: Row, several: bool) -> list[str]:
    total = [score_text(row.total)] if several else []
    return [said(row.student), *map(score_text, row.scores), *total]


def _grouped(
    anchor: str, header: Sequence[str], rows: Sequence[Sequence[str]], texts: Sequence[int] = ()
) -> Iterator[str]:
    """Set a long table in groups, each with the header and an anchor of its own."""
    for start in range(0, len(rows), _GROUP):
        group = rows[start : start + _GROUP]
        size = f"contain-intrinsic-size:auto {_ROW_PX * (len(group) + 1)}px"
        yield f'<div class="group" id="{anchor}{start}" style="{size}">'
        yield _table(header, group, texts) + "</div>"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], texts: Sequence[int] = ()) -> str:
    """Set a table; the cells are HTML already, `texts` are columns that stand to the left."""
    kinds = [' class="text"' if place in texts else "" for place in range(len(header))]
    lines = [
        "".join(f"<td{kind}>{cell}" for kind, cell in zip(kinds, row, strict=True)) for row in rows
    ]
    heads = "".join(f"<th{k}>{said(name)}" for k, name in zip(kinds, header, strict=True))
    return f"<table><tr>{heads}{''.join(f'<tr>{line}' for line in lines)}</table>"


def _student(found: StudentOverview) -> Iterator[str]:
    yield f"<p>{said(found.name)}</p>"
    yield f"<p>In all {score_text(found.total)}.</p>"
    if found.dropped:
        yield f"<p>Not counted: {said(', '.join(found.dropped))}.</p>"
    for part in found.parts:
        yield from _part(part)


def _part(part: Part) -> Iterator[str]:
    score = score_text(part.score)
    yield f"<section><h2>{said(part.exercise)} {said(part.title)}: {score}</h2>"
    yield f"<p>{said(summary(part))}</p>"
    if part.attempt:
        yield fragment(part.attempt)
    if part.tried:
        yield _table(
            ("attempt", "handed in", "score", ""),
            (_tried(tried) for tried in part.tried),
            texts=(1, 3),
        )
    yield "</section>"


def _tried(tried: Tried) -> tuple[str, ...]:
    moment = tried.submitted_at
    shown = moment.strftime("%Y-%m-%d %H:%M UTC") if moment else "not known"
    return f"#{tried.number}", shown, score_text(tried.score), "counts" if tried.counts else ""
