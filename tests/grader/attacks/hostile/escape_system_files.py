"""escape_system_files

Tries: files that every system has and no exercise needs are opened.
Verdict: full marks for the honest answers; nothing opens.
"""

import os

for path in (
    "/etc/shadow", "/etc/passwd-", "/etc/hostname", "/root/.bash_history", "/root/.ssh/id_rsa",
    "/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/tty", "/dev/ptmx", "/proc/kcore",
    "/proc/1/environ", "/sys/kernel/debug", "/run/docker.sock", "/var/log/syslog", "/etc/ssl/private",
):  # fmt: skip
    attempt(path, os.open, path, os.O_RDONLY)
for folder in ("/", "/root", "/home", "/etc", "/tmp", "/var", "/dev", "/dev/shm", "/run", "/sys"):
    attempt(folder, os.listdir, folder)
