"""From a file name or a URL to a database that has the newest tables.

SQLite is set to what a gradebook needs: WAL, so that a reader never waits for a writer; FULL
synchronisation, so that a commit is on the disk when it returns, also on macOS, which otherwise
leaves it in the disk's own memory; BEGIN IMMEDIATE for writers, so that two of them queue up
instead of failing halfway; thirty seconds of patience in that queue.
PostgreSQL does all of this unasked.
"""

import importlib
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from grader.errors import CourseError, StoreError
from grader.gradebook import fresh
from grader.gradebook.fault import told
from grader.gradebook.schema import HEAD, REVISIONS

PATIENCE_S = 30.0
# Taken by whoever makes or changes the tables on PostgreSQL; any number that is always the same.
_LOCK = 0x67726164


def connect(where: str, is_new_allowed: bool = True) -> tuple[Engine, str]:
    """Open a database, and make or renew its tables.

    Args:
        where: the path of a file, or the URL of a PostgreSQL database.
        is_new_allowed: whether a gradebook may begin here.

    Returns:
        The engine, and the name for messages: the path, or the URL without its password.

    Raises:
        CourseError: `where` is no path and no URL of a database that is known, its driver is not
            installed, or there is no gradebook and none may begin.
        StoreError: the database refuses, is no gradebook, or belongs to a newer program.
    """
    url = _url(where, is_new_allowed)
    is_file = url.get_backend_name() == "sqlite"
    name = str(url.database) if is_file else url.render_as_string(hide_password=True)
    try:
        engine = create_engine(
            url, **({"connect_args": {"timeout": PATIENCE_S}} if is_file else {})
        )
    except ModuleNotFoundError as error:
        raise CourseError(
            "a gradebook on PostgreSQL needs psycopg: pip install 'pytorch-grader[postgres]'"
        ) from error
    if is_file:
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    try:
        with told(name):
            _renew(engine, name, is_new_allowed)
    except (StoreError, CourseError):
        engine.dispose()
        raise
    return engine, name


def _url(where: str, is_new_allowed: bool) -> URL:
    """Read what was named; a path is a file of SQLite."""
    if "://" not in where:
        if not is_new_allowed and not Path(where).exists():
            raise CourseError(
                f"there is no gradebook {where}; name another with --gradebook, or make this one "
                "with grade batch"
            )
        return URL.create("sqlite", database=where)
    try:
        url = make_url(where)
    except (ArgumentError, ValueError) as error:
        raise CourseError(
            "the gradebook's URL cannot be read; write postgresql://user:password@host/database"
        ) from error
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername != "postgresql+psycopg":
        raise CourseError(
            f"a gradebook cannot be kept on {url.drivername}; name a file, or a URL that begins "
            "with postgresql://"
        )
    return url


def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Set up a connection to SQLite."""
    # SQLAlchemy says when a transaction begins, not the driver, which would do it too late.
    connection.isolation_level = None
    cursor = connection.cursor()
    _set_wal(cursor.execute)
    for setting in ("synchronous=FULL", "fullfsync=ON", "foreign_keys=ON", "recursive_triggers=ON"):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _set_wal(execute: Callable[[str], object]) -> None:
    """Turn WAL on, which SQLite may refuse at once, without patience, while others do the same."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _begin(connection: Connection) -> None:
    """Begin a transaction: a writer takes its turn at once, a reader sees one moment."""
    is_writer = connection.get_execution_options().get("is_writer", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")


def _renew(engine: Engine, name: str, is_new_allowed: bool) -> None:
    """Bring the tables to the newest revision; of several programs at once, one does it."""
    with engine.connect() as connection:
        if _revision(connection, name) == HEAD:
            return
    if not is_new_allowed:
        # Whoever only reads makes no tables, but may be the first after the program was renewed.
        with engine.connect() as connection:
            if _revision(connection, name) is None:
                raise CourseError(f"{name} holds no gradebook yet; make one with grade batch")
    with engine.connect().execution_options(is_writer=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if (revision := _revision(connection, name)) is None:
            fresh.make(connection)
        elif revision != HEAD:
            # Alembic is half of what opening a gradebook costs, and is hardly ever needed.
            importlib.import_module("grader.gradebook.migrate").upgrade(connection)


def _revision(connection: Connection, name: str) -> str | None:
    """Tell which revision the tables have; None where there are no tables at all.

    Raises:
        StoreError: the tables are somebody else's, or of a revision that is not known here.
    """
    names = set(inspect(connection).get_table_names())
    if not names:
        return None
    if not names >= {"alembic_version", "attempts", "audit"}:
        raise StoreError(
            f"{name} is a database of something else, with a table {min(names)}; name another "
            "for the gradebook"
        )
    revision = str(connection.scalar(text("SELECT version_num FROM alembic_version")))
    if revision not in REVISIONS:
        raise StoreError(
            f"the gradebook {name} was written by a newer version of this program (its tables have "
            f"revision {revision}, {HEAD} is known here); install the newer version"
        )
    return revision
