"""The command line and the environment of the grader's own Python processes.

They take nothing from the user's: no PYTHONPATH, no startup files, no keys and tokens that a
process which holds student code, or is forked into one, would have in its memory.
"""

import os
import sys


def clean() -> dict[str, str]:
    """Make an environment that has nothing of the user's but where libraries and GPUs are.

    The huge pages of `GLIBC_TUNABLES` make a fork of torch a sixth cheaper, and its threshold gives
    tensors of 4 MiB and more back to the system as soon as they go. Hash seeds are fixed so that
    the order of a set is the same in every run.
    """
    kept = ("LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "SYSTEMROOT")
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=4194304",
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
        "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
    }


def interpreter() -> list[str]:
    """Name the command of a Python that takes nothing from the folder it is started in."""
    return [sys.executable, "-P", "-s"]
