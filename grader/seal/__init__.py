"""Sealed exercises: what a student must not read, in one file that travels with what they may.

Theory of operation
-------------------
`grade seal` encrypts all that the trusted side reads of an exercise (`parts`): hidden checks and
reference, and also what a student's copy has as well, the visible checks, the stubs and what
gradebook.yml says of the exercise. A check file runs in the trusted process, so one that a student
may have edited must not run beside a key. Whoever grades with the key therefore believes nothing of
the folder but the seal, and takes from it nothing but the submission.

The key is in the variable GRADER_KEY (`keys`). The command alone reads it; judge, zygote and child
start with an environment without it, and a warm server is not asked (`grader.asking`). The opened
files lie in a folder that no child can read and that goes with the command (`grader.opened`).

    sealed/exercise-03.sealed
        grader-seal 1 exercise-03 LF     a line that says what this is, and of which exercise
        NUL                              so that git and editors take the file for what it is
        8 bytes                          which key, as a keyed hash of nothing
        4 bytes, most significant first  how many bytes follow behind the nonce
        24 bytes                         the nonce
        the rest                         XChaCha20-Poly1305 of what `packing` makes of the files

All before the nonce is authenticated as associated data. The nonce is a keyed hash of that and of
the content, so the same files and the same key give the same bytes, on every machine; a nonce comes
back only with the very same message. design/seal.md says why, and what sealing does not do.
"""
