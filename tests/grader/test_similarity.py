"""Tests of similarity: what is a trait, what the odds are, and what must not matter."""

import ast
import json
import math
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.reports import likeness
from grader.similarity import ALPHA, Answer, Finding, Kind, Pair
from grader.similarity.odds import Known, find, needed
from grader.similarity.traits import Units, units

STUB = '''"""Exercise."""

import torch


def total(rows):
    """Add them up."""
    raise NotImplementedError("total: exercise 01, part 1")


def mean(rows):
    """Average them."""
    raise NotImplementedError("mean: exercise 01, part 2")
'''
HEAD = '"""Exercise."""\n\nimport torch\n\n\n'
REFERENCE = HEAD + (
    "def total(rows):\n    return sum(rows)\n\n\n"
    "def mean(rows):\n    return sum(rows) / len(rows)\n"
)
VARIANTS = '''
from grader.mistakes import variant


@variant(of="total")
def by_hand(rows):
    """A loop."""
    n = 0
    for row in rows:
        n += row
    return n
'''
KNOWN = Known({"a.py": STUB}, {"a.py": REFERENCE}, [VARIANTS])
# What two students share whom nobody resembles.
ODD = HEAD + (
    "def total(rows):\n"
    "    # we walk backwrads through it\n"
    "    stash = list(reversed(rows))\n"
    "    while len(stash) > 1:\n"
    "        # fold the frist two\n"
    "        stash.append(stash.pop() + stash.pop())\n"
    "    return stash[0]\n\n\n"
    "def mean(rows):\n"
    "    # not numpy!!\n"
    "    weight = pow(len(rows), -1)\n"
    "    return weight * total(rows)\n"
)
USUAL = (
    ("return sum(rows)", "return sum(rows) / len(rows)"),
    (
        "n = 0\n    for row in rows:\n        n += row\n    return n",
        "return total(rows) / len(rows)",
    ),
    ("return sum(rows)", "n = len(rows)\n    return total(rows) / n"),
    ("t = sum(rows)\n    return t", "return sum(rows) / len(rows)"),
)


def usual(number: int) -> str:
    """Write what many write."""
    first, second = USUAL[number % len(USUAL)]
    return f"{HEAD}def total(rows):\n    {first}\n\n\ndef mean(rows):\n    {second}\n"


def crowd(*texts: str, count: int = 60) -> list[Answer]:
    """Make a class: `count` usual answers, and these."""
    written = [*(usual(number) for number in range(count)), *texts]
    return [Answer(f"s{n:03}", (("a.py", text),)) for n, text in enumerate(written)]


def names(finding: Finding) -> list[tuple[str, str]]:
    """List the students of the pairs that are reported."""
    return [(pair.first.student, pair.second.student) for pair in finding.pairs]


def taken(text: str) -> Units:
    """Take a file of this exercise apart."""
    return units(text, ["total", "mean"])


def test_an_odd_answer_twice_is_reported() -> None:
    """Two who share what nobody else wrote are reported, alone, with what it was."""
    found = find("exercise-01", crowd(ODD, ODD), KNOWN)

    assert names(found) == [("s060", "s061")]
    best = {(e.unit, e.kind): e for e in found.pairs[0].evidence}
    words = best["total", Kind.WORDS]
    assert [one.text for one in words.shared] == [
        "fold the frist two", "we walk backwrads through it",
    ]  # fmt: skip
    assert [one.holders for one in words.shared] == [2, 2]
    assert (words.shared[0].here, words.among) == ((10,), 62)


def test_a_renamed_and_reordered_copy_is_reported() -> None:
    """Other names and other spacing leave what the code does, and the comments."""
    changed = ODD.replace("stash", "q").replace("weight", "w1").replace(" * ", "*")

    assert names(find("exercise-01", crowd(ODD, changed), KNOWN)) == [("s060", "s061")]


@pytest.mark.parametrize("text", [REFERENCE, STUB, usual(1)])
def test_the_reference_is_never_evidence(text: str) -> None:
    """A class that hands in the reference, the stub or a variant a hundred times has no pair."""
    answers = [Answer(f"s{n:03}", (("a.py", text),)) for n in range(100)]
    found = find("exercise-01", answers, KNOWN)

    assert (found.answers, found.pairs) == (100, ())
    assert found.most <= 0


def test_two_who_wrote_the_reference_share_nothing() -> None:
    """The reference is worth nothing even where only two of the class wrote it.

    What the others share, all forty of them, is worth next to nothing, too.
    """
    texts = [usual(1)] * 40 + [REFERENCE] * 2
    answers = [Answer(f"s{n:03}", (("a.py", text),)) for n, text in enumerate(texts)]

    assert find("exercise-01", answers, KNOWN).most < 0.1


def test_what_a_variant_foresees_is_worth_little() -> None:
    """A form that the teacher wrote as a variant is worth 8 to 1 at most, however rare it is."""
    texts = [REFERENCE] * 60 + [usual(1).replace("total(rows) / len", "sum(rows) / len")] * 2
    answers = [Answer(f"s{n:03}", (("a.py", text),)) for n, text in enumerate(texts)]
    small = find("exercise-01", answers, KNOWN).most
    large = find("exercise-01", answers, Known(KNOWN.stub, KNOWN.reference)).most

    assert small == pytest.approx(math.log2(4.5))
    assert large > small


TEXTS = st.sampled_from([ODD, REFERENCE, STUB, *(usual(n) for n in range(4)),
                         ODD.replace("stash", "items"), "def total(:\n"])  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXTS, max_size=14), st.randoms(use_true_random=False))
def test_order_and_names_of_students_do_not_matter(texts: list[str], order: random.Random) -> None:
    """The same answers in another order, or under other keys, give the same bits for each pair."""
    answers = [Answer(f"s{n:02}", (("a.py", text),)) for n, text in enumerate(texts)]
    plain = find("x", answers, KNOWN)
    mixed = find("x", order.sample(answers, len(answers)), KNOWN)
    other = find("x", [Answer(f"t{99 - int(a.student[1:])}", a.files) for a in answers], KNOWN)

    assert mixed == plain
    assert (other.needed, other.most) == (plain.needed, pytest.approx(plain.most))


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([ODD, REFERENCE, usual(1), usual(2), VARIANTS]))
def test_formatting_changes_no_trait_but_layout(text: str) -> None:
    """Whatever a formatter does, code, names and the rest of the file stay what they are."""
    plain = ast.unparse(ast.parse(text))
    tight = re.sub(r" ([=*+/]) ", r"\1", plain)
    kinds = (Kind.CODE, Kind.NAMES, Kind.REST)
    shown = [
        {
            place: (sorted(unit.traits), unit.form)
            for place, unit in taken(each).items()
            if place[1] in kinds
        }
        for each in (text, plain, tight)
    ]

    assert shown[0] == shown[1] == shown[2]


def test_traits_know_no_names_no_order_and_no_annotations() -> None:
    """Two functions that differ in names, order, annotations and docstrings have one form."""
    one = (
        "def total(rows):\n    a = 1\n    b = []\n    for i in rows:\n"
        "        b.append(i)\n        a += i\n    return b, a\n"
    )
    two = (
        'def total(data: list) -> tuple:\n    "Words."\n    found: list = []\n    start = 1\n'
        "    for each in data:\n        start += each\n        found.append(each)\n"
        "    return found, start\n"
    )
    first, second = taken(one), taken(two)

    assert first["total", Kind.CODE].form == second["total", Kind.CODE].form
    assert sorted(first["total", Kind.CODE].traits) == [
        "_ += _", "_ = 1", "_ = []", "_.append(_)", "for _ in p0:", "return (_, _)",
    ]  # fmt: skip
    assert sorted(first["total", Kind.NAMES].traits) == ["a", "b", "i", "rows"]
    assert sorted(second["total", Kind.NAMES].traits) == ["data", "each", "found", "start"]


def test_helpers_imports_and_methods_have_their_places() -> None:
    """What stands beside the functions asked for is the rest; a method is asked for by name."""
    text = (
        "import torch, math as m\n\nLIMIT = 3\n\ndef helper(x):\n    return x * m.pi\n\n"
        "class Block:\n    size = 2\n    def forward(self, x):\n        return helper(x)\n"
    )
    found = units(text, ["Block.forward"])

    assert sorted(found["", Kind.REST].traits) == [
        "_ = 2", "_ = 3", "def _(_):", "import math as m", "import torch", "return _ * m.pi",
    ]  # fmt: skip
    assert list(found["Block.forward", Kind.CODE].traits) == ["return _(p1)"]


@pytest.mark.parametrize("text", ["def total(:", "x = 'a", "(" * 400, "x\0"])
def test_what_is_no_python_is_left_out_and_said(text: str) -> None:
    """An answer that cannot be read is named with the reason; the others are compared."""
    found = find("exercise-01", [*crowd(ODD, ODD), Answer("zoe", (("a.py", text),))], KNOWN)

    assert [student for student, _ in found.unread] == ["zoe"]
    assert found.unread[0][1].startswith("it is not Python: ")
    assert names(found) == [("s060", "s061")]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_tiny_class_has_no_pair(count: int) -> None:
    """Two answers alone cannot be told from what anybody would write."""
    found = find("exercise-01", crowd(*[ODD] * count, count=0), KNOWN)

    assert (found.answers, found.pairs) == (count, ())


@given(st.lists(st.floats(-30, 30), max_size=400))
def test_what_is_needed_never_exceeds_the_bound(totals: list[float]) -> None:
    """The class's own tail can only lower what Markov's inequality asks for."""
    assert needed(totals) <= math.log2(max(len(totals), 1) / ALPHA)


def test_the_tail_of_the_class_is_followed() -> None:
    """By hand: 10,000 pairs of which a share of 2^-(t + 4) has t bits lower the bound by 3.

    The deep point is the 100th, at -log2(0.01) - 4 bits; one bit is to spare, and from there on
    a bit for each halving down to 0.01 pairs.
    """
    totals = [-math.log2((rank + 1) / 10_000) - 4 for rank in range(10_000)]

    assert needed(totals) == pytest.approx(math.log2(10_000 / ALPHA) - 4 + 1)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_odds_average_to_one_at_most(seed: int) -> None:
    """Of students who draw from a long tail, the mean odds of all pairs stay near 1 or below.

    This is what the threshold rests on: (n - 1) / (c + 1) for what two share, 0 for what they do
    not, has mean 1 or less whatever the distribution.
    """
    rng = random.Random(seed)
    size, rounds = 12, 400
    total = 0.0
    for _ in range(rounds):
        drawn = [int(rng.paretovariate(0.7)) for _ in range(size)]
        others = drawn[2:].count(drawn[0])
        total += (size - 1) / (others + 1) if drawn[0] == drawn[1] else 0.0

    # Four standard errors of the widest such mean.
    assert total / rounds < 1 + 4 * math.sqrt((size - 1) / rounds)


# What is shown


@pytest.fixture
def found() -> Finding:
    """A finding with one pair, whose comments are hostile."""
    hostile = ODD.replace("not numpy!!", "<script>alert(1)</script>\x1b[31m")
    return find("exercise-01", crowd(hostile, hostile), KNOWN)


def test_the_text_says_who_what_and_what_not(found: Finding) -> None:
    """A pair has its bits, what is rare and for how many, and what it does not prove."""
    told = likeness.text([found])

    assert re.match(
        r"exercise-01: 62 answers, 1 pair of [0-9.]+ bits or more\n  +[0-9.]+ bits  s060  s061\n",
        told,
    )
    assert "fold the frist two (nobody else of 62)" in " ".join(told.split())
    assert " ".join(told.split()).endswith(" ".join(likeness.LIMITS))
    assert max(map(len, told.splitlines())) <= 80
    assert "What this does not prove: that anybody copied." in told
    assert "\x1b" not in told


def test_the_page_marks_what_is_rare(found: Finding) -> None:
    """Both files stand side by side with the rare lines marked; nothing in them is obeyed."""
    written = likeness.page([found])
    marked = re.findall(r"<mark>(.*?)</mark>", written)

    assert len(marked) % 2 == 0
    assert any("frist" in line for line in marked)
    assert not any("import torch" in line for line in marked)
    assert "<script" not in written
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in written
    assert "Content-Security-Policy" in written
    assert "\x1b" not in written


def test_no_pair_is_said_too() -> None:
    """Without a pair it is said how far the most alike are from one."""
    told = likeness.text([find("exercise-01", crowd(), KNOWN)])

    assert re.match(
        r"exercise-01: 60 answers, no pair of [0-9.]+ bits; the most alike have -?[0-9.]+\n", told
    )


# As it is typed


def grade(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Type a command in a folder; whether torch came is the last line of stderr."""
    program = (
        "import sys\nfrom grader.cli import main\ntry:\n    main()\nfinally:\n"
        "    print('torch' in sys.modules, file=sys.stderr)\n"
    )
    return subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A course of one exercise, and a class that handed in answers to it, two of them odd."""
    for folder, name, text in (
        ("exercises", "a.py", STUB),
        ("solutions", "a.py", REFERENCE),
        ("tests", "variants.py", VARIANTS),
    ):  # fmt: skip
        place = tmp_path / folder / "exercise-01"
        place.mkdir(parents=True)
        (place / name).write_text(text)
    (tmp_path / "gradebook.yml").write_text(
        "course: C\nexercises:\n- {id: exercise-01, title: T, files: [a.py], points: 4}\n"
    )
    for answer in crowd(ODD, ODD):
        place = tmp_path / "handed-in" / answer.student
        place.mkdir(parents=True)
        (place / "a.py").write_text(answer.files[0][1])
    return tmp_path


def test_the_command_compares_a_folder(root: Path) -> None:
    """`grade similar` tells the pair, writes the page and asks for no torch."""
    done = grade(root, "similar", "handed-in", "--html", "alike.html")

    assert (done.returncode, done.stderr) == (0, "False\n")
    assert "bits  s060  s061\n" in done.stdout
    assert "s060 and s061" in (root / "alike.html").read_text()


def test_a_folder_without_a_class_is_said(root: Path) -> None:
    """One answer cannot be compared."""
    (root / "one" / "ada").mkdir(parents=True)
    (root / "one" / "ada" / "a.py").write_text(ODD)
    done = grade(root, "similar", "one")

    assert (done.returncode, done.stderr.splitlines()[0]) == (
        2, "grade: one holds no two answers to one exercise; name the folder of a class",
    )  # fmt: skip


def test_a_pair_has_two_sides(found: Finding) -> None:
    """Lines are told for both files, and evidence comes with the most telling first."""
    pair: Pair = found.pairs[0]
    bits = [each.bits for each in pair.evidence]

    assert bits == sorted(bits, reverse=True)
    assert pair.bits == pytest.approx(sum(bits))
    assert json.dumps([[one.here, one.there] for one in pair.evidence[0].shared])
