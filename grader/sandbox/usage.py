"""What a process has used so far, read from outside: nothing it says of itself is believed.

Where the system does not tell, the answer is 0, and the limit that needs it does not bite.
"""

import os
import time


def cpu_s(process: int) -> float:
    """Read the CPU seconds of a process, all threads, from the kernel's clock for it."""
    try:
        # The clock id of a process: MAKE_PROCESS_CPUCLOCK(pid, CPUCLOCK_SCHED) of Linux.
        return time.clock_gettime((~process << 3) | 2)
    except (OSError, OverflowError):
        return 0.0


def resident(process: int) -> int:
    """Read the bytes of memory that a process has in use."""
    try:
        with open(f"/proc/{process}/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0


def threads(process: int) -> int:
    """Count the threads of a process, also those that Python does not know of."""
    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            # Counted from behind the name, which a process chooses for itself.
            return int(file.read().rpartition(b")")[2].split()[17])
    except (OSError, IndexError, ValueError):
        return 0
