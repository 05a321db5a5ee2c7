"""What an operator does to a database beside using it; each call opens it for itself."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from itsmkit import Finding, RecordType, StoreError
from itsmkit_store_sql import upgrading
from itsmkit_store_sql.databases import Database
from itsmkit_store_sql.plan import plan
from itsmkit_store_sql.schema import missing_of

APART = 5.0
"""Seconds that a server's clock may differ from this machine's."""


class SqlKeeper:
    """An `itsmkit.StoreKeeper` of the database that `opened` gives, for those types."""

    def __init__(self, opened: Callable[[], Database], types: tuple[RecordType, ...]) -> None:
        self._opened = opened
        self._types = types

    def check(self) -> Iterator[Finding]:
        """Settings, rights and health of the database; whether its tables and indexes are complete; its clock."""
        with closing(self._opened()) as database:
            try:
                yield from database.findings()
                yield self._complete(database)
                if database.phrases.clock:
                    yield clock(database.read(lambda turn: turn.rows(database.phrases.clock))[0][0], datetime.now(UTC))
            except StoreError as fault:
                yield Finding("answers", False, str(fault))  # noqa: FBT003 - as `Finding` is told

    def _complete(self, database: Database) -> Finding:
        made = plan(self._types, database.phrases)
        missing = database.read(lambda turn: missing_of(made, database, turn))
        more = f"lacks {', '.join(missing)}: run `itsmkit store upgrade`" if missing else ""
        return Finding("tables and indexes", not missing, more)

    def upgrade(self) -> Iterator[str]:
        """Migrations, then tables, columns and their values, then indexes; a line for each thing done."""
        with closing(self._opened()) as database:
            yield from upgrading.upgrade(plan(self._types, database.phrases), database)

    def backup(self, target: Path) -> str:
        """A whole, checked copy of a SQLite database, written while it is in use; StoreError names `pg_dump`."""
        with closing(self._opened()) as database:
            return database.backup(target)

    def restore(self, source: Path) -> str:
        """The backup in place of nothing or of an empty SQLite database; StoreError names `pg_restore`."""
        with closing(self._opened()) as database:
            return database.restore(source)


def clock(there: int, here: datetime) -> Finding:
    """Whether both clocks go alike: leases and due moments are judged by the server's, `there` in milliseconds."""
    apart = there / 1000 - here.timestamp()
    sound = abs(apart) <= APART
    return Finding("clock", sound, f"{apart:+.1f} s from this machine's" + ("" if sound else "; run NTP on both"))
