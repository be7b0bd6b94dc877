"""What a database says when something is wrong, in a sentence that a person can act on.

A statement that fails ends its transaction, so whatever the sentence is, what was recorded before
is still there and what was being recorded is not there in part.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from grader.errors import StoreError

_KEPT = "What was recorded before is kept."

# The first part of SQLite's name of the error that matches, and what to say.
_SQLITE = {
    "SQLITE_FULL": f"the disk is full. {_KEPT} Make room and run the command again",
    "SQLITE_READONLY": "it may be read but not written; give yourself the right to write to the "
    "file and to its folder",
    "SQLITE_NOTADB": "it is a file of another kind, no gradebook; name another file",
    "SQLITE_CORRUPT": "the file is damaged; keep a copy of it and put back the last backup",
    "SQLITE_CANTOPEN": "it cannot be opened; name a file in a folder that exists and that you may "
    "write to",
    "SQLITE_BUSY": "another program has been writing to it for a while; end it, or wait, and run "
    "the command again",
    "SQLITE_IOERR": f"the disk refuses to write or to read. {_KEPT} Look at the disk and at limits "
    "on the size of files",
    "SQLITE_PERM": "you may not open it; give yourself the right to read and write the file",
}

# SQLSTATE of PostgreSQL, or its class of two letters; Appendix A of its manual.
_POSTGRES = {
    "53100": f"the disk of the server is full. {_KEPT} Make room and run the command again",
    "25006": "the database may be read but not written; name the primary server",
    "42501": "this user may not do that there; grant it all rights on the schema",
    "53": f"the server has run out of something. {_KEPT} Run the command again later",
    "57": f"the server ended the connection. {_KEPT} Run the command again",
    "40": f"another program changed the same rows. {_KEPT} Run the command again",
    "55": "another program holds a lock on it; end it, or wait, and run the command again",
}


@contextmanager
def told(name: str) -> Iterator[None]:
    """Turn what the database raises into a sentence about the gradebook of this name.

    Raises:
        StoreError: the database refused.
    """
    try:
        yield
    except DBAPIError as error:
        raise StoreError(f"the gradebook {name}: {_sentence(error)}.") from error


def _sentence(error: DBAPIError) -> str:
    kind = getattr(error.orig, "sqlite_errorname", None)
    for start, sentence in _SQLITE.items():
        if kind and kind.startswith(start):
            return sentence
    state = getattr(error.orig, "sqlstate", None)
    for key in (state, state[:2]) if state else ():
        if key in _POSTGRES:
            return _POSTGRES[key]
    first = str(error.orig).strip().partition("\n")[0]
    if state is None and kind is None:
        return f"no connection to the server ({first}); check the URL, and that the server runs"
    return f"the database refused ({first}). {_KEPT}".removesuffix(".")
