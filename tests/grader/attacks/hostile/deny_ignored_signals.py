"""deny_ignored_signals

Tries: every signal is ignored and every timer switched off before a loop that never ends.
Verdict: matvec timed out after its limit; SIGKILL cannot be ignored.
"""

import signal


def matvec(A, v):
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
