"""The filter as a program: run by a small model of the kernel's machine, for both tables."""

import errno
import re
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.sandbox.walls import seccomp
from grader.sandbox.walls.syscalls import ARCHITECTURES, NEWEST

PID = 4242
MACHINES = sorted(ARCHITECTURES)
PROGRAMS = {name: seccomp.program(ARCHITECTURES[name], PID) for name in MACHINES}
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
ALLOW, EPERM, EACCES = "allow", errno.EPERM, errno.EACCES


def decide(machine: str, number: int, *arguments: int, audit: int | None = None) -> str | int:
    """Run the filter on one call as linux/net/core/filter.c does; "allow", "kill" or the errno."""
    words = [a % 2**64 for a in (*arguments, 0, 0, 0, 0, 0, 0)[:6]]
    audit = ARCHITECTURES[machine].audit if audit is None else audit
    data = struct.pack("<IIQ6Q", number, audit, 0, *words)
    lines = list(struct.iter_unpack("=HBBI", PROGRAMS[machine]))
    accumulator, position = 0, 0
    while True:
        code, if_true, if_false, operand = lines[position]
        position += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, operand)
        elif code == 0x54:
            accumulator &= operand
        elif code == 0x06:
            kind = {0x7FFF0000: "allow", 0x80000000: "kill"}.get(operand)
            return kind or operand & 0xFFFF
        else:
            tests = {
                0x15: accumulator == operand,
                0x25: accumulator > operand,
                0x35: accumulator >= operand,
                0x45: bool(accumulator & operand),
            }
            position += if_true if tests[code] else if_false


def ask(machine: str, name: str, *arguments: int) -> str | int:
    """Decide a call by its name."""
    return decide(machine, ARCHITECTURES[machine].numbers[name], *arguments)


@pytest.mark.parametrize("machine", MACHINES)
def test_the_numbers_are_the_kernels(machine: str) -> None:
    """Each number in the table is the one in the kernel's header."""
    header = HEADERS[machine]
    if not header.exists():
        pytest.skip(f"the kernel's headers are not installed: {header}")
    # Calls whose arguments differ between 32 and 64 bits stand under another prefix there.
    found = dict(re.findall(r"^#define __NR(?:3264)?_(\w+)\s+(\d+)$", header.read_text(), re.M))
    numbers = ARCHITECTURES[machine].numbers
    known = {name: number for name, number in numbers.items() if name in found}

    assert {name: int(found[name]) for name in known} == known
    # What the header lacks is newer than the header.
    assert all(number > 447 for name, number in numbers.items() if name not in found)


@pytest.mark.parametrize("machine", MACHINES)
def test_every_name_of_the_policy_is_in_the_table(machine: str) -> None:
    """A refused call that a machine lacks is an old one, which its kernel does not have either."""
    old = (
        "fork vfork inotify_init uselib modify_ldt iopl ioperm sysfs ustat link symlink mknod "
        + ("chmod chown lchown utime utimes futimesat")
    )
    named = {name for group in seccomp.GROUPS for name in group.calls}
    lacking = named - set(ARCHITECTURES[machine].numbers)

    assert lacking == (set(old.split()) if machine == "aarch64" else set())


@pytest.mark.parametrize("machine", MACHINES)
def test_listed_calls_are_answered_by_their_list(machine: str) -> None:
    """A call on a list is refused as the list says, whatever its arguments."""
    numbers = ARCHITECTURES[machine].numbers

    for group in seccomp.GROUPS:
        for name in set(group.calls) & set(numbers):
            assert ask(machine, name, 2**64 - 1, 0, PID) == group.answer, name


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(
    ("call", "arguments", "answer"),
    [
        ("clone", (0x3D0F00,), ALLOW),
        ("clone", (17,), EPERM),
        ("clone", (0x3D0F00 | 0x10000000,), EPERM),
        ("kill", (PID, 15), ALLOW),
        ("kill", (0, 15), ALLOW),
        ("kill", (-1, 15), EPERM),
        ("kill", (-PID, 15), EPERM),
        ("kill", (PID | 1 << 32, 15), ALLOW),
        ("kill", (PID, 9), EPERM),
        ("kill", (PID, 9 | 1 << 32), EPERM),
        ("tkill", (0, 9), EPERM),
        ("tgkill", (PID + 1, PID, 15), EPERM),
        ("tgkill", (PID, 9, 15), ALLOW),
        ("tgkill", (PID, PID, 9), EPERM),
        ("rt_sigqueueinfo", (PID, 9), EPERM),
        ("rt_tgsigqueueinfo", (PID, 9, 15), ALLOW),
        ("rt_tgsigqueueinfo", (PID, PID, 9), EPERM),
        ("prlimit64", (0, 7), ALLOW),
        ("prlimit64", (1, 7), EPERM),
        ("prlimit64", (0, 7, 1), ALLOW),
        ("prlimit64", (0, 0, 0), ALLOW),
        ("prlimit64", (0, 0, 1), EPERM),
        ("prlimit64", (0, 15, 1 << 32), EPERM),
        ("prlimit64", (0, 15 | 1 << 32, 1), EPERM),
        ("setrlimit", (0, 0), EPERM),
        ("setrlimit", (7, 0), ALLOW),
        ("setrlimit", (15, 0), EPERM),
        ("setpriority", (0, 0, 5), ALLOW),
        ("setpriority", (2, 0, 5), EPERM),
        ("setpriority", (0, 1, 5), EPERM),
        ("ioprio_set", (1, PID, 0), ALLOW),
        ("ioprio_set", (3, 0, 0), EPERM),
        ("sched_setaffinity", (1, 8, 0), EPERM),
        ("socketpair", (1, 1 | 0o2004000), ALLOW),
        ("socketpair", (1, 2), EACCES),
        ("socketpair", (1, 5), EACCES),
        ("socketpair", (2, 1), EACCES),
        ("fcntl", (3, 4, 0), ALLOW),
        ("fcntl", (3, 8, 1), EPERM),
        ("fcntl", (3, 15, 1), EPERM),
        ("ioctl", (1, 0x5401), ALLOW),
        ("ioctl", (1, 0x5412), EPERM),
        ("ioctl", (1, 1 << 32 | 0x5412), EPERM),
        ("prctl", (15, 0), ALLOW),
        ("prctl", (0x53564D41, 0), ALLOW),
        ("prctl", (1, 0), EPERM),
        ("personality", (0xFFFFFFFF,), ALLOW),
        ("personality", (0x40000,), EPERM),
    ],
)  # fmt: skip
def test_arguments_decide(
    machine: str, call: str, arguments: tuple[int, ...], answer: str | int
) -> None:
    """A call that is harmless on oneself is allowed there, and refused on others."""
    assert ask(machine, call, *arguments) == answer


@pytest.mark.parametrize("machine", MACHINES)
@given(call=st.sampled_from(["kill", "tgkill", "prlimit64"]), target=st.integers(0, 2**64 - 1))
def test_no_process_but_the_own_is_named(machine: str, call: str, target: int) -> None:
    """Whatever stands in the register, the kernel's int is 0, the own process, or refused."""
    expected = ALLOW if target % 2**32 in (0, PID) else EPERM

    assert ask(machine, call, target) == expected


@pytest.mark.parametrize("machine", MACHINES)
@given(number=st.integers(NEWEST + 1, 0x3FFFFFFF))
def test_unknown_numbers_do_not_exist(machine: str, number: int) -> None:
    """A call that is newer than the table answers ENOSYS."""
    assert decide(machine, number) == errno.ENOSYS


@given(number=st.integers(0, 2**32 - 1), audit=st.integers(0, 2**32 - 1))
def test_another_architecture_is_killed(number: int, audit: int) -> None:
    """A call through another table of the same machine ends the process."""
    for machine in MACHINES:
        if audit != ARCHITECTURES[machine].audit:
            assert decide(machine, number, audit=audit) == "kill"
    assert decide("x86_64", 0x40000000 | number % 2**30) == "kill"


@pytest.mark.parametrize("machine", MACHINES)
def test_everyday_calls_go_on(machine: str) -> None:
    """What is on no list is allowed."""
    listed = set(ARCHITECTURES[machine].numbers.values())
    others = [number for number in range(NEWEST + 1) if number not in listed]

    assert len(others) > 250
    assert {decide(machine, number) for number in others} == {ALLOW}


@pytest.mark.parametrize("machine", MACHINES)
def test_cuda_keeps_memory_without_a_name(machine: str) -> None:
    """memfd_create is refused to a child of the processor and open to one of the GPU."""
    number = struct.pack("=I", ARCHITECTURES[machine].numbers["memfd_create"])

    assert ask(machine, "memfd_create") == errno.ENOSYS
    assert number not in seccomp.program(ARCHITECTURES[machine], PID, is_gpu=True)
