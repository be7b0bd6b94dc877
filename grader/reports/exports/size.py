"""Files that may not grow beyond a size: long texts are cut, no check is ever dropped.

A form is rendered with a room: how many characters it may keep of each free text. The largest room
whose file fits is searched for, so that short messages stay whole and only the long ones are cut.
"""

from collections.abc import Callable, Sequence

from grader.errors import CourseError

# Below this, a note of what is left out would take most of the room.
_ROOM_FOR_A_NOTE = 60


def cut(text: str, room: int) -> str:
    """Keep the beginning of a text, at most `room` characters with the note of what is missing."""
    if len(text) <= room:
        return text
    if room < _ROOM_FOR_A_NOTE:
        return text[: room - 1] + "…" if room else ""
    note = f"… ({len(text):,} characters in all)"
    return text[: room - len(note)] + note


def fit(render: Callable[[int], str], texts: Sequence[str], limit: int) -> str:
    """Render with the most room for each text that keeps the file within `limit` bytes of UTF-8.

    Args:
        render: gives the file for a room in characters; 0 is the least that it can do with.
        texts: the free texts that it cuts to that room.
        limit: bytes that the file may have.

    Raises:
        CourseError: it does not fit even without any of the texts.
    """
    high = max(1, _share([len(text) for text in texts], limit))
    file = render(high)
    if _size(file) <= limit:
        return file
    low, best = 0, render(0)
    if _size(best) > limit:
        raise CourseError(
            f"the file would have {_size(best):,} bytes with every text left out, and this format "
            f"takes {limit:,}; split the exercise, it has too many checks for this format"
        )
    # A few characters more or less of a long text are not worth another rendering.
    while high - low > 1 + low // 32:
        middle = (low + high) // 2
        file = render(middle)
        if _size(file) <= limit:
            low, best = middle, file
        else:
            high = middle
    return best


def _size(file: str) -> int:
    return len(file.encode())


def _share(lengths: Sequence[int], limit: int) -> int:
    """Find the room with which texts of these lengths take at most `limit` characters."""
    left = limit
    for place, length in enumerate(sorted(lengths)):
        takers = len(lengths) - place
        if length * takers > left:
            return left // takers
        left -= length
    return max(lengths, default=0)
