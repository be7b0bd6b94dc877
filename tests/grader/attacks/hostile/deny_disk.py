"""deny_disk

Tries: up to 512 MiB in one file, a sparse file of 1 TiB, and 5,000 small files.
Verdict: full marks for the honest answers; nothing is writable.
"""

import os


def filled(path):
    with open(path, "wb") as file:
        for _ in range(128):
            file.write(bytes(4 << 20))
        file.truncate(1 << 40)


def crowded(folder):
    os.mkdir(folder)
    for number in range(5000):
        open(os.path.join(folder, str(number)), "w").close()


for place in (".", "/tmp", "/dev/shm", os.environ.get("TMPDIR", "/tmp")):
    attempt(f"filling {place}", filled, os.path.join(place, "_attack_marker_disk"))
    attempt(f"crowding {place}", crowded, os.path.join(place, "_attack_marker_folder"))
