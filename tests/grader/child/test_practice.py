"""The made-up submission that a zygote serves before it forks the first child."""

import json
import subprocess
from collections.abc import Callable

from grader.sandbox import environment
from grader.sandbox.proxy import Student

SCRIPT = """
import json, os, resource, sys
from grader.sandbox.child import warm
warm.import_torch()
from grader.sandbox.child import practice
from grader.sandbox.child.state import State
warm.warm_up()
state = State()

def copied():
    reading, writing = os.pipe()
    if os.fork() == 0:
        practice.practise(state)
        os.write(writing, b"%d" % resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
        os._exit(0)
    os.wait()
    return int(os.read(reading, 99))

before, modules = copied(), set(sys.modules)
answers = practice.practise(state)
late = sorted(set(sys.modules) - modules)
print(json.dumps([answers, late, state.remains(), before, copied()]))
"""


def test_a_child_copies_fewer_pages_where_it_is_not_the_first_to_serve() -> None:
    """All that is asked is answered, nothing is imported or left, and the next one has it easier.

    What it saves are copies of pages, which are counted: several hundred of them.
    """
    command = [*environment.interpreter(), "-c", SCRIPT]
    done = subprocess.run(
        command, env=environment.clean(), capture_output=True, text=True, check=True
    )
    answers, late, remains, before, after = json.loads(done.stdout)

    assert answers == ["ok"] * 7 + ["raised", "ok"]
    assert (late, remains) == ([], "")
    assert after < before - 150


def test_nothing_of_it_is_left_in_a_child(submitted: Callable[..., Student]) -> None:
    """A submission finds no module, no source and no finder of it."""
    student = submitted("""
import linecache, sys
def left():
    names = [*sys.modules, *linecache.cache]
    return [n for n in names if "practice" in n], [type(f).__name__ for f in sys.meta_path]
""")

    names, finders = student.left()

    assert names == ["grader.sandbox.child.practice"]
    assert "Sources" not in finders
