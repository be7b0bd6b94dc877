"""escape_terminal

Tries: characters are typed into the grader's terminal, and its window is asked for.
Verdict: full marks for the honest answers; there is no terminal.
"""

import fcntl
import os
import termios

for number in (0, 1, 2):
    attempt(f"typing {number}", fcntl.ioctl, number, termios.TIOCSTI, b"x")
    attempt(f"foreground {number}", os.tcgetpgrp, number)
attempt("terminal", os.open, "/dev/tty", os.O_RDWR)
attempt("a terminal of its own", os.openpty)
