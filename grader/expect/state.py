"""Expectations on torch's own state: a call leaves the settings of the process as it found them."""

from grader.expect.arguments import Submitted
from grader.expect.watching import copies, watch, watch_reference
from grader.expect.wording import mismatch


def settings(function: Submitted, *args: object) -> None:
    """Expect a call to leave torch's settings alone, unless the reference changes them as well.

    Looked at are the seed and the random numbers that are drawn, grad mode, default dtype and
    device, thread count, deterministic algorithms and anomaly detection.

    Args:
        function: the student's function.
        args: its arguments; copies are handed over.

    Raises:
        Mismatch: the call sets something, seeds a generator or draws random numbers, and the
            reference does not.
    """
    _, ours = watch_reference(function, args)
    _, theirs = watch(function, copies(args))
    if theirs.seeded and not ours.seeded:
        raise mismatch(
            "The call sets the random seed, so every call draws the same numbers. "
            "Leave the seed to whoever starts the program.",
            "purity",
            "the random seed",
            got=f"set {theirs.seeded} times",
            wanted="left alone",
        )
    if theirs.is_drawn and not ours.is_drawn:
        raise mismatch(
            "The call draws random numbers; nothing in it needs any.",
            "purity",
            "the random generator",
            got="advanced",
            wanted="left alone",
        )
    for name, (was, now) in theirs.changed.items():
        if name not in ours.changed:
            raise mismatch(
                f"The call changes torch's {name}: it was {was} and is {now}. "
                "Set it back, or do without it.",
                "purity",
                f"the {name}",
                got=now,
                wanted=was,
            )
