"""A PostgreSQL database for many tests: emptying its tables takes a twentieth of the time that making them does."""

from collections.abc import Callable

import psycopg
import pytest

from itsmkit import RecordType

TABLES = """
SELECT relname FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
"""


class Emptied:
    """Gives its URL, empty for stores of those types."""

    def __init__(self, database: Callable[[], str]) -> None:
        self.url = database()
        self._types: tuple[RecordType, ...] | None = None

    def __call__(self, types: tuple[RecordType, ...]) -> str:
        with psycopg.connect(self.url, autocommit=True) as connection:
            if types == self._types:
                names = [name for (name,) in connection.execute(TABLES)]
                connection.execute("; ".join(f'DELETE FROM "{name}"' for name in names))  # noqa: S608
            else:
                connection.execute("SET client_min_messages = error; DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        self._types = types
        return self.url

    def altered(self) -> None:
        """Its tables may be others than its types say: they are made anew next time."""
        self._types = None

    def contents(self) -> bytes:
        """All rows, as text."""
        with psycopg.connect(self.url) as connection:
            names = [name for (name,) in connection.execute(TABLES)]
            rows = [connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names]  # noqa: S608
        return repr(rows).encode()


@pytest.fixture(scope="session")
def emptied(postgres: Callable[[], str]) -> Emptied:
    """The one of this process."""
    return Emptied(postgres)
