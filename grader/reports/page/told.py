"""What is told of one check: its message, its diagnosis, and its picture with what it shows.

A message is paragraphs and lines of source. Where it is long, what follows its first paragraph can
be folded away; it is open at first, because whoever lost points came to read it.
"""

from collections.abc import Iterator, Sequence
from html import escape

from grader.errors import Picture
from grader.reports import sentences
from grader.reports.page.charts import draw, title_of
from grader.reports.page.findings import find
from grader.reports.page.markup import said, shown

_DOTS = "…"
# Lines of source below a message that are not folded.
_MOST_OPEN = 4


def body(tale: sentences.Told, call: str = "") -> str:
    """Write a message and the diagnosis set apart below it; either may be "".

    Args:
        tale: both.
        call: a line of code that the message may begin with.
    """
    message, diagnosis = tale
    parts = []
    if call and message.startswith(call):
        message = message.removeprefix(call).removeprefix("\n")
        parts.append(f'<pre class="call" dir="ltr">{said(call)}</pre>')
    if message:
        parts.append(_message(message))
    if diagnosis:
        text = said(diagnosis[: sentences.MAX_CHARACTERS])
        parts.append(
            f'<p class="diagnosis" dir="auto"><span aria-hidden="true">→ </span>{text}</p>'
        )
    return "\n".join(parts)


def drawn(picture: Picture) -> str:
    """Write a picture with what it shows."""
    return (
        f'<details class="picture" open="">\n<summary>{said(title_of(picture))}</summary>\n'
        f"<figure>\n{draw(picture)}\n<figcaption>{said(find(picture))}</figcaption>\n"
        "</figure>\n</details>"
    )


def _message(message: str) -> str:
    lines = sentences.lines_of(message, shown, _DOTS)
    blocks = list(_blocks(lines))
    if len(lines) <= _MOST_OPEN or len(blocks) == 1:
        return "\n".join(blocks)
    rest = "\n".join(blocks[1:])
    return f'{blocks[0]}\n<details open="">\n<summary>Where and how</summary>\n{rest}\n</details>'


def _blocks(lines: Sequence[str]) -> Iterator[str]:
    """Write each sentence as a paragraph, and lines of source that follow each other as one."""
    source: list[tuple[str, str]] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if sentences.CARETS.fullmatch(line) and source:
            continue
        carets = following if sentences.CARETS.fullmatch(following) else ""
        if carets or line.startswith(" "):
            source.append((line, carets))
            continue
        yield from _pre(source)
        source = []
        if line:
            yield f'<p dir="auto">{escape(line)}</p>'
    yield from _pre(source)


def _pre(source: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Write lines of source and what points into them, without what all are indented by."""
    if source:
        texts = [text for pair in source for text in pair if text.strip()]
        indent = min((len(text) - len(text.lstrip()) for text in texts), default=0)
        shown_lines = (_marked(line[indent:], carets[indent:]) for line, carets in source)
        yield f'<pre dir="ltr">{chr(10).join(shown_lines)}</pre>'


def _marked(line: str, carets: str) -> str:
    """Mark the letters of a line that the carets below it point at."""
    start = len(carets) - len(carets.lstrip())
    end = len(carets.rstrip())
    if start >= min(end, len(line)):
        # They point behind the line, where something is missing.
        return f"{escape(line)}<mark>{_DOTS}</mark>" if carets else escape(line)
    return f"{escape(line[:start])}<mark>{escape(line[start:end])}</mark>{escape(line[end:])}"
