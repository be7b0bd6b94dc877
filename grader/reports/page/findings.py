"""What a picture shows, in words: the one sentence that a reader would say after looking at it."""

from collections.abc import Sequence

from grader.errors import Chain, Curves, Flow, HeatMap, Picture

# Numbers that differ by less are one number to the eye.
_SAME = 0.01


def find(picture: Picture) -> str:
    """Say what a picture shows. Names in it are as the record has them, and may be anything."""
    match picture:
        case Curves():
            return _of_curves(picture)
        case HeatMap():
            return _of_map(picture)
        case Flow():
            return _of_flow(picture)
        case Chain():
            return _of_chain(picture)


def number(value: float) -> str:
    """Write a number to three digits."""
    return f"{value:.3g}"


# Curves


def _of_curves(picture: Curves) -> str:
    got = f"The losses of this submission {_course(picture.at, picture.got)}"
    if not picture.wanted:
        return f"{got}."
    if _is_alike(picture.got, picture.wanted):
        return f"{got}, almost as expected."
    return f"{got}; the expected ones {_course(picture.at, picture.wanted)}."


def _course(at: Sequence[int], values: Sequence[float | None]) -> str:
    """Say how a curve goes: "fall from 30 to 0.1"."""
    known = [(step, value) for step, value in zip(at, values, strict=True) if value is not None]
    if not known:
        return "hold no finite number"
    (_, first), (end, last) = known[0], known[-1]
    spread = max(value for _, value in known) - min(value for _, value in known)
    size = max(abs(value) for _, value in known)
    if len(known) == 1:
        course = f"are {number(first)} at step {known[0][0]}"
    elif spread <= _SAME * size:
        course = f"stay at {number(first)}"
    elif abs(last - first) <= _SAME * size:
        course = f"come back to {number(last)}"
    else:
        course = f"{'fall' if last < first else 'rise'} from {number(first)} to {number(last)}"
    return course if end == at[-1] else f"{course}, and end or are not finite after step {end}"


def _is_alike(got: Sequence[float | None], wanted: Sequence[float | None]) -> bool:
    pairs = list(zip(got, wanted, strict=True))
    known = [(mine, right) for mine, right in pairs if mine is not None and right is not None]
    if len(known) < len(pairs):
        return False
    size = max(abs(right) for _, right in known)
    return all(abs(mine - right) <= _SAME * size for mine, right in known)


# Heat maps


def _of_map(picture: HeatMap) -> str:
    cells = picture.cells
    height, width = len(cells), len(cells[0])
    wrong = {(r, c) for r, row in enumerate(cells) for c, cell in enumerate(row) if cell}
    is_whole = (height, width) == (picture.rows, picture.columns)
    noun, nouns = ("value", "values") if is_whole else ("block of values", "blocks of values")
    if len(wrong) == height * width:
        return f"Every {noun} differs."
    if (place := _place(wrong, height, width)) is not None:
        return f"All that differs is {place}."
    return f"{len(wrong)} of {height * width} {nouns} differ."


def _place(wrong: set[tuple[int, int]], height: int, width: int) -> str | None:
    """Name the part of a matrix that is wrong, and nothing else: a row, a triangle."""
    every = [(r, c) for r in range(height) for c in range(width)]
    rows, columns = {r for r, _ in wrong}, {c for _, c in wrong}
    if len(rows) == 1 and height > 1:
        return f"in the {_nth(rows.pop(), height)} row"
    if len(columns) == 1 and width > 1:
        return f"in the {_nth(columns.pop(), width)} column"
    if height != width:
        return None
    parts = {
        "on the diagonal": {(r, c) for r, c in every if r == c},
        "off the diagonal": {(r, c) for r, c in every if r != c},
        "above the diagonal": {(r, c) for r, c in every if r < c},
        "below the diagonal": {(r, c) for r, c in every if r > c},
        "on and above the diagonal": {(r, c) for r, c in every if r <= c},
        "on and below the diagonal": {(r, c) for r, c in every if r >= c},
    }
    return next((name for name, part in parts.items() if wrong == part), None)


def _nth(place: int, count: int) -> str:
    if place in (0, count - 1):
        return "last" if place else "first"
    number = place + 1
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"


# Flow


def _of_flow(picture: Flow) -> str:
    if picture.of == "step":
        return _of_steps(picture)
    pairs = list(zip(picture.names, picture.got, strict=True))
    missing = [name for name, length in pairs if length is None]
    still = [name for name, length in pairs if length == 0]
    if missing:
        only = "any of them" if len(missing) == len(pairs) else _listed(missing)
        return f"No gradient reaches {only}."
    if still:
        only = "everything" if len(still) == len(pairs) else _listed(still)
        return f"The gradient that reaches {only} is 0."
    largest, smallest = (pick(pairs, key=_by_length) for pick in (max, min))
    return f"A gradient reaches all of them, most of it {largest[0]} and least {smallest[0]}."


def _by_length(pair: tuple[str, float | None]) -> float:
    return pair[1] or 0.0


def _of_steps(picture: Flow) -> str:
    still = [n for n, length in zip(picture.names, picture.got, strict=True) if not length]
    if len(still) == len(picture.names):
        return "No parameter moves."
    if not picture.wanted:
        return f"Not moved: {_listed(still)}." if still else "Every parameter moves."
    pairs = zip(picture.got, picture.wanted, strict=True)
    ratios = [got / right for got, right in pairs if got is not None and right]
    if ratios and max(ratios) - min(ratios) <= 2 * _SAME * max(ratios) and len(ratios) > 1:
        return f"Every parameter moves {number(ratios[0])} times as far as expected."
    return "The parameters do not move as far as expected."


def _listed(names: Sequence[str], most: int = 4) -> str:
    """Join names: "a, b and c", or the first of them and how many more."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


# The chain


def _of_chain(picture: Chain) -> str:
    if picture.cut is None:
        return "Somewhere between the arguments and the result the graph is cut."
    name = picture.operations[picture.cut]
    if name == "no_grad":
        return "Nothing is recorded inside no_grad, so no gradient finds its way back."
    return f"The graph is cut at {name}: what comes after it knows nothing of the arguments."
