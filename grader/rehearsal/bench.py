"""The bench: several judges side by side, each a trusted process, that grade what is ordered.

A judge begins its checks with one number of threads and one default dtype, so there are as many
kinds of judges as there are such ways; each is started when it is first needed.
"""

import queue
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from threading import Lock

from grader.errors import CourseError
from grader.records import Attempt
from grader.trusted import Judge

Wish = dict[str, object]
# An attempt, or why there is none: the teacher's files are at fault.
Outcome = Attempt | CourseError
# Told how many of the orders in hand are done.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Ways:
    """What a judge's checks begin with."""

    threads: int = 1
    dtype: str = "float32"


PLAIN = Ways()


class Bench:
    """Some judges, at most `count` of each kind at one time."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool = ThreadPoolExecutor(count)
        self._lock = Lock()
        self._judges: list[Judge] = []
        self._idle: dict[Ways, queue.SimpleQueue[Judge]] = {}

    def __enter__(self) -> "Bench":
        return self

    def __exit__(self, *_: object) -> None:
        # The judges first: whoever waits for one then hears that it is gone.
        with self._lock:
            for judge in self._judges:
                judge.__exit__()
        self._pool.shutdown(cancel_futures=True)

    def grade(
        self,
        wishes: Sequence[Wish],
        tell: Progress,
        ways: Ways = PLAIN,
    ) -> list[Outcome]:
        """Grade what is ordered, side by side, and answer in the order of the wishes.

        Raises:
            SandboxError: our own machinery failed.
        """
        waiting = [self._pool.submit(self._one, wish, ways) for wish in wishes]
        self._count_down(waiting, tell)
        return [future.result() for future in waiting]

    def survey(self, wish: Wish) -> dict[str, object]:
        """Survey the checks; `grader.survey` says what is in it.

        Raises:
            CourseError: the teacher's files are at fault.
            SandboxError: our own machinery failed.
        """
        judge = self._take(PLAIN)
        found = judge.survey(wish)
        self._idle[PLAIN].put(judge)
        return found

    def _one(self, wish: Wish, ways: Ways) -> Outcome:
        judge = self._take(ways)
        try:
            return judge.grade(wish)
        except CourseError as error:
            return error
        finally:
            self._idle[ways].put(judge)

    def _take(self, ways: Ways) -> Judge:
        """Take a judge that has nothing to do, or start one."""
        with self._lock:
            idle = self._idle.setdefault(ways, queue.SimpleQueue())
            try:
                return idle.get_nowait()
            except queue.Empty:
                judge = Judge(ways.threads, ways.dtype).__enter__()
                self._judges.append(judge)
                return judge

    @staticmethod
    def _count_down(waiting: Sequence["Future[Outcome]"], tell: Progress) -> None:
        for done, future in enumerate(as_completed(waiting), 1):
            if future.exception() is not None:
                for other in waiting:
                    other.cancel()
                return
            tell(done, len(waiting))
