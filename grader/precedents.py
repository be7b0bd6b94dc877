"""Precedents: a check that is given the very answers it was given before ends as it ended then.

Theory of operation
-------------------
What a check asks follows from its seed and from what it was answered, and so does its verdict.
All submissions of a class are graded under one seed, and small exercises have few answers. So the
way that a check went is kept as a path in a tree: a question, the answer that came, the next
question, and at the end the verdict. For the next submission the questions are asked from the tree,
and as long as each answer is, byte for byte, one that was given there before, the check itself is
not run. Where an answer is new the check is run after all: it is told the answers that are already
there, and goes on asking by itself.

A verdict comes out of this only if a run of the check has given it for the same names, the same
answers in the same order, and the same checks passed before. A student can choose the answers, as
ever; which verdict they lead to was decided by the check. What does not follow from the answers is
not kept: how long something took, what ended the child, what a check made of an error that is no
expectation's. A check that asks something else than it did of the same answers is not one that can
be foretold, and is never looked up again; its submission is begun anew, in another process. Files
whose checks reach for more than their inputs, a clock or the disk, are left out beforehand
(`closed`).

All checks of a submission begin alike, with its files executed anew under one seed. So what two of
them ask in the same words after the same beginning is asked once: of an answer its digest is kept,
which is all that a path in a tree needs, and a check whose whole path is known so is not begun.
Only a check in which nothing was printed leaves answers to others, since what is printed is told.
Who would have answered otherwise the second time has still given the answer that counts.

A tree belongs to a sitting and goes with it: what a run leaves in the modules of the checks ends
both (see `residue`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from grader.errors import Mismatch
from grader.records import Check, Outcome, Verdict
from grader.sandbox import wire
from grader.sandbox.proxy import Exchange
from grader.sandbox.raised import StudentError

try:
    # A weight of 9 MB in 1 ms, where SHA-256 takes 5. Nobody can find two answers for either.
    from blake3 import blake3 as _hash
except ImportError:  # It comes with the gradebook, and a student's own copy has none.
    from hashlib import sha256 as _hash  # type: ignore[assignment]

# What one sitting keeps at most: bytes of questions, and answers and verdicts together.
MAX_BYTES, MAX_KEPT = 16 << 20, 10_000
# What the answers to one check may take together: they are held until its end is known.
MAX_ANSWERED = 32 << 20
# A request to call has this many fields, and one more where the call is watched.
_CALL_FIELDS = 7


class _AstrayError(BaseException):
    """The check asks something else than it did before. No check catches it as an answer."""


@dataclass(frozen=True)
class _Question:
    """What a check asks: the request, and what tells it from another."""

    body: list[wire.Node]
    blocks: tuple[wire.Block, ...]
    digest: bytes


@dataclass
class _Place:
    """How far a check has come: what it asks here, and where each answer leads; or its verdicts.

    A verdict hangs on which checks were passed before, since those rule some diagnoses out.
    """

    question: _Question | None = None
    after: dict[bytes, "_Place"] = field(default_factory=dict)
    verdicts: dict[frozenset[str], Verdict] = field(default_factory=dict)


class _Tree:
    """All ways that one check went under one seed."""

    def __init__(self) -> None:
        self.is_astray = False
        # The names that the check has looked up. It may go another way where one is missing.
        self.names: set[str] = set()
        self.roots: dict[frozenset[tuple[str, bool]], _Place] = {}

    def root(self, names: Mapping[str, bool]) -> _Place:
        """Give the place where the check begins with a submission that has these names."""
        known = frozenset((name, names[name]) for name in self.names & names.keys())
        return self.roots.setdefault(known, _Place())

    def learn(self, names: set[str]) -> bool:
        """Take in the names that were looked up; whether all were known to be."""
        if names <= self.names:
            return True
        self.names |= names
        self.roots.clear()
        return False


class Precedents:
    """What was decided in a sitting, by check: under one seed, as classes are graded."""

    def __init__(self) -> None:
        self._trees: dict[Check, tuple[int, _Tree]] = {}
        # One copy of what is asked in many places.
        self._questions: dict[bytes, _Question] = {}
        self._bytes, self._left = MAX_BYTES, MAX_KEPT

    def hearing(
        self,
        check: Check,
        seed: int,
        names: Mapping[str, bool],
        exchange: Exchange,
        heard: dict[bytes, bytes] | None = None,
    ) -> "Hearing":
        """Begin to hear one submission.

        Args:
            check: the check, as it is told.
            seed: the attempt's.
            names: the submission's, each with whether it can be called.
            exchange: asks the submission.
            heard: takes in what is answered, as digests, for `Hearing.recalled` of other checks.
        """
        if self._trees.get(check, (seed,))[0] != seed:
            self._trees.clear()
            self._questions.clear()
            self._bytes, self._left = MAX_BYTES, MAX_KEPT
        _, tree = self._trees.setdefault(check, (seed, _Tree()))
        return Hearing(self, tree, names, exchange, {} if heard is None else heard)

    def question(self, body: list[wire.Node], blocks: Sequence[wire.Block]) -> _Question | None:
        """Keep a question; None where there is no room, or where the answer tells a time."""
        if body[0] == "call" and len(body) > _CALL_FIELDS:
            return None
        # With the graphs that are let go: another check may still need those of its own.
        whole = _digest(body, blocks)
        if whole not in self._questions:
            size = sum(len(part) for part in wire.pack(body, blocks))
            if size > self._bytes:
                return None
            self._bytes -= size
            kept = tuple(wire.Block(b.dtype, b.shape, _copy(b.data)) for b in blocks)
            digest = _digest(_lasting(body), blocks)
            self._questions[whole] = _Question(list(body), kept, digest)
        return self._questions[whole]

    def next(self, place: _Place, answer: bytes) -> _Place | None:
        """Give the place where an answer leads, a new one where it is new; None without room."""
        if answer not in place.after and self.has_room():
            place.after[answer] = _Place()
        return place.after.get(answer)

    def has_room(self) -> bool:
        """Take room for one more answer or verdict, if there is any."""
        self._left -= self._left > 0
        return self._left > 0


class Hearing:
    """One check of one submission: first as far as it is known, then by running it.

    `names` are the submission's as the check is to see them: what it looks up is noted. `is_misled`
    says that the submission was asked what the check does not ask: it has to be begun anew.
    """

    def __init__(
        self,
        kept: Precedents,
        tree: _Tree,
        names: Mapping[str, bool],
        exchange: Exchange,
        heard: dict[bytes, bytes],
    ) -> None:
        self.names = _Names(names)
        self._kept = kept
        self._tree = tree
        self._exchange = exchange
        self._heard = heard
        # What has been asked and answered since the beginning; None where not all of it is kept.
        self._way: bytes | None = b""
        # What was answered before the check was run: to be told to it first.
        self._answers: list[tuple[_Question, wire.Frame | StudentError]] = []
        self._told = 0
        self._answered = 0  # bytes of tensors
        # Whether what was asked from the tree is not what the check asks.
        self.is_misled = False
        # Where the check stands; None where that is not kept any more.
        self._place: _Place | None = tree.root(names)

    def recalled(self, passed: frozenset[str], heard: Mapping[bytes, bytes]) -> Verdict | None:
        """Give the verdict if other checks have heard all answers that lead to it; ask nothing.

        Args:
            passed: the checks that were passed before.
            heard: what the submission has answered in them.
        """
        place, way = None if self._tree.is_astray else self._place, b""
        while place is not None and (question := place.question) is not None:
            answer = heard.get(way + question.digest)
            if answer is None:
                return None
            way = _further(way, question, answer)
            place = place.after.get(answer)
        return place.verdicts.get(passed) if place is not None else None

    def known(self, passed: frozenset[str]) -> Verdict | None:
        """Ask what is known to be asked, and give the verdict that the answers led to before.

        Returns:
            None where they have led to none, or not with these checks passed before.
        """
        place = None if self._tree.is_astray else self._place
        while place is not None and (question := place.question) is not None:
            try:
                answer = self._exchange(list(question.body), question.blocks)
            except StudentError as error:
                self._answers.append((question, error))
                return None
            self._answers.append((question, answer))
            digest = _digest(answer.body, answer.blocks)
            self._hear(question, digest)
            place = place.after.get(digest)
        return place.verdicts.get(passed) if place is not None else None

    def ask(self, body: list[wire.Node], blocks: Sequence[wire.Block]) -> wire.Frame:
        """Answer a check that is being run: what was answered before, and then what comes."""
        if self._told < len(self._answers):
            question, answer = self._answers[self._told]
            self._told += 1
            if question.digest != _digest(_lasting(body), blocks):
                self._tree.is_astray = self.is_misled = True
                raise _AstrayError
            # An answer is to the question that was asked; only its number may be another.
            self._go_on(question, answer, is_new=False)
            if isinstance(answer, StudentError):
                raise answer
            return answer
        is_kept = self._place is not None and not self._tree.is_astray
        question_now = self._kept.question(body, blocks) if is_kept else None
        # Where no answer comes the check stands nowhere, though it may go on as if nothing were.
        place, self._place = self._place, None
        answer = self._exchange(body, blocks)
        self._place = place
        self._go_on(question_now, answer, is_new=True)
        return answer

    def _hear(self, question: _Question, answer: bytes) -> None:
        if self._way is not None:
            self._heard[self._way + question.digest] = answer
            self._way = _further(self._way, question, answer)

    def _go_on(
        self, question: _Question | None, answer: wire.Frame | StudentError, *, is_new: bool
    ) -> None:
        """Note what was asked in this place and what came, and stand where that leads."""
        place, self._place = self._place, None
        way, self._way = self._way, None if is_new else self._way
        if place is None or question is None or isinstance(answer, StudentError):
            return
        self._answered += sum(b.data.nbytes for b in answer.blocks if b.data is not None)
        if self._answered > MAX_ANSWERED:
            return
        if place.question is None and not place.verdicts:
            place.question = question
        if place.question is None or place.question.digest != question.digest:
            self._tree.is_astray = True
            return
        digest = _digest(answer.body, answer.blocks)
        if is_new:
            self._way = way
            self._hear(question, digest)
        self._place = self._kept.next(place, digest)

    def decided(
        self, passed: frozenset[str], verdict: Verdict, raised: BaseException | None
    ) -> None:
        """Keep how the check has ended, if that follows from the answers.

        Args:
            passed: the checks that were passed before.
            verdict: what was decided.
            raised: what the check raised.
        """
        place = self._place
        is_whole = self._told == len(self._answers) and self._tree.learn(self.names.seen)
        if place is None or not is_whole or place.question is not None or self._tree.is_astray:
            return
        if _follows_from_answers(verdict, raised) and self._kept.has_room():
            place.verdicts[passed] = verdict


def _further(way: bytes, question: _Question, answer: bytes) -> bytes:
    """Tell a way from all others: a digest of what was asked and answered on it."""
    return _hash(way + question.digest + answer).digest()


class _Names(Mapping[str, bool]):
    """The names of a submission; notes which of them are looked up."""

    def __init__(self, names: Mapping[str, bool]) -> None:
        self._names = names
        self.seen: set[str] = set()

    def __getitem__(self, name: str) -> bool:
        self.seen.add(name)
        return self._names[name]

    def __iter__(self) -> Iterator[str]:
        self.seen.update(self._names)
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _follows_from_answers(verdict: Verdict, raised: BaseException | None) -> bool:
    match raised:
        case None:
            return verdict.outcome is Outcome.PASSED
        case Mismatch() | AssertionError() | pytest.fail.Exception():
            return verdict.outcome is Outcome.FAILED
        case StudentError():
            return raised.outcome is verdict.outcome is Outcome.RAISED
    return False


def _lasting(body: list[wire.Node]) -> list[wire.Node]:
    """Leave out of a request which graphs are let go: that depends on when garbage is collected."""
    return [*body[:2], *body[3:]] if body[0] == "call" else body


def _digest(body: list[wire.Node], blocks: Sequence[wire.Block]) -> bytes:
    """Tell a message from all others: a digest of the bytes that it is sent as."""
    digest = _hash()
    for part in wire.pack(body, blocks):
        digest.update(part)
    return digest.digest()


def _copy(data: memoryview | None) -> memoryview | None:
    return None if data is None else memoryview(bytes(data))
