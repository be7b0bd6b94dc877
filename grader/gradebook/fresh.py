"""A new gradebook's tables, made at once as the schema says.

Alembic would make the same by all revisions in turn, but takes ten times as long, and ten megabytes
until the program ends. So it is left to change what is there; that a new gradebook and a changed
one are the same, triggers and all, is held by a test.
"""

from sqlalchemy import Column, Connection, MetaData, String, Table, text

from grader.gradebook.schema import FROZEN, HEAD, METADATA

# Alembic's own, in which it notes the revision of the tables.
_VERSION = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
_VERSION.primary_key.name = "alembic_version_pkc"

_REFUSAL = "rows of {} are never changed or removed"


def make(connection: Connection) -> None:
    """Make the tables of the newest revision, within the transaction of this connection."""
    METADATA.create_all(connection, checkfirst=False)
    is_sqlite = connection.dialect.name == "sqlite"
    if not is_sqlite:
        function = (
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$BEGIN RAISE EXCEPTION '{_REFUSAL.format('%')}', TG_TABLE_NAME; END$$"
        )
        connection.execute(text(function))
    for table in FROZEN:
        for statement in _sqlite(table.name) if is_sqlite else _postgres(table.name):
            connection.execute(text(statement))
    _VERSION.create(connection)
    connection.execute(_VERSION.insert().values(version_num=HEAD))


def _sqlite(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} BEGIN "
        f"SELECT RAISE(ABORT, '{_REFUSAL.format(table)}'); END"
        for event in ("UPDATE", "DELETE")
    ]


def _postgres(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    ]
