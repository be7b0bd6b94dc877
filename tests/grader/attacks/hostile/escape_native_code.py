"""escape_native_code

Tries: machine code of its own opens the reference, past everything that Python could forbid.
Verdict: full marks for the honest answers; native code runs, behind the same walls.
"""

import ctypes
import mmap
import os


def opened():
    if os.uname().machine != "x86_64":
        raise OSError("this is code for another machine")
    # mov eax, 2 (open); xor esi, esi; syscall; ret
    code = mmap.mmap(-1, 4096, prot=7)
    code.write(bytes.fromhex("b802000000 31f6 0f05 c3"))
    function = ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_char_p)(
        ctypes.addressof(ctypes.c_char.from_buffer(code))
    )
    if function(b"__COURSE__/solutions/exercise-01/exercise.py") < 0:
        raise OSError("refused")


attempt("open by machine code", opened)
