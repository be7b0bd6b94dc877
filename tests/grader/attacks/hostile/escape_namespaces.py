"""escape_namespaces

Tries: another view of the machine: namespaces, mounts, another root, another user.
Verdict: full marks for the honest answers.
"""

import os

for name, flag in (
    ("user", 0x10000000),
    ("mount", 0x20000),
    ("net", 0x40000000),
    ("pid", 0x20000000),
):
    attempt(f"unshare {name}", call, 272, flag)
attempt("mount", call, 165, b"none", b"/tmp", b"tmpfs", 0, None)
attempt("umount", call, 166, b"/tmp", 2)
attempt("pivot_root", call, 155, b"/", b"/tmp")
attempt("chroot", os.chroot, "/usr/lib")
attempt("open_tree", call, 428, -100, b"/", 1)
attempt("fsopen", call, 430, b"tmpfs", 0)
attempt("setuid", os.setuid, 0)
attempt("setresuid", os.setresuid, 0, 0, 0)
attempt("setgroups", os.setgroups, [0])
attempt("capset", call, 126, b"\x30\x09\x08\x20\0\0\0\0", b"\xff" * 24)
