"""From the units of a class to the pairs that agree more than predicted.

The model is in the package's docstring; here it is arithmetic on counts. What stands in the stub
and in the reference is no trait; what the teacher foresaw among variants and mistakes counts as
shared by an eighth of all students at least, however few of this class wrote it.
"""

import ast
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from grader.similarity import ALPHA, Answer, Evidence, Finding, Kind, Pair, Shared
from grader.similarity.traits import Unit, Units, functions, is_stub, units

_FORESEEN = 8  # an agreement in what the teacher foresaw is worth 8 to 1 at most
# Where the tail is read: deep enough to be one, too shallow for a few copies to reach.
_DEEP, _SHALLOW = (0.01, 0.03), 0.1
_ENOUGH = 10  # pairs; of fewer a share says nothing
_FORM = 0.5  # of a unit's weight, what its whole form has; the statements share the rest


# Kinds in which a variant or a mistake foresees anything.
_FORESEEABLE = frozenset({Kind.CODE, Kind.NAMES})

Place = tuple[str, str, Kind]  # file, function, kind


@dataclass(frozen=True)
class Known:
    """What the teacher has written for one exercise, as texts by file name.

    `stub` and `reference` are what an answer is not blamed for. `foreseen` are texts of mistakes.py
    and variants.py, whose marked functions stand in for those of the reference.
    """

    stub: Mapping[str, str]
    reference: Mapping[str, str]
    foreseen: Sequence[str] = ()


@dataclass(frozen=True)
class _Expected:
    """Traits and forms of one place that are no evidence, and those that are little."""

    none: frozenset[str]
    little: frozenset[str]


_UNEXPECTED = _Expected(frozenset(), frozenset())


@dataclass
class _Column:
    """One place over the whole class: each student's unit, and how many have each trait.

    `counts` are of traits within a stratum: those who share a form, or "" for all of the class.
    `sizes` are of the strata, `wholes` count whole forms.
    """

    expected: _Expected
    units: dict[str, Unit] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    sizes: Counter[str] = field(default_factory=Counter)
    wholes: Counter[str] = field(default_factory=Counter)

    def add(self, student: str, unit: Unit, form: str) -> None:
        """Take in one student's unit, with the form of the code that it belongs to."""
        kept = {t: lines for t, lines in unit.traits.items() if t not in self.expected.none}
        whole = "" if unit.form in self.expected.none else unit.form
        self.units[student] = Unit(kept, whole)
        self.forms[student] = form
        for stratum in {"", form}:
            self.sizes[stratum] += 1
            self.counts.update((stratum, trait) for trait in kept)
        self.wholes[whole] += 1


def find(title: str, answers: Sequence[Answer], known: Known) -> Finding:
    """Compare all answers of a class with each other, file by file.

    Answers that cannot be read as Python are left out, and said. The order of `answers` plays no
    part, nor does which of two is called the first: they are in the order of their students.
    """
    asked = {
        name: [f for f, node in functions(ast.parse(text)).items() if is_stub(node)]
        for name, text in known.stub.items()
    }
    expected = _expected(known, asked)
    columns: dict[Place, _Column] = {}
    kept: list[Answer] = []
    unread: list[tuple[str, str]] = []
    for answer in sorted(answers, key=lambda one: one.student):
        try:
            _take_in(columns, expected, asked, answer)
        except ValueError as error:
            unread.append((answer.student, str(error)))
        else:
            kept.append(answer)
    totals = _totals(columns, [answer.student for answer in kept])
    least = needed(totals.values())
    found = [
        Pair(first, second, totals[first.student, second.student],
             _evidence(columns, first.student, second.student))
        for first, second in combinations(kept, 2)
        if totals.get((first.student, second.student), 0.0) >= least
    ]  # fmt: skip
    found.sort(key=lambda pair: (-pair.bits, pair.first.student, pair.second.student))
    most = max(totals.values(), default=0.0)
    return Finding(title, len(kept), least, most, tuple(found), tuple(unread))


def _take_in(
    columns: dict[Place, _Column],
    expected: Mapping[Place, _Expected],
    asked: Mapping[str, Sequence[str]],
    answer: Answer,
) -> None:
    """Take an answer's units into their columns.

    Raises:
        ValueError: one of its files is no Python; nothing was taken in.
    """
    apart = {name: units(text, asked.get(name, ())) for name, text in answer.files}
    for place, unit in _placed(apart).items():
        file, function, kind = place
        form = apart[file][function, Kind.CODE].form if kind is Kind.NAMES else ""
        if place not in columns:
            columns[place] = _Column(expected.get(place, _UNEXPECTED))
        columns[place].add(answer.student, unit, form)


def _placed(apart: Mapping[str, Units]) -> dict[Place, Unit]:
    """Give the units of all files their places; what is not written yet has none.

    Layout is a habit that one has in all files, so all of them together are one unit.
    """
    found: dict[Place, Unit] = {}
    habits: set[str] = set()
    for file, each in apart.items():
        for (function, kind), unit in each.items():
            if kind is Kind.LAYOUT:
                habits |= unit.traits.keys()
            else:
                found[file, function, kind] = unit
    found["", "", Kind.LAYOUT] = Unit(dict.fromkeys(sorted(habits), ()))
    return found


def _expected(known: Known, asked: Mapping[str, Sequence[str]]) -> dict[Place, _Expected]:
    """Collect the traits of what the teacher wrote, by place."""
    none: dict[Place, set[str]] = {}
    little: dict[Place, set[str]] = {}
    for texts in (known.stub, known.reference):
        apart = {file: units(text, asked.get(file, ())) for file, text in texts.items()}
        for place, unit in _placed(apart).items():
            none.setdefault(place, set()).update(unit.traits, [unit.form])
    for module in known.foreseen:
        for file, names in asked.items():
            for text in _standing_in(module, set(names)):
                for (function, kind), unit in units(text, names).items():
                    if kind in _FORESEEABLE:
                        texts_of = little.setdefault((file, function, kind), set())
                        texts_of.update(unit.traits, [unit.form])
    return {
        place: _Expected(frozenset(none.get(place, ())), frozenset(little.get(place, ())))
        for place in none.keys() | little.keys()
    }


def _standing_in(module: str, asked: set[str]) -> Iterator[str]:
    """Write each marked function of mistakes.py or variants.py under the name it stands in for."""
    for node in ast.parse(module).body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        for name in _named(node.decorator_list):
            if any(each == name or each.startswith(f"{name}.") for each in asked):
                node.name, node.decorator_list = name, []
                yield ast.unparse(node)


def _named(marks: Sequence[ast.expr]) -> list[str]:
    """Read the names after `of=` in marks such as `@variant(of="train")`."""
    return [
        keyword.value.value
        for mark in marks
        if isinstance(mark, ast.Call)
        for keyword in mark.keywords
        if keyword.arg == "of"
        and isinstance(keyword.value, ast.Constant)
        and isinstance(keyword.value.value, str)
    ]


def _totals(
    columns: Mapping[Place, _Column], students: Sequence[str]
) -> dict[tuple[str, str], float]:
    """Add up the bits of all units for each pair; what is alike is worked out once."""
    totals = dict.fromkeys(combinations(students, 2), 0.0)
    for place in sorted(columns):
        column = columns[place]
        alike: dict[tuple[str, frozenset[str], str], int] = {}
        numbers = {
            student: alike.setdefault(
                (unit.form, frozenset(unit.traits), column.forms[student]), len(alike)
            )
            for student, unit in column.units.items()
        }
        known: dict[tuple[int, int], float] = {}
        for first, second in combinations(sorted(column.units), 2):
            pair = (numbers[first], numbers[second])
            bits = known.get(pair)
            if bits is None:
                bits = known[pair] = known[pair[::-1]] = _bits(column, first, second)
            totals[first, second] += bits
    return totals


def needed(totals: Iterable[float]) -> float:
    """Say how many bits a pair has to have, so that a class apart has `ALPHA` such pairs.

    Markov's inequality allows a share of 2^-t of all pairs to have t bits or more. Where the class
    shows a smaller share, the line through two points of its own tail is followed instead, at most
    as steeply as one bit for each halving, and with one bit to spare.
    """
    ordered = sorted(totals, reverse=True)
    count = max(len(ordered), 1)
    bound = math.log2(count / ALPHA)
    ranks = [rank for share in _DEEP if (rank := int(share * count)) >= _ENOUGH]
    if not ranks:
        return bound
    deep, shallow = ranks[0], int(_SHALLOW * count)
    rise = ordered[deep - 1] - ordered[shallow - 1]
    per_halving = max(rise / math.log2(shallow / deep), 1.0)
    return min(bound, ordered[deep - 1] + 1 + per_halving * math.log2(deep / ALPHA))


def _bits(column: _Column, first: str, second: str) -> float:
    """Say in bits how much likelier a copy makes what two units share, and what they do not."""
    odds = (_odds(column, first, second) + _odds(column, second, first)) / 2
    return math.log2(0.5 + 0.5 * odds)


def _odds(column: _Column, own: str, other: str) -> float:
    """Give the mean, over what `own` has, of what it is worth that `other` has it too."""
    mine, theirs = column.units[own], column.units[other]
    if not mine.traits and not mine.form:
        return 1.0
    stratum = column.forms[own] if column.forms[own] == column.forms[other] else ""
    shared = (trait for trait in mine.traits if trait in theirs.traits)
    parts = sum(_worth(column, stratum, trait) for trait in shared) / max(len(mine.traits), 1)
    if not mine.form:
        return parts
    whole = _whole_worth(column, mine.form) if mine.form == theirs.form else 0.0
    return _FORM * whole + (1 - _FORM) * parts if mine.traits else whole


def _worth(column: _Column, stratum: str, trait: str) -> float:
    """Give (n - 1) / (c + 1): n are compared, c of the others have the trait."""
    worth = (column.sizes[stratum] - 1) / (column.counts[stratum, trait] - 1)
    return min(worth, _FORESEEN) if trait in column.expected.little else worth


def _whole_worth(column: _Column, form: str) -> float:
    """Give the same of a whole form."""
    worth = (column.sizes[""] - 1) / (column.wholes[form] - 1)
    return min(worth, _FORESEEN) if form in column.expected.little else worth


def _evidence(columns: Mapping[Place, _Column], first: str, second: str) -> tuple[Evidence, ...]:
    """Say what each unit adds, the greatest first, and what is shared there."""
    found = []
    for (file, function, kind), column in sorted(columns.items()):
        if first not in column.units or second not in column.units:
            continue
        here, there = column.units[first], column.units[second]
        stratum = column.forms[first] if column.forms[first] == column.forms[second] else ""
        shared = [
            Shared(
                t, column.counts[stratum, t], t in column.expected.little, lines, there.traits[t]
            )
            for t, lines in here.traits.items()
            if t in there.traits
        ]
        shared.sort(key=lambda one: (one.holders, one.text))
        bits = _bits(column, first, second)
        if shared or bits:
            found.append(Evidence(file, function, kind, bits, column.sizes[stratum], tuple(shared)))
    return tuple(sorted(found, key=lambda one: (-one.bits, one.file, one.unit, one.kind)))
