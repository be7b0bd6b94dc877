"""The floor of an exercise: torch imported once, a fork for each submission, its code, and no more.

    echo '[{"tensors.py": "..."}]' | python bench/forks.py exercise-01

The first line on standard input lists answers, each as texts by file name. Every further line is a
number of rounds, and perhaps the word "walled"; in a round each answer is forked for once, and the
line that comes back is the CPU milliseconds of one fork: this process and its children, which are
all there is. `floor.py` uses it.

What a child is to do is recorded before. Another process, which alone loads pytest, runs the hidden
checks with the answer in the student's place, and keeps every call with its arguments and every
gradient that is pulled back. A child then executes the files once, makes these calls and ends:
there are no walls unless they are asked for, nothing is sent, nothing is compared. The process that
forks is as warm as a zygote: frozen, one thread, the same environment.
"""

import gc
import json
import os
import resource
import sys
import tempfile
import warnings
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from grader.sandbox import walls
from grader.sandbox.child import warm

warm.import_torch()

import torch  # noqa: E402  After the house's own import of it, which keeps the compiler out.
from recording import Call, Pull, executed, read, record  # noqa: E402


def do(texts: Mapping[str, str], asked: list[Call | Pull]) -> None:
    """Do the student's share: execute the files, make the calls, pull the gradients."""
    functions = vars(executed(texts))
    calls: list[tuple[Call, Any]] = []
    for one in asked:
        if isinstance(one, Call):
            result = None
            with nullcontext() if one.is_grad_enabled else torch.no_grad():
                try:
                    result = functions[one.name](*one.positional, **one.named)
                except Exception:  # A wrong answer may raise anything.
                    if not one.is_raising:
                        raise
            calls.append((one, result))
        else:
            call, result = calls[one.call]
            output = result if one.place < 0 else result[one.place]
            # As the grader pulls: torch's own grad_outputs would import sympy.
            total = (output * one.upstream).sum()
            torch.autograd.grad(total, call.leaves or [output], None, True, allow_unused=True)


def fork(texts: Mapping[str, str], asked: list[Call | Pull], scratch: str | None) -> None:
    """Do the student's share in a child, within walls if it has a scratch; wait for its end."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            if scratch is not None:
                walls.prove(walls.build(walls.Plan(scratch=scratch)))
            do(texts, asked)
            status = 0
        finally:
            if status:
                sys.excepthook(*sys.exc_info())
            os._exit(status)
    if os.waitpid(child, 0)[1] != 0:
        sys.exit("a child did not do what was recorded; its complaint stands above.")


def cpu_ms() -> float:
    """Read the CPU milliseconds of this process and of the children that have ended."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return 1000 * sum(usage.ru_utime + usage.ru_stime for usage in both)


def main() -> None:
    """Record, read, and fork as often as is asked for."""
    warnings.simplefilter("ignore")
    answers = json.loads(sys.stdin.readline())
    source, sink = os.pipe()
    if os.fork() == 0:
        with open(sink, "wb") as file:
            record(sys.argv[1], answers, file)
            file.flush()
            os._exit(0)
    os.close(sink)
    warm.warm_up()
    with open(source, "rb") as file:
        asked = [read(file) for _ in answers]
    os.wait()
    walls.prepare()
    gc.collect()
    gc.freeze()
    with tempfile.TemporaryDirectory() as scratch:
        os.chmod(scratch, 0o777)  # A child behind walls may be a user of its own.
        for line in sys.stdin:
            rounds, _, walled = line.partition(" ")
            before = cpu_ms()
            for _ in range(int(rounds)):
                for texts, wanted in zip(answers, asked, strict=True):
                    fork(texts, wanted, scratch if walled else None)
            print((cpu_ms() - before) / int(rounds) / len(answers), flush=True)


if __name__ == "__main__":
    main()
