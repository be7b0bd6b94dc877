"""Naming a student's mistake: the failed check again, with a known wrong answer in their place.

While a check runs, every answer of the submission is kept: a *transcript*. When the check fails, it
is run again on the trusted side, once for each known mistake, with the same seed and therefore the
same questions; the mistake answers through the very code that serves a child, only without the
wall. If one mistake gives the student's transcript, and both the right answer and all the other
mistakes are further away than ten times the tolerance, it is named. Otherwise nothing is said: a
wrong diagnosis is worse than none. Where no mistake fits, it may be named for its numbers alone:
whether they hang on a graph depends on how the code was written, and not on what is wrong in it.
"""

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import zip_longest
from types import ModuleType

import torch

from grader import turns
from grader.errors import WireError
from grader.sandbox import wire
from grader.sandbox.child.service import Service
from grader.sandbox.child.state import reset_torch
from grader.sandbox.proxy import Exchange, Student
from grader.sandbox.wire import seen
from grader.sandbox.wire.tensors import are_same, from_block

# Two computations of one wrong answer differ by rounding only: a few hundred roundings of float32.
RELATIVE = 1e-4
ABSOLUTE = 1e-6
APART = 10.0
MAX_TRANSCRIPT_BYTES = 256 << 20
MAX_SHAPES = 64
_AT_ONCE = 1 << 14  # values that are compared together


@dataclass
class Transcript:
    """What a submission answered within one check, in order.

    Without `has_values` the tensors of some answers are there in form alone.
    """

    answers: list[wire.Frame] = field(default_factory=list)
    # The shapes of the tensors that went in, the first of them: sizes that an answer may depend on.
    shapes: list[tuple[int, ...]] = field(default_factory=list)
    is_whole: bool = True
    has_values: bool = True
    _bytes: int = 0

    def listening(
        self, exchange: Exchange, keep: Callable[[wire.Frame], wire.Frame] = lambda answer: answer
    ) -> Exchange:
        """Wrap an exchange so that its answers are kept, up to a bound on their bytes.

        Nobody changes what is kept: a check is given copies. `keep` gives of each answer what is.
        What is large is given when it has its turn.
        """

        def ask(body: list[wire.Node], blocks: Sequence[wire.Block]) -> wire.Frame:
            if len(self.shapes) < MAX_SHAPES:
                self.shapes += [tuple(block.shape) for block in blocks]
            answer = exchange(body, blocks)
            self._bytes += sum(b.data.nbytes for b in answer.blocks if b.data is not None)
            turns.take(self._bytes)
            self.is_whole = self.is_whole and self._bytes <= MAX_TRANSCRIPT_BYTES
            if self.is_whole:
                self.answers.append(keep(answer))
            return answer

        return ask

    def replayed(self, otherwise: Callable[[], Exception]) -> Exchange:
        """Give an exchange that answers all over again; what `otherwise` gives ends it."""
        left = iter(self.answers)

        def ask(body: list[wire.Node], blocks: Sequence[wire.Block]) -> wire.Frame:
            answer = next(left, None)
            if answer is None:
                raise otherwise()
            return answer

        return ask

    @property
    def size(self) -> int:
        """How many bytes its tensors take."""
        return self._bytes

    def outline(self) -> "Transcript":
        """Give the same answers without the values of their tensors."""
        return Transcript(list(map(_outlined, self.answers)), [], self.is_whole, has_values=False)


def _copied(frame: wire.Frame, other: wire.Frame) -> wire.Frame:
    """Copy an answer whose memory the answering side may go on using, but for what is equal."""
    pairs = zip_longest(frame.blocks, other.blocks[: len(frame.blocks)])
    return wire.Frame(
        frame.body,
        tuple(b if b is not None and are_same(a, b) else _with(a, a.data) for a, b in pairs),
    )


def _outlined(frame: wire.Frame) -> wire.Frame:
    """Leave out the values of an answer's tensors."""
    return wire.Frame(frame.body, tuple(_with(block, b"") for block in frame.blocks))


def _with(block: wire.Block, data: memoryview | bytes | None) -> wire.Block:
    """Give a block a copy of some bytes; one that has none has none still."""
    mine = None if block.data is None or data is None else memoryview(bytearray(data))
    return wire.Block(block.dtype, block.shape, mine)


class _Trusted:
    """The ground of a service in the trusted process: only torch's state is set.

    It has random numbers of its own, as a child has: those that a check draws on this side, for the
    weights of a layer say, must not move them.
    """

    module_names: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self._numbers = _numbers()

    def remains(self) -> str:
        return ""

    def reset(self, seed: int) -> None:
        random.seed(seed)
        reset_torch(seed)
        self._numbers = _numbers()

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """Draw from this ground's numbers."""
        before = _numbers()
        _draw_from(self._numbers)
        try:
            yield
        finally:
            self._numbers = _numbers()
            _draw_from(before)


def _numbers() -> tuple[torch.Tensor, tuple[object, ...]]:
    """Give where torch's and Python's random numbers stand."""
    return torch.random.get_rng_state(), random.getstate()


def _draw_from(numbers: tuple[torch.Tensor, tuple[object, ...]]) -> None:
    torch.random.set_rng_state(numbers[0])
    random.setstate(numbers[1])


def within(
    module: ModuleType,
    seed: int,
    references: Mapping[str, object],
    most_bytes: int = MAX_TRANSCRIPT_BYTES,
    like: Transcript | None = None,
) -> tuple[Student, Transcript]:
    """Put a trusted module in the student's place: same codec, same seeds, no wall.

    Of what goes beyond `most_bytes` only the form is kept, and what `like` has as well is shared.
    """
    others = iter(like.answers if like is not None else ())
    ground = _Trusted()
    ground.reset(seed)
    service = Service(ground, [module])
    transcript = Transcript()

    def exchange(body: list[wire.Node], blocks: Sequence[wire.Block]) -> wire.Frame:
        with ground.drawing():
            answer, answer_blocks = service.answer(body, blocks)
        return wire.Frame(answer, tuple(answer_blocks))

    def keep(answer: wire.Frame) -> wire.Frame:
        transcript.has_values = transcript.size <= most_bytes
        other = next(others, wire.Frame([], ()))
        return _copied(answer, other) if transcript.has_values else _outlined(answer)

    names = {name: callable(value) for name, value in vars(module).items() if name[:2] != "__"}
    student = Student(transcript.listening(exchange, keep), names, [module.__name__], references)
    return student, transcript


@dataclass(frozen=True)
class Match:
    """What was found among the known mistakes.

    `mistake` is the one that fits. Where it is None, `is_clear` says that nothing fits at all; it
    is False where something is near and cannot be told apart from its neighbours.
    """

    mistake: str | None = None
    is_clear: bool = True


@dataclass(frozen=True)
class Play:
    """What somebody trusted answered in a check: the values of tensors only while they are few.

    `again` gives all of it where `whole` is not kept, and shares what is equal with what it is
    handed.
    """

    outline: Transcript
    whole: Transcript | None
    again: Callable[[Transcript], Transcript]

    def answers(self, like: Transcript) -> Transcript:
        """Give the answers with their values; large ones share those that `like` has as well."""
        return self.whole if self.whole is not None else self.again(like)


def nearest(transcript: Transcript, reference: Play, mistakes: Mapping[str, Play]) -> Match:
    """Find the one mistake that answers as the student did.

    Args:
        transcript: the student's.
        reference: the right answers to the same check.
        mistakes: for each id, what that mistake answers.

    Returns:
        its id; none where none fits, or where it is not far enough from the right answer or from
        another mistake.
    """
    if not transcript.is_whole:
        return Match(is_clear=not mistakes)
    # The same numbers with a graph where the mistake has none are the same mistake, unless another
    # fits in that as well.
    exact, loose = _Ranking(), _Ranking()
    for name, played in mistakes.items():
        # Most mistakes differ in form already, and values may be large.
        if _forms_apart(_ungraphed(transcript), _ungraphed(played.outline)) > APART:
            continue
        known = played.answers(transcript)
        for ranking, view in ((exact, lambda whole: whole), (loose, _ungraphed)):
            away = distance(view(transcript), view(known))
            # Only of what fits it matters.
            from_right = _distance_from(reference, known, view) if away <= 1 else math.inf
            ranking.add(name, away, from_right)
    if exact.best() != Match() or loose.best().mistake is None:
        return exact.best()
    return loose.best()


class _Ranking:
    """The mistakes that are near to an answer: which fit, and whether they can be told apart."""

    def __init__(self) -> None:
        self._fitting: list[str] = []
        self._is_clear = True

    def add(self, name: str, from_answer: float, from_right: float) -> None:
        """Take in a mistake by its distances from the answer and from what is right."""
        if from_answer <= 1:
            self._fitting.append(name)
        is_doubtful = from_right <= APART if from_answer <= 1 else from_answer <= APART
        self._is_clear = self._is_clear and not is_doubtful

    def best(self) -> Match:
        """Give the one that fits, if there is just one."""
        if not self._is_clear or len(self._fitting) > 1:
            return Match(is_clear=False)
        return Match(self._fitting[0] if self._fitting else None)


def distance(left: Transcript, right: Transcript) -> float:
    """Measure how far two transcripts are apart, in units of the tolerance; inf in their form.

    Beyond `APART` it may be less than it is.
    """
    apart = _forms_apart(left, right)
    for a, b in zip(left.answers, right.answers, strict=False):
        for ours, theirs in zip(a.blocks, b.blocks, strict=False):
            if apart > APART:
                return apart
            apart = max(apart, _values_apart(ours, theirs))
    return apart


def _forms_apart(left: Transcript, right: Transcript) -> float:
    """Measure likewise without looking at the values of tensors."""
    if not (left.is_whole and right.is_whole) or len(left.answers) != len(right.answers):
        return math.inf
    pairs = zip(left.answers, right.answers, strict=True)
    return max((_frames_apart(a, b) for a, b in pairs), default=0.0)


def _distance_from(
    play: Play, transcript: Transcript, view: Callable[[Transcript], Transcript]
) -> float:
    """Measure how far a transcript is from a play, in some view; its values only if need be."""
    apart = _forms_apart(view(transcript), view(play.outline))
    return apart if apart > APART else distance(view(transcript), view(play.answers(transcript)))


def _ungraphed(transcript: Transcript) -> Transcript:
    """Leave out whether tensors hang on a graph."""
    answers = [
        wire.Frame([*f.body[:2], *map(_without_graph, f.body[2:5]), *f.body[5:]], f.blocks)
        for f in transcript.answers
    ]
    return Transcript(answers, is_whole=transcript.is_whole)


def _without_graph(node: wire.Node) -> wire.Node:
    match node:
        case ["t", block, int() as handle, bool(), bool(), *rest]:
            return ["t", block, handle, False, True, *rest]
        case list():
            return [_without_graph(each) for each in node]
    return node


def _frames_apart(left: wire.Frame, right: wire.Frame) -> float:
    if left.body[0] != right.body[0] or len(left.blocks) != len(right.blocks):
        return math.inf
    if left.body[0] == "raised":
        # The same error in the same words, wherever it was raised.
        return 0.0 if left.body[2:4] == right.body[2:4] else math.inf
    apart = max(
        _nodes_apart(left.body[2:5], right.body[2:5]), _reports_apart(left.body[5:], right.body[5:])
    )
    is_alike = all(map(_is_of_form, left.blocks, right.blocks))
    return apart if is_alike else math.inf


def _reports_apart(left: list[wire.Node], right: list[wire.Node]) -> float:
    """Compare what a witness saw: not how much, which differs from code to code, but what."""
    try:
        return 0.0 if list(map(_manner, left)) == list(map(_manner, right)) else math.inf
    except WireError:  # The student's is the child's own word, and may be forged.
        return math.inf


def _manner(report: wire.Node) -> object:
    return seen.read(report).manner()


def _nodes_apart(left: wire.Node, right: wire.Node) -> float:
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        left, right = _unnamed(left), _unnamed(right)
        return max(map(_nodes_apart, left, right), default=0.0)
    if type(left) is float and type(right) is float:
        return _numbers_apart(left, right)
    return 0.0 if type(left) is type(right) and left == right else math.inf


def _unnamed(node: list[wire.Node]) -> list[wire.Node]:
    """Leave out of a module's description what a student calls a class of their own."""
    match node:
        case ["m", int(), str(), False, *_]:
            return [*node[:2], *node[3:]]
    return node


def _numbers_apart(left: float, right: float) -> float:
    if left == right or (math.isnan(left) and math.isnan(right)):
        return 0.0
    gap = abs(left - right) / (ABSOLUTE + RELATIVE * max(abs(left), abs(right)))
    return math.inf if math.isnan(gap) else gap


def _is_of_form(left: wire.Block, right: wire.Block) -> bool:
    is_form = (left.dtype, left.shape) == (right.dtype, right.shape)
    return is_form and (left.data is None) == (right.data is None)


def _values_apart(left: wire.Block, right: wire.Block) -> float:
    """Compare the values of two blocks of one form."""
    if left.data is None or are_same(left, right):
        return 0.0
    a, b = from_block(left), from_block(right)
    if not a.is_floating_point() and not a.is_complex():
        return 0.0 if torch.equal(a, b) else math.inf
    apart, pieces = 0.0, 1 + a.numel() // _AT_ONCE
    for ours, theirs in zip(*(each.flatten().chunk(pieces) for each in (a, b)), strict=True):
        apart = max(apart, _pieces_apart(ours, theirs)) if apart <= APART else apart
    return apart


def _pieces_apart(a: torch.Tensor, b: torch.Tensor) -> float:
    """Compare a few values, as many as the processor's caches hold with all that comes between."""
    if not a.numel():
        return 0.0
    wide = torch.complex128 if a.is_complex() else torch.float64
    a, b = a.to(wide), b.to(wide)
    scale = ABSOLUTE + RELATIVE * torch.maximum(a.abs(), b.abs())
    is_same = (a == b) | (a.isnan() & b.isnan())
    gaps = torch.where(is_same, 0.0, (a - b).abs() / scale)
    return float(gaps.nan_to_num(nan=math.inf).max().item())
