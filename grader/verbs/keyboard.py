"""Keys as they are pressed, without Enter and without being shown; the terminal as it was, after.

Where standard input is no terminal, each line is a key: its first letter, or Enter for an empty
one. Where it has ended, nobody presses anything any more.
"""

import os
import select
import signal
import sys
import termios
import time
import tty
from types import FrameType

_MOST = 1024  # bytes: nobody types more between two looks


class Keyboard:
    """Standard input, key by key, from `with` to its end, however that comes."""

    def __enter__(self) -> "Keyboard":
        self._is_open = sys.stdin is not None
        self._input = sys.stdin.fileno() if self._is_open else -1
        self.is_terminal = self._is_open and os.isatty(self._input)
        self._line = b""
        if self.is_terminal:
            self._before = termios.tcgetattr(self._input)
            self._signal = signal.signal(signal.SIGCONT, self._again)
            tty.setcbreak(self._input)
        return self

    def __exit__(self, *_: object) -> None:
        if self.is_terminal:
            signal.signal(signal.SIGCONT, self._signal)
            # What was typed and not read was meant for us, and must not become a command.
            termios.tcsetattr(self._input, termios.TCSAFLUSH, self._before)

    def _again(self, number: int, frame: FrameType | None) -> None:
        """After Control-Z the shell has set the terminal for itself."""
        tty.setcbreak(self._input)

    def read(self, wait_s: float) -> str:
        """Give the keys that were pressed; "" where there was none in this time."""
        if not self._is_open:
            time.sleep(wait_s)
            return ""
        if not select.select([self._input], [], [], wait_s)[0]:
            return ""
        typed = os.read(self._input, _MOST)
        self._is_open = bool(typed)
        if not self.is_terminal:
            *lines, self._line = (self._line + typed).split(b"\n")
            return "".join(line.decode(errors="replace").strip()[:1] or "\n" for line in lines)
        # Arrows and the like send several letters at once, none of which was pressed.
        return "" if typed.startswith(b"\x1b") else typed.decode(errors="replace")
