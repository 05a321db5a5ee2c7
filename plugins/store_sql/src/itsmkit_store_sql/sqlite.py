"""What is SQLite's own: connecting, transactions, errors in words, how it says things, its health and its copies."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from attrs import frozen
from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    Select,
    Table,
    bindparam,
    cast,
    create_engine,
    event,
    func,
    select,
    tuple_,
)
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.dialects.sqlite.pysqlite import dialect as SQLiteDialect  # noqa: N812 - it is a class
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from itsmkit import Finding, StoreError, canonical
from itsmkit_store_sql.connections import Connections, Held, watch_forks
from itsmkit_store_sql.databases import Phrases, Question, Row, Rows, T, Turn, Write, unwritable
from itsmkit_store_sql.queueing import Queue

CHECKPOINT_PAGES = 8000
"""The log may grow to 32 MB before it is worked into the file: search terms of many commits share pages, which
are then written once (measured: 1.5 times the commits of the default 1000)."""

ROOM = 64 << 20
"""Less free space than this, in bytes, is told as a fault: a log as above and a backup's first pages."""

_ADVICE = {
    "SQLITE_FULL": "the disk is full; make room and try again",
    "SQLITE_BUSY": "another program holds the database locked; end it or try again",
    "SQLITE_LOCKED": "another program holds the database locked; end it or try again",
    "SQLITE_READONLY": "it can't be written; give this user the right to write the file and its folder",
    "SQLITE_CANTOPEN": "it can't be opened; its folder must exist and this user must be allowed to write there",
    "SQLITE_NOTADB": "that file is no SQLite database; name another one",
    "SQLITE_CORRUPT": "the file is damaged; stop the desk and restore a backup",
    "SQLITE_IOERR": "the disk doesn't read or write; check it and its free space",
    "SQLITE_CONSTRAINT": "a record or event is there twice or incomplete; run `itsmkit verify`",
}
_FAULTS = (sqlite3.Error, UnicodeEncodeError, OverflowError)


@frozen
class Place:
    """Where a database is, and how to connect to it."""

    path: Path
    busy_seconds: float
    cache_mib: int

    @property
    def lock(self) -> Path:
        """The file on which writing processes queue."""
        return self.path.with_name(self.path.name + ".lock")


def place(url: str, busy_seconds: float, cache_mib: int) -> Place:
    """The file that a `sqlite:///` URL names; StoreError for a database in memory, which would hold nothing."""
    path = url.removeprefix("sqlite:///")
    if path == url or path in ("", ":memory:") or path.startswith("file:"):
        raise StoreError(f"{url!r} names no file; a desk's database is named like sqlite:///desk.db")
    return Place(Path(path).absolute(), busy_seconds, cache_mib)


def connect(where: Place) -> sqlite3.Connection:
    """A durable connection in which transactions begin and end by our own statements only."""
    connection = sqlite3.connect(
        where.path,
        timeout=where.busy_seconds,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=512,
    )
    try:
        mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        for pragma in (
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
            f"cache_size = {-1024 * where.cache_mib}",
            f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    if mode != "wal":
        connection.close()
        raise StoreError(f"{where.path}: the disk can't keep a write-ahead log; use a local disk, not a network's")
    return connection


def fault(error: Exception, where: Place) -> StoreError:
    """The error as one line that says what to do."""
    if isinstance(error, UnicodeEncodeError | OverflowError):
        return unwritable(str(where.path), error)
    name = getattr(error, "sqlite_errorname", None) or ""
    advice = _ADVICE.get("_".join(name.split("_")[:2]), "nothing was changed; try again")
    return StoreError(f"{where.path}: {error}: {advice}")


class SqlitePhrases:
    """SQLite's way to say things."""

    dialect: Dialect = SQLiteDialect()
    clock = hold = ""

    def insert(self, table: Table) -> Insert:
        """With ON CONFLICT."""
        return insert(table)

    def listed(self, values: Iterable[Any]) -> str:
        """As a JSON list."""
        return canonical(list(values))

    def among(self, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
        """Among the members of the list."""
        return column.in_(select(func.json_each(bindparam(name)).table_valued("value").c.value))

    def given(self, columns: Sequence[Column[Any]], prefix: str = "") -> None:
        """A statement takes one row: here it is the driver's loop that is quick."""

    def chosen(self, table: Table, found: Select[Any]) -> ColumnElement[bool]:
        """By its key; nobody else has rows in hand while we write."""
        key = list(table.primary_key)
        return tuple_(*key).in_(found.with_only_columns(*key).correlate(None))

    def raw(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Its bytes, which needn't be text."""
        return cast(column, LargeBinary)

    def brief(self, text: str) -> str:
        """As it is: keys may be of any length."""
        return text


PHRASES = SqlitePhrases()


class SqliteTurn:
    """A transaction on that cursor."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor

    def rows(self, text: str, values: Sequence[Any] = ()) -> list[Row]:
        """The answer."""
        return self._cursor.execute(text, values).fetchall()

    def answers(self, questions: Sequence[Question]) -> list[list[Row]]:
        """The answers."""
        return [self._cursor.execute(text, values).fetchall() if text else [] for text, values in questions]

    def put(self, write: Write, rows: Rows) -> None:
        """Row by row."""
        if len(rows) == 1:
            self._cursor.execute(write.text, rows[0])
        else:
            self._cursor.executemany(write.text, rows)

    def run(self, text: str, values: Sequence[Any] = ()) -> None:
        """At once."""
        self._cursor.execute(text, values)


class Sqlite:
    """A SQLite file. Reading never waits; writers of all processes queue."""

    def __init__(self, where: Place) -> None:
        self.phrases: Phrases = PHRASES
        self.name = str(where.path)
        self._where = where
        self._queue = Queue(where.lock)
        self._connections = Connections(self.name, self._connect)
        watch_forks(self)

    def read(self, work: Callable[[Turn], T], *, single: bool = False) -> T:
        """What the work finds; all of it sees one state."""
        with self._lent() if single else self._lent("BEGIN", "COMMIT") as cursor:
            return work(SqliteTurn(cursor))

    def write(self, work: Callable[[Turn], T]) -> T:
        """What the work gives, durable; nothing of it where it raises."""
        with self._queue.turn(), self._lent("BEGIN IMMEDIATE", "COMMIT") as cursor:
            return work(SqliteTurn(cursor))

    def alone(self, work: Callable[[Turn], T]) -> T:
        """Whoever writes is alone."""
        return self.write(work)

    def migrate(self, work: Callable[[Connection], None]) -> None:
        """In one transaction: a migration that is stopped leaves nothing."""
        engine = create_engine("sqlite://", creator=self._connect, poolclass=NullPool)
        # The driver begins no transactions of its own; without this one a stopped migration would stay halfway.
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        try:
            with self._queue.turn(), engine.begin() as connection:
                work(connection)
        except DBAPIError as error:
            raise fault(error.orig if isinstance(error.orig, Exception) else error, self._where) from error
        finally:
            engine.dispose()

    def layout(self, turn: Turn) -> tuple[dict[str, set[str]], set[str]]:
        """From its own table of tables."""
        columns: dict[str, set[str]] = {}
        for table, column in turn.rows(
            "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
        ):
            columns.setdefault(table, set()).add(column)
        return columns, {name for (name,) in turn.rows("SELECT name FROM sqlite_master WHERE type = 'index'")}

    def forget(self) -> None:
        """Empty the log, in which overwritten rows live on; what a reader is just looking at goes with a later one."""
        with self._queue.turn(), self._lent() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close all threads' connections; later use is a StoreError."""
        with self._queue.turn():
            self._connections.close()
        self._queue.close()

    def before_fork(self) -> None:
        """Nobody writes, and nothing is open, while the process is doubled."""
        self._queue.pause()
        self._connections.before_fork()

    def after_fork(self) -> None:
        """Go on, in parent and child alike."""
        self._connections.after_fork()
        self._queue.resume()

    def _connect(self) -> sqlite3.Connection:
        try:
            return connect(self._where)
        except sqlite3.Error as error:
            raise fault(error, self._where) from error

    @contextmanager
    def _lent(self, begin: str = "", end: str = "") -> Iterator[sqlite3.Cursor]:
        with self._connections.lent() as held:
            cursor = held.connection.cursor()
            try:
                if begin:
                    cursor.execute(begin)
                yield cursor
                if end:
                    cursor.execute(end)
            except BaseException as error:
                _roll_back(held)
                if isinstance(error, _FAULTS):
                    raise fault(error, self._where) from error
                raise

    # what an operator wants

    def findings(self) -> Iterator[Finding]:
        """Its settings, its file and folder, and whether it is whole."""
        self._there()
        path = self._where.path
        yield _allowed("file", path, "give this user the right to read and write it")
        yield _allowed("folder", path.parent, "its log and lock file are written there")
        yield Finding("lock file", *_lockable(self._where.lock))
        free = shutil.disk_usage(path.parent).free
        yield Finding("free space", free >= ROOM, f"{free >> 20} MiB" + ("" if free >= ROOM else "; make room"))
        with self._lent() as cursor:
            for name, wanted in (
                ("journal_mode", "wal"),
                ("synchronous", 2),
                ("foreign_keys", 1),
                ("secure_delete", 1),
            ):
                (found,) = cursor.execute(f"PRAGMA {name}").fetchone()
                yield Finding(name.replace("_", " "), found == wanted, str(found))
            (whole,) = cursor.execute("PRAGMA integrity_check(1)").fetchone()
        yield Finding("integrity", whole == "ok", "" if whole == "ok" else f"{whole}: restore a backup")

    def backup(self, target: Path) -> str:
        """A copy as of one moment, checked, which takes its name when it is whole."""
        self._there()
        if target.exists():
            raise StoreError(f"{target} is there already; name another file")
        with self._lent() as cursor:
            _copied(cursor.connection, target)
        return f"{target}: {target.stat().st_size} bytes, checked"

    def _there(self) -> None:
        if not self._where.path.exists():
            raise StoreError(f"{self._where.path} is no database; open the desk once, or restore a backup there")

    def restore(self, source: Path) -> str:
        """A copy of the backup, checked, in the place of nothing or of a database without tables."""
        path = self._where.path
        if not source.is_file():
            raise StoreError(f"{source} is no file; name a backup")
        with self._queue.turn():
            if path.exists():
                with self._lent() as cursor:
                    if cursor.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
                        raise StoreError(f"{path} holds a store; move it away first")
                self._connections.close()
                path.unlink()
            self._connections.close()
            # A log left over by another database would be worked into this one.
            for left in ("-wal", "-shm"):
                path.with_name(path.name + left).unlink(missing_ok=True)
            try:
                with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as connection:
                    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
                        raise StoreError(f"{source} is no backup of a desk's database; name another file")
                    _copied(connection, path)
            except sqlite3.Error as error:
                raise fault(error, Place(source, 0, 0)) from error
        return f"{path}: {path.stat().st_size} bytes, checked"


def _copied(connection: sqlite3.Connection, target: Path) -> None:
    """Copy what the connection sees to the target, under another name until it is whole and on the disk."""
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with closing(sqlite3.connect(part, isolation_level=None)) as copy:
            connection.backup(copy)
            (whole,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        if whole != "ok":
            raise StoreError(f"the copy is damaged, as the database may be: {whole}; run `itsmkit store check`")
        _flushed(part)
        os.link(part, target)  # unlike a rename, it never takes the place of a file that came meanwhile
        _flushed(target.parent)
    except sqlite3.Error as error:
        raise fault(error, Place(target, 0, 0)) from error
    except OSError as error:
        raise StoreError(f"{target}: {error.strerror}: its folder must exist and be writable") from error
    finally:
        for left in ("", "-wal", "-shm"):
            part.with_name(part.name + left).unlink(missing_ok=True)


def _flushed(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        with suppress(OSError):  # folders can't be flushed everywhere
            os.fsync(file)
    finally:
        os.close(file)


def _allowed(what: str, path: Path, advice: str) -> Finding:
    sound = os.access(path, os.R_OK | os.W_OK)
    return Finding(what, sound, str(path) if sound else f"{path} can't be written: {advice}")


def _lockable(path: Path) -> tuple[bool, str]:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666))
    except OSError as error:
        return False, f"{path}: {error.strerror}: writing processes queue on it; give this user the right to write it"
    return True, str(path)


def _roll_back(held: Held[sqlite3.Connection]) -> None:
    try:
        if held.connection.in_transaction:
            held.connection.execute("ROLLBACK")
    except sqlite3.Error:
        held.close()
