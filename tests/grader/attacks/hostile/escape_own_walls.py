"""escape_own_walls

Tries: the walls are taken down from inside: limits raised, flags reset, filters replaced.
Verdict: full marks for the honest answers.
"""

import resource

for name in ("RLIMIT_AS", "RLIMIT_NOFILE", "RLIMIT_NPROC", "RLIMIT_FSIZE", "RLIMIT_CORE"):
    number = getattr(resource, name)
    hard = resource.getrlimit(number)[1]
    attempt(name, resource.setrlimit, number, (hard + 1, hard + 1))
    attempt(name + " endless", resource.setrlimit, number, (-1, -1))
attempt("dies with its parent", call, 157, 1, 0, 0, 0, 0)
attempt("dumpable", call, 157, 4, 1, 0, 0, 0)
attempt("keep capabilities", call, 157, 8, 1, 0, 0, 0)
attempt("ambient capabilities", call, 157, 47, 2, 1, 0, 0)
attempt("seccomp off", call, 157, 22, 0, 0, 0, 0)
attempt("landlock", call, 444, None, 0, 0)
