"""escape_scratch

Tries: the scratch as a way out: links, pipes, sockets and devices in it, and moves out of it.
Verdict: full marks for the honest answers; plain files and folders are all that can be made.
"""

import os
import socket

with open("plain", "w") as file:
    file.write("x")
attempt("symbolic link", os.symlink, "__COURSE__/gradebook.yml", "symbolic")
attempt("hard link out", os.link, "plain", "/tmp/_attack_marker_link")
attempt("hard link in", os.link, "__COURSE__/gradebook.yml", "linked")
attempt("moving out", os.rename, "plain", "/tmp/_attack_marker_moved")
attempt("moving up", os.rename, "plain", "../_attack_marker_up")
attempt("moving itself", os.rename, os.getcwd(), os.getcwd() + "-moved")
attempt("pipe", os.mkfifo, "pipe")
attempt("device", os.mknod, "device", 0o20600, os.makedev(1, 3))
attempt("socket", lambda: socket.socket(socket.AF_UNIX).bind("socket"))
attempt("siblings", os.listdir, "..")
attempt("program", os.execv, "plain", ["plain"])
