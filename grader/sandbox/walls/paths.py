"""Which files an interpreter needs while it runs somebody's code, and nothing besides.

Python and torch import much of themselves late, when it is first used: their folders stay
readable. A folder that holds a home or the whole machine is never among them, whatever the
interpreter's prefix says.
"""

import functools
import glob
import os
import site
import sys
import sysconfig

_SYSTEM = (
    "/usr/lib",
    "/usr/lib64",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/usr/share/zoneinfo",
    "/usr/share/locale",
    # How many processors and caches there are: OpenMP and oneDNN ask when they start threads.
    "/sys/devices/system/cpu",
    "/sys/devices/system/node",
    # Without it NNPACK does not start: it warns, and convolutions are computed in another way.
    "/proc/cpuinfo",
)

DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")


@functools.cache
def interpreter_paths() -> tuple[str, ...]:
    """List the files and folders that Python, torch and the C library read.

    Returns:
        Real paths that exist, none inside another: the standard library, the `lib` folder of the
        interpreter and of its environment, every site-packages on sys.path, the system's
        libraries, time zones and locales. Never a home, never the folder of a course.
    """
    names = sysconfig.get_paths()
    found = [names["stdlib"], names["platstdlib"], names["purelib"], names["platlib"]]
    found += [os.path.join(p, "lib") for p in (sys.prefix, sys.base_prefix, sys.base_exec_prefix)]
    # An editable install puts a course on sys.path too: only what is named as installed counts.
    installed = ("site-packages", "dist-packages")
    found += [p for p in (*site.getsitepackages(), *sys.path) if os.path.basename(p) in installed]
    found += _SYSTEM
    real = {os.path.realpath(p) for p in found if os.path.exists(p)}
    narrow = {p for p in real if not _is_too_wide(p)}
    return tuple(sorted(p for p in narrow if not any(_is_inside(p, q) for q in narrow)))


def gpu_paths() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """List the NVIDIA devices, and what the driver reads: (devices, readable).

    Written from the driver's documentation; it has not been run.
    """
    readable = ("/proc/driver/nvidia", "/sys/bus/pci", "/sys/devices", "/sys/module/nvidia")
    return tuple(sorted(glob.glob("/dev/nvidia*"))), (*readable, "/usr/local/cuda")


def _is_inside(path: str, folder: str) -> bool:
    return path != folder and path.startswith(folder.rstrip("/") + "/")


def _is_too_wide(path: str) -> bool:
    home = os.path.realpath(os.path.expanduser("~"))
    return path in ("/", "/home", home) or (_is_inside(home, path) and home != "/")
