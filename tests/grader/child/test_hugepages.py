"""What the process that others are forked from gets ready, and the large pages it is put into."""

import json
import subprocess
from pathlib import Path

import pytest

from grader.sandbox import environment

SCRIPT = """
import json, sys
from grader.sandbox.child import warm
warm.import_torch()
from pathlib import Path
from grader.sandbox.child import hugepages, zygote
state = zygote.ready()

def huge():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("AnonHugePages"))

before = huge()
hugepages.collapse()
after = huge()
zygote.settle()
late = sorted(set(sys.modules) - state.module_names)
print(json.dumps([before, after, late, state.remains()]))
"""


def ready() -> list[object]:
    """Get a process ready to be forked, and tell what it found."""
    command = [*environment.interpreter(), "-c", SCRIPT]
    done = subprocess.run(
        command, env=environment.clean(), capture_output=True, text=True, check=True
    )
    found: list[object] = json.loads(done.stdout)
    return found


@pytest.mark.skipif(
    not Path("/proc/self/smaps_rollup").exists(), reason="no list of a process's memory"
)
def test_more_of_the_memory_lies_in_large_pages() -> None:
    """Python's arenas are put together where the kernel can, and the state is as it was.

    What a zygote does afterwards imports nothing, so no child is told to have imported it.
    """
    before, after, late, remains = ready()

    assert (late, remains) == ([], "")
    if before == after == 0:
        pytest.skip("this kernel has no large pages to give")
    assert isinstance(before, int)
    assert isinstance(after, int)
    # KiB; Linux before 6.1 puts nothing together.
    assert after >= before
    if tuple(map(int, Path("/proc/sys/kernel/osrelease").read_text().split(".")[:2])) >= (6, 1):
        assert after >= before + 10 * 1024
