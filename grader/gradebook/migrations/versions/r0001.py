"""The first tables, and the triggers that keep what is recorded from being changed or removed."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op
from sqlalchemy import BigInteger, Double, ForeignKey, Integer, String, Text

revision = "0001"
down_revision = None

# Written out, since `schema` follows later revisions.
FROZEN = (
    *("submissions", "attempts", "verdicts", "marks"),
    *("overrides", "extensions", "scores", "audit"),
)
DIGEST, WORD, MOMENT = String(64), String(16), String(27)

Column = sa.Column[object]
Make = Callable[..., Column]


def _column(kind: object) -> Make:
    def make(name: str, *rest: object, nullable: bool = False, **options: object) -> Column:
        return sa.Column(name, kind, *rest, nullable=nullable, **options)  # type: ignore[arg-type]

    return make


_words, _digest, _word, _moment = map(_column, (Text(), DIGEST, WORD, MOMENT))
_points, _whole, _number = map(_column, (BigInteger(), Integer(), Double()))


def _id() -> Column:
    return _whole("id", primary_key=True)


def _student() -> Column:
    return _words("student", ForeignKey("students.student"))


def _attempt(name: str, **options: object) -> Column:
    return _whole(name, ForeignKey("attempts.id"), **options)


def upgrade() -> None:
    """Make them."""
    _people()
    _attempts()
    _decisions()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME; END$$"
        )
    for table in FROZEN:
        for statement in _sqlite(table) if is_sqlite else _postgres(table):
            op.execute(statement)


def _people() -> None:
    op.create_table(
        "students",
        _words("student", primary_key=True),
        _words("name"),
        _words("section"),
        _moment("noted_at"),
    )
    op.create_table(
        "runs",
        _id(),
        _words("verb"),
        _words("detail"),
        _words("who"),
        _moment("started_at"),
        _moment("ended_at", nullable=True),
    )
    op.create_table(
        "submissions",
        _id(),
        _digest("key", unique=True),
        _student(),
        _words("exercise"),
        _digest("digest"),
        _moment("submitted_at", nullable=True),
        _words("path"),
        _moment("noted_at"),
    )
    op.create_index("ix_submissions_exercise", "submissions", ["exercise", "student"])


def _attempts() -> None:
    op.create_table(
        "attempts",
        _id(),
        _whole("submission", ForeignKey("submissions.id")),
        _whole("run", ForeignKey("runs.id"), nullable=True),
        _attempt("origin", nullable=True),
        *map(_digest, ("address", "checks_digest", "environment_digest")),
        _words("seed"),
        _word("status"),
        _points("score"),
        _points("possible"),
        _number("seconds"),
        _moment("graded_at"),
        _words("json"),
        sa.CheckConstraint("status IN ('graded', 'ungraded')", name="ck_attempts_status"),
    )
    op.create_index("ix_attempts_submission", "attempts", ["submission"])
    op.create_index("ix_attempts_address", "attempts", ["address"])
    graded = sa.text("status = 'graded'")
    op.create_index(
        "uq_attempts_run",
        "attempts",
        ["run", "submission"],
        unique=True,
        sqlite_where=graded,
        postgresql_where=graded,
    )
    op.create_table(
        "verdicts",
        _attempt("attempt", primary_key=True, autoincrement=False),
        _whole("place", primary_key=True, autoincrement=False),
        _words("check_id"),
        _words("title"),
        _word("visibility"),
        _word("outcome"),
        _points("points"),
        _points("possible"),
        _words("needs", nullable=True),
        _number("seconds"),
        _words("message"),
        _words("mistake", nullable=True),
        _words("diagnosis", nullable=True),
        _words("evidence", nullable=True),
    )


def _decisions() -> None:
    reasoned = "reason <> '' AND author <> ''"
    op.create_table(
        "marks",
        *(_id(), _student(), _words("exercise"), _words("label")),
        _points("points", nullable=True),
        *(_words("comment"), _words("author"), _moment("at")),
        sa.CheckConstraint("author <> ''", name="ck_marks_author"),
    )
    op.create_table(
        "overrides",
        *(_id(), _student(), _words("exercise")),
        _points("score", nullable=True),
        *(_words("reason"), _words("author"), _moment("at")),
        sa.CheckConstraint("score >= 0", name="ck_overrides_score"),
        sa.CheckConstraint(reasoned, name="ck_overrides_reason"),
    )
    op.create_table(
        "extensions",
        *(_id(), _student(), _words("exercise")),
        _words("due", nullable=True),
        *(_words("reason"), _words("author"), _moment("at")),
        sa.CheckConstraint(reasoned, name="ck_extensions_reason"),
    )
    op.create_table(
        "scores",
        *(_id(), _student(), _words("exercise"), _points("score"), _points("possible")),
        _whole("is_decided"),
        _attempt("attempt", nullable=True),
        *(_words("made_of"), _moment("at")),
    )
    for table in ("marks", "overrides", "extensions", "scores"):
        op.create_index(f"ix_{table}_student", table, ["student", "exercise"])
    op.create_table("audit", _id(), _moment("at"), _words("who"), _words("what"), _words("detail"))


def _sqlite(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} BEGIN "
        f"SELECT RAISE(ABORT, 'rows of {table} are never changed or removed'); END"
        for event in ("UPDATE", "DELETE")
    ]


def _postgres(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    ]
