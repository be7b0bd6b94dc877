"""From a name to a database with the right tables, or to a sentence that says what is wrong."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import grader.gradebook
from grader.errors import CourseError, StoreError
from grader.gradebook import connect as connecting
from grader.gradebook import migrate, queries
from grader.gradebook.schema import FROZEN, METADATA, REVISIONS
from grader.gradebook.store import Gradebook, open_gradebook


def refusal(where: str, kind: type[Exception], **options: bool) -> str:
    """Open a gradebook that cannot be opened; what is said."""
    with pytest.raises(kind) as caught:
        open_gradebook(where, "teacher", **options)
    return str(caught.value)


@pytest.fixture
def renewed(book: Gradebook, places: Callable[[str], str]) -> Iterator[Gradebook]:
    """A gradebook that has gone through all revisions, on the kind of database that `book` has."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(connecting.fresh, "make", migrate.upgrade)
        opened = open_gradebook(places(book.engine.dialect.name), "teacher")
    with opened:
        yield opened


def made_of(book: Gradebook) -> list[str]:
    """Everything that a database says its tables, indexes and triggers were made of, and how."""
    is_sqlite = book.engine.dialect.name == "sqlite"
    questions = ["SELECT sql FROM sqlite_master"] if is_sqlite else [
        "SELECT concat_ws(' ', table_name, ordinal_position, column_name, data_type, is_nullable, "
        "character_maximum_length, column_default) FROM information_schema.columns "
        "WHERE table_schema = current_schema()",
        "SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) "
        "FROM pg_constraint WHERE connamespace = current_schema()::regnamespace",
        "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema()",
        "SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid "
        "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace",
        "SELECT prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace",
        "SELECT version_num FROM alembic_version",
    ]  # fmt: skip
    with book.engine.connect() as connection:
        schema = "" if is_sqlite else str(connection.scalar(text("SELECT current_schema()")))
        found = [str(row) for each in questions for row in connection.execute(text(each)).scalars()]
    said = (" ".join(row.split()) for row in found)
    return sorted(row.replace(f"{schema}.", "") if schema else row for row in said)


def test_the_revisions_make_the_tables(renewed: Gradebook) -> None:
    """What the revisions make is what the schema says, on both databases."""
    options = {"compare_type": True, "compare_server_default": True}
    with renewed.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, METADATA)

    assert differences == []


def test_a_new_gradebook_is_as_one_that_was_changed(book: Gradebook, renewed: Gradebook) -> None:
    """Made at once, tables, indexes, rules and triggers are what all revisions make in turn."""
    assert made_of(book) == made_of(renewed)


def test_the_revisions_are_those_of_the_folder() -> None:
    """The list of revisions is the chain that Alembic finds, oldest first."""
    folder = Path(grader.gradebook.__file__).parent / "migrations"
    chain = ScriptDirectory(str(folder)).walk_revisions()

    assert [each.revision for each in chain][::-1] == list(REVISIONS)


def test_a_commit_is_on_the_disk(tmp_path: Path) -> None:
    """A file is kept so that not even a power cut takes back what was recorded."""
    with open_gradebook(str(tmp_path / "g.db"), "teacher") as book, book.reading() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "fullfsync")
        }

    assert found == {"journal_mode": "wal", "synchronous": 2, "fullfsync": 1}


def test_opening_again_changes_nothing(where: str) -> None:
    """A gradebook that is there is opened as it is."""
    for _ in range(2):
        with open_gradebook(where, "teacher") as book:
            book.enrol("ada")
    with open_gradebook(where, "teacher", is_new_allowed=False) as book:
        assert queries.students(book) == ["ada"]
        assert len(queries.audit(book)) == 1


def test_a_newer_gradebook_is_left_alone(where: str) -> None:
    """Tables of a revision that is not known here are not touched."""
    with open_gradebook(where, "teacher") as book, book.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        name = book.name

    assert refusal(where, StoreError) == (
        f"the gradebook {name} was written by a newer version of this program (its tables have "
        "revision 9999, 0001 is known here); install the newer version"
    )


def test_a_database_of_something_else_is_left_alone(where: str) -> None:
    """In a database that holds other tables no gradebook begins."""
    engine = connecting.create_engine(connecting._url(where, True))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE shop (item TEXT)"))
    engine.dispose()
    told = refusal(where, StoreError)

    assert told.endswith(
        " is a database of something else, with a table shop; name another for the gradebook"
    )


def test_a_file_of_another_kind_is_left_alone(tmp_path: Path) -> None:
    """A file that is no database stays as it is."""
    path = tmp_path / "notes.txt"
    path.write_text("These are notes. " * 100)

    assert refusal(str(path), StoreError) == (
        f"the gradebook {path}: it is a file of another kind, no gradebook; name another file."
    )
    assert path.read_text() == "These are notes. " * 100


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    """A gradebook that was cut in half is named as damaged."""
    path = tmp_path / "g.db"
    open_gradebook(str(path), "teacher").close()
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * 4096 + data[8192:12288])
    told = refusal(str(path), StoreError)

    assert told.startswith(f"the gradebook {path}: the file is damaged; keep a copy of it")


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    """A file in no folder cannot be opened."""
    path = tmp_path / "no" / "g.db"

    assert refusal(str(path), StoreError) == (
        f"the gradebook {path}: it cannot be opened; name a file in a folder that exists and that "
        "you may write to."
    )


def test_a_gradebook_is_not_made_by_accident(tmp_path: Path) -> None:
    """A verb that only reads makes no gradebook out of a mistyped name."""
    path = tmp_path / "g.db"

    assert refusal(str(path), CourseError, is_new_allowed=False) == (
        f"there is no gradebook {path}; name another with --gradebook, or make this one with "
        "grade batch"
    )
    assert not path.exists()


def test_an_empty_database_is_no_gradebook_yet(where: str) -> None:
    """Where there are no tables, whoever only reads is told so."""
    if "://" not in where:
        sqlite3.connect(where).close()
        Path(where).touch()
    told = refusal(where, CourseError, is_new_allowed=False)

    assert told.endswith(" holds no gradebook yet; make one with grade batch")


@pytest.mark.skipif(os.getuid() == 0, reason="the superuser may write everywhere")
def test_a_file_that_may_not_be_written_is_said(tmp_path: Path) -> None:
    """Without the right to write, what to do is said."""
    path = tmp_path / "g.db"
    open_gradebook(str(path), "teacher").close()
    path.chmod(0o400)
    with open_gradebook(str(path), "teacher") as book, pytest.raises(StoreError) as caught:
        book.enrol("ada")

    assert str(caught.value) == (
        f"the gradebook {path}: it may be read but not written; give yourself the right to write "
        "to the file and to its folder."
    )


def test_a_database_that_may_only_be_read_is_said(where: str) -> None:
    """A database that refuses to be written says so, and is as it was."""
    with open_gradebook(where, "teacher") as book:
        book.enrol("ada")
        is_sqlite = book.engine.dialect.name == "sqlite"
        setting = "PRAGMA query_only=ON" if is_sqlite else (
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")  # fmt: skip
        with book.engine.connect() as connection:
            connection.exec_driver_sql(setting)
            connection.commit()
        with pytest.raises(StoreError, match="may be read but not written"):
            book.enrol("bob")

        assert queries.students(book) == ["ada"]


def test_a_gradebook_that_stays_locked_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits in vain for another writer is told, and nothing is recorded."""
    monkeypatch.setattr(connecting, "PATIENCE_S", 0.05)
    path = tmp_path / "g.db"
    with open_gradebook(str(path), "teacher") as book:
        blocking = sqlite3.connect(path, isolation_level=None)
        blocking.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError) as caught:
            book.enrol("ada")
        blocking.close()

        assert queries.students(book) == []
    assert str(caught.value) == (
        f"the gradebook {path}: another program has been writing to it for a while; end it, or "
        "wait, and run the command again."
    )


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://a@b/c", "a gradebook cannot be kept on mysql; name a file, or a URL that begins "
         "with postgresql://"),
        ("postgresql://a:b@c:port/d", "the gradebook's URL cannot be read; write "
         "postgresql://user:password@host/database"),
    ],
)  # fmt: skip
def test_a_url_of_another_kind_is_refused(url: str, told: str) -> None:
    """What can be written instead is said."""
    assert refusal(url, CourseError) == told


def test_a_server_that_is_not_there_is_said_without_the_password(tmp_path: Path) -> None:
    """The URL is shown, its password is not."""
    told = refusal(f"postgresql://ada:secret@/grades?host={tmp_path}", StoreError)

    assert told.startswith("the gradebook postgresql+psycopg://ada:***@/grades")
    assert ": no connection to the server (" in told
    assert told.endswith("); check the URL, and that the server runs.")
    assert "secret" not in told


def test_a_database_that_is_not_there_is_said(server: str) -> None:
    """What the server says about a database that it has not is passed on."""
    told = refusal(server % "nothing", StoreError)

    assert 'database "nothing" does not exist' in told


def test_frozen_tables_are_those_that_the_revisions_froze(book: Gradebook) -> None:
    """Every table that the schema calls frozen has its triggers."""
    is_sqlite = book.engine.dialect.name == "sqlite"
    names = (
        "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger'"
        if is_sqlite
        else "SELECT DISTINCT event_object_table FROM information_schema.triggers "
        "WHERE trigger_schema = current_schema()"
    )
    with book.engine.connect() as connection:
        frozen = set(connection.execute(text(names)).scalars())

    assert frozen == {table.name for table in FROZEN}
