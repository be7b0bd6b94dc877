"""A judge that is kept ready, by whoever grades again and again."""

from grader.sandbox import environment
from grader.trusted import Judge


class Standby:
    """A judge that is kept: started before it is needed, and anew where it fits no more."""

    def __enter__(self) -> "Standby":
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._judge.__exit__()

    @property
    def judge(self) -> Judge:
        """Give a judge that runs, and that was started in this very environment."""
        if not self._judge.is_alive or environment.clean() != self._environment:
            self.renew()
        return self._judge

    def renew(self) -> None:
        """Start another one, as when this one was left in the middle of an order."""
        self._judge.__exit__()
        self._start()

    def _start(self) -> None:
        self._environment = environment.clean()
        self._judge = Judge().__enter__()
