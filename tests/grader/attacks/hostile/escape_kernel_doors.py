"""escape_kernel_doors

Tries: large machinery of the kernel that no exercise needs.
Verdict: full marks for the honest answers; each call is refused.
"""

import ctypes

zeros = ctypes.create_string_buffer(256)
for name, number, *arguments in (
    ("io_uring", 425, 4, zeros), ("bpf", 321, 0, zeros, 128), ("perf", 298, zeros, 0, -1, -1, 0),
    ("userfaultfd", 323, 0), ("keyctl", 250, 0, -3), ("add_key", 248, b"user", b"a", b"b", 1, -3),
    ("fanotify", 300, 0, 0), ("inotify", 294, 0), ("name_to_handle_at", 303, -100, b"/", zeros, zeros, 0),
    ("shmget", 29, 0, 4096, 0o1600), ("semget", 64, 0, 1, 0o1600), ("msgget", 68, 0, 0o1600),
    ("mq_open", 240, b"_attack_marker_mq", 0o102, 0o600, None), ("syslog", 103, 10, None, 0),
    ("seccomp", 317, 2, 0, zeros), ("modify_ldt", 154, 0, zeros, 64), ("acct", 163, None),
    ("reboot", 169, 0, 0, 0), ("sethostname", 170, b"x", 1), ("init_module", 175, zeros, 0, b""),
    ("kexec_load", 246, 0, 0, 0, 0), ("swapon", 167, b"/tmp", 0), ("quotactl", 179, 0, 0, 0, 0),
):  # fmt: skip
    attempt(name, call, number, *arguments)
