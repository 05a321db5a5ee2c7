"""The fixed tables as they were first: journal, keys, reach, terms, lanes, bytes, commands, marks."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "events",
        *_key("type", "id"),
        sa.Column("seq", sa.BigInteger, primary_key=True, nullable=False, autoincrement=False),
        *_whole("at"),
        *_text("code", "audience", "text", "digest", "personal", "salt"),
    )
    _sorted("keys", *_key("key"), *_text("type", "id"))
    _sorted("reach", *_key("type", "key", "id"))
    _sorted("terms", *_key("type", "term", "id"))
    _sorted(
        "lanes",
        *_key("lane", "type", "id", "part"),
        *_whole("due", "until", "fence"),
        *_small("lapses", "leased", "parked"),
    )
    waits, columns = sa.text("parked = 0"), ["lane", "due", "id", "part", "type"]
    op.create_index("lanes_by_due", "lanes", columns, sqlite_where=waits, postgresql_where=waits)
    op.create_table(
        "blobs",
        *_key("digest"),
        sa.Column("part", sa.BigInteger, primary_key=True, nullable=False, autoincrement=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    _sorted("blob_refs", *_key("digest", "type", "id"))
    _sorted("commands", *_key("command"), *_whole("at"), *_text("refs"))
    op.create_index("commands_by_at", "commands", ["at"])
    _sorted("meta", *_key("key"), *_text("value"))


def _sorted(name: str, *columns: sa.Column[object]) -> None:
    op.create_table(name, *columns, sqlite_with_rowid=False)


def _key(*names: str) -> tuple[sa.Column[object], ...]:
    return tuple(sa.Column(name, TEXT, primary_key=True, nullable=False) for name in names)


def _text(*names: str) -> tuple[sa.Column[object], ...]:
    return tuple(sa.Column(name, TEXT, nullable=False) for name in names)


def _whole(*names: str) -> tuple[sa.Column[object], ...]:
    return tuple(sa.Column(name, sa.BigInteger, nullable=False) for name in names)


def _small(*names: str) -> tuple[sa.Column[object], ...]:
    return tuple(sa.Column(name, sa.Integer, nullable=False) for name in names)
