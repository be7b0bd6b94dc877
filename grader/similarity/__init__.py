"""Who may have written together: pairs of answers that agree more than a class predicts.

Five-line answers coincide honestly, so likeness alone says nothing. What counts is how rare the
thing is that two answers share, and rare is counted in the class itself.

*Traits.* An answer is taken apart into units: the code of each function, the names that it
introduces, its comments, the rest of the file and the layout. Each unit is a set of traits, as
statements without names, comments without case. What the stub or the reference has is no trait.

*Odds.* Were two answers written apart, the second would have a trait of the first about as often as
others have it. With `c` of the `n - 2` others, (n - 1) / (c + 1) is how much likelier a copy makes
the agreement. Its mean under independence is at most 1 for any distribution whatever, also for
traits that nobody else has (see design/similarity.md), and so is the mean over the traits of one
unit, however they depend on each other. A unit's odds are half of that, and half of "no copy".
Units are multiplied, as bits they are added: that is the one place where independence is assumed,
and where a form is shared, names are held only against others of that form.

*A pair is reported* where its odds exceed the number of pairs in the class divided by `ALPHA`. By
Markov's inequality a class of students who worked apart then has `ALPHA` such pairs on average, or
fewer. What two students took from the same page, or from the same assistant, is not apart.

    traits      from the text of a file to its units
    odds        from the units of a class to pairs
"""

from dataclasses import dataclass
from enum import StrEnum

# How many pairs a class may have on average whose members worked apart.
ALPHA = 0.01


class Kind(StrEnum):
    """What the traits of a unit are."""

    CODE = "code"
    NAMES = "names"
    WORDS = "comments"
    REST = "rest of the file"
    LAYOUT = "layout"


@dataclass(frozen=True)
class Answer:
    """What one student handed in, as one text for each file, by name."""

    student: str
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Shared:
    """One trait that two answers share, how many of the class have it, and where.

    `foreseen` is whether the teacher wrote it among the variants or the mistakes.
    """

    text: str
    holders: int
    foreseen: bool
    here: tuple[int, ...]
    there: tuple[int, ...]


@dataclass(frozen=True)
class Evidence:
    """What one unit says about a pair: in bits, below 0 where the two differ.

    `unit` is the function's name, or "" of the whole file; `file` is the file's. `among` is how
    many answers the traits were counted in.
    """

    file: str
    unit: str
    kind: Kind
    bits: float
    among: int
    shared: tuple[Shared, ...]


@dataclass(frozen=True)
class Pair:
    """Two answers that agree more than predicted: the evidence with most bits first."""

    first: Answer
    second: Answer
    bits: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Finding:
    """What was compared, what is reported, and what was left out, each with its reason.

    `title` is the exercise's id, or what else says which answers these are. `needed` is how many
    bits a pair has to have, `most` the highest of any pair.
    """

    title: str
    answers: int
    needed: float
    most: float
    pairs: tuple[Pair, ...]
    unread: tuple[tuple[str, str], ...] = ()
