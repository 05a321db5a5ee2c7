"""What is PostgreSQL's own: connecting, transactions, errors in words, how it says things, its health.

psycopg is imported here only. A transaction is two round trips where its work asks once and then puts: what it asks
and puts goes out without waiting, and COMMIT goes with what was put.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    Select,
    Table,
    any_,
    bindparam,
    create_engine,
    func,
    literal_column,
)
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert
from sqlalchemy.dialects.postgresql.psycopg import dialect as PsycopgDialect  # noqa: N812 - it is a class
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlalchemy.sql.selectable import FromClause

from itsmkit import Finding, ItsmError, OutcomeUnknown, PluginError, StoreError
from itsmkit_store_sql.connections import Connections, Held, watch_forks
from itsmkit_store_sql.databases import TRIES, Phrases, Question, Row, Rows, T, Turn, Write, unwritable

try:
    import psycopg
    from psycopg import Connection as Wire
except ImportError as missing:
    raise PluginError("PostgreSQL needs the driver psycopg: pip install 'itsmkit[postgres]'") from missing

BRIEF = 600
"""Longer texts are indexed by a digest: an entry of an index is at most 2704 bytes, and a character up to 4."""

SCHEMA_LOCK = 0x17534B
"""The advisory lock of whoever changes tables; any number that nobody else uses."""

_ANEW = {"23505", "40001", "40P01"}
"""Somebody wrote the same key, or both waited for each other: what was read doesn't hold any more."""

_ADVICE = {
    "23505": "a record or event is there twice or incomplete; run `itsmkit verify`",
    "40001": "others changed the same records again and again; try again",
    "40P01": "others changed the same records again and again; try again",
    "55P03": "another transaction holds what is needed; end it or try again",
    "57014": "it took too long; ask for less, or raise statement_seconds in the settings",
    "25P03": "it took too long; try again",
    "25006": "it can't be written; name the primary server, not a standby",
    "3F000": "this role sees no schema; create one, or GRANT USAGE on it",
    "42501": "this role lacks a right; grant it, `itsmkit store check` names what is missing",
    "53100": "the server's disk is full; make room and try again",
    "53300": "the server takes no more connections; raise max_connections or run fewer workers",
    "54000": "a value is too long for its index; shorten it",
    "28P01": "the password is wrong; correct it in the URL",
    "28000": "the server doesn't let this role in; correct the URL or pg_hba.conf",
    "3D000": "there is no such database; make it with createdb",
}
_UNKNOWN = "nothing was changed; try again"

_DEFAULTS: dict[str, Any] = {"connect_timeout": 10, "application_name": "itsmkit"}
_SETTINGS = """
SELECT set_config('lock_timeout', %s, false), set_config('statement_timeout', %s, false),
       set_config('idle_in_transaction_session_timeout', '60s', false), set_config('jit', 'off', false),
       set_config('default_transaction_isolation', 'read committed', false),
       set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit') IN ('off', 'local')
                                        THEN 'on' ELSE current_setting('synchronous_commit') END, false)
"""


class PostgresPhrases:
    """PostgreSQL's way to say things."""

    dialect: Dialect = PsycopgDialect(paramstyle="format")  # type: ignore[no-untyped-call]
    clock = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"
    hold = "SELECT pg_advisory_xact_lock(hashtextextended(one, 0)) FROM unnest(%s::text[]) one"

    def insert(self, table: Table) -> Insert:
        """With ON CONFLICT."""
        return insert(table)

    def listed(self, values: Iterable[Any]) -> str:
        """As an array's text, which is quicker made than the driver's own."""
        return array(values)

    def among(self, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
        """Any of the array."""
        return column == any_(bindparam(name, type_=ARRAY(column.type)))

    def given(self, columns: Sequence[Column[Any]], prefix: str = "") -> FromClause | None:
        """One array a column."""
        if any(isinstance(one.type, LargeBinary) for one in columns):
            return None
        arrays = [bindparam(f"{prefix}{one.name}", type_=ARRAY(one.type)) for one in columns]
        return func.unnest(*arrays).table_valued(*(one.name for one in columns)).render_derived(name="given")

    def chosen(self, table: Table, found: Select[Any]) -> ColumnElement[bool]:
        """By its place in the file, found before; rows that others hold are left to them.

        As a mere subquery, PostgreSQL would from some size on read the whole table for it.
        """
        places: Select[Any] = (
            found.with_only_columns(literal_column("ctid")).correlate(None).with_for_update(skip_locked=True)
        )
        return literal_column(f"{table.name}.ctid") == func.any(func.array(places.scalar_subquery()))

    def raw(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Itself: text is always text here."""
        return column

    def brief(self, text: str) -> str:
        """Itself or its digest."""
        return text if len(text) <= BRIEF else f"sha256:{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


PHRASES = PostgresPhrases()


def array(values: Iterable[Any]) -> str:
    """The values as PostgreSQL writes an array of texts or whole numbers."""
    values = list(values)
    if len(values) > 1 and values.count(values[0]) == len(values):
        return f"{{{','.join([_element(values[0])] * len(values))}}}"
    return f"{{{','.join(map(_element, values))}}}"


def _element(value: Any) -> str:
    if type(value) is not str:
        return "NULL" if value is None else str(value)
    if "\\" in value:
        value = value.replace("\\", r"\\")
    if '"' in value:
        value = value.replace('"', r"\"")
    return f'"{value}"'


class PostgresTurn:
    """A transaction on that connection, which is in pipeline mode but for single questions."""

    def __init__(self, wire: "Wire[Row]") -> None:
        self._wire = wire

    def rows(self, text: str, values: Sequence[Any] = ()) -> list[Row]:
        """The answer."""
        return self._wire.execute(text, values, prepare=True).fetchall()

    def answers(self, questions: Sequence[Question]) -> list[list[Row]]:
        """All on their way before the first is read."""
        cursors = [self._wire.execute(text, values, prepare=True) if text else None for text, values in questions]
        return [one.fetchall() if one else [] for one in cursors]

    def put(self, write: Write, rows: Rows) -> None:
        """On its way; a fault shows at the next answer or at the end."""
        if write.together:
            self._wire.execute(write.text, [array(column) for column in zip(*rows, strict=True)], prepare=True)
        else:
            for row in rows:
                self._wire.execute(write.text, row, prepare=True)

    def run(self, text: str, values: Sequence[Any] = ()) -> None:
        """On its way."""
        self._wire.execute(text, values)


class _Broken(Exception):
    """The connection is gone; `committing`: COMMIT may have been on its way."""

    def __init__(self, error: Exception, *, committing: bool) -> None:
        super().__init__(str(error))
        self.error, self.committing = error, committing


class Postgres:
    """A database of a PostgreSQL server."""

    def __init__(self, url: str, busy_seconds: float, statement_seconds: float) -> None:
        self.phrases: Phrases = PHRASES
        self._url = url
        self.name = _without_password(url)
        self._timeouts = (f"{int(busy_seconds * 1000)}ms", f"{int(statement_seconds * 1000)}ms")
        self._connections = Connections(self.name, self._connect)
        watch_forks(self)

    def read(self, work: Callable[[Turn], T], *, single: bool = False) -> T:
        """What the work finds; asked once more on a new connection where the old one was gone."""
        begin = () if single else ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",)
        return self._again(work, begin, "" if single else "COMMIT")

    def write(self, work: Callable[[Turn], T]) -> T:
        """What the work gives, durable; done anew where others came in its way."""
        return self._again(work, ("BEGIN",), "COMMIT", durable=True)

    def alone(self, work: Callable[[Turn], T]) -> T:
        """As `write`, behind a lock that only those who change tables take."""
        waiting = ("BEGIN", "SET LOCAL statement_timeout = 0", "SET LOCAL lock_timeout = 0")
        lock = f"SELECT pg_advisory_xact_lock({SCHEMA_LOCK})"
        return self._again(work, (*waiting, lock), "COMMIT", durable=True)

    def _again(self, work: Callable[[Turn], T], begin: Sequence[str], end: str, *, durable: bool = False) -> T:
        lost = 0
        for attempt in range(1, TRIES + 1):
            try:
                return self._once(work, begin, end)
            except _Broken as broken:
                if durable and broken.committing:
                    raise OutcomeUnknown(
                        f"{self.name}: the connection broke while a commit was under way: outcome unknown; "
                        "read again by command id"
                    ) from broken.error
                lost += 1
                if lost > 1:  # the first was of before, perhaps, and the server was started anew since
                    raise fault(broken.error, self.name) from broken.error
            except psycopg.Error as error:
                if error.sqlstate not in _ANEW or attempt == TRIES:
                    raise fault(error, self.name) from error
        raise AssertionError

    def _once(self, work: Callable[[Turn], T], begin: Sequence[str], end: str) -> T:
        with self._connections.lent() as held:
            wire, ending = held.connection, False

            def whole() -> T:
                nonlocal ending
                for text in begin:
                    wire.execute(text)
                found = work(PostgresTurn(wire))
                ending = True
                if end:
                    wire.execute(end)
                return found

            try:
                # A single question has nothing to wait for on its way.
                return _piped(wire, whole) if end else whole()
            except UnicodeEncodeError as error:
                _roll_back(held)
                raise unwritable(self.name, error) from error
            except psycopg.Error as error:
                _roll_back(held)
                if held.closed:
                    raise _Broken(error, committing=ending) from error
                raise
            except BaseException:
                _roll_back(held)
                raise

    def migrate(self, work: Callable[[Connection], None]) -> None:
        """In one transaction, behind the same lock as `alone`."""
        engine = create_engine("postgresql+psycopg://", creator=self._connect_plain, poolclass=NullPool)
        try:
            with engine.begin() as connection:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({SCHEMA_LOCK})")
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
                work(connection)
        except DBAPIError as error:
            raise fault(error.orig if isinstance(error.orig, Exception) else error, self.name) from error
        finally:
            engine.dispose()

    def layout(self, turn: Turn) -> tuple[dict[str, set[str]], set[str]]:
        """From its catalogue, of the schema that new tables go into."""
        found, indexes = turn.answers([(_COLUMNS, ()), (_INDEXES, ())])
        columns: dict[str, set[str]] = {}
        for table, column in found:
            columns.setdefault(table, set()).add(column)
        return columns, {name for (name,) in indexes}

    def forget(self) -> None:
        """Nothing that a client can do: the server's own vacuum removes what was overwritten, in time."""

    def close(self) -> None:
        """Close all threads' connections; later use is a StoreError."""
        self._connections.close()

    def before_fork(self) -> None:
        """Nothing is open while the process is doubled: two can't talk on one socket."""
        self._connections.before_fork()

    def after_fork(self) -> None:
        """Go on, in parent and child alike."""
        self._connections.after_fork()

    def _connect(self) -> "Wire[Row]":
        """A connection on which transactions begin and end by our own statements only."""
        wire = self._connect_plain()
        wire.autocommit = True
        return wire

    def _connect_plain(self) -> "Wire[Row]":
        try:
            said = psycopg.conninfo.conninfo_to_dict(self._url)
            wire = psycopg.connect(
                psycopg.conninfo.make_conninfo("", **(_DEFAULTS | said), client_encoding="utf8"), autocommit=True
            )
            wire.prepared_max = 1000
            wire.execute(_SETTINGS, self._timeouts)
            wire.autocommit = False
        except psycopg.Error as error:
            raise fault(error, self.name) from error
        return wire

    # what an operator wants

    def findings(self) -> Iterator[Finding]:
        """Settings of durability, encoding, isolation; rights of this role."""
        said = {name: (value, advice) for name, value, advice in _WANTED}
        rows = self.read(lambda turn: turn.rows(_CURRENT, (array(said),)), single=True)
        for name, found in rows:
            wanted, advice = said[name]
            sound = found in wanted
            yield Finding(name.replace("_", " "), sound, found if sound else f"{found}: {advice}")
        (schema, may_use, may_make), *_ = self.read(lambda turn: turn.rows(_SCHEMA_RIGHTS), single=True)
        if not schema:
            yield Finding("schema", False, "the search path names none that is there; create it or correct the URL")  # noqa: FBT003
            return
        yield Finding("schema", may_use, "" if may_use else f"GRANT USAGE ON SCHEMA {schema} to this role")
        yield Finding("making tables", may_make, "" if may_make else f"GRANT CREATE ON SCHEMA {schema} to this role")
        lacking = self.read(lambda turn: turn.rows(_TABLE_RIGHTS), single=True)
        said_of = "; ".join(f"GRANT {right} ON {table}" for table, right in lacking)
        yield Finding("rights on tables", not lacking, said_of)

    def backup(self, target: Path) -> str:
        """Refused: PostgreSQL's own tool does it."""
        raise StoreError(
            f"PostgreSQL is backed up by its own tool: pg_dump --format=custom --file={target} {self.name}"
        )

    def restore(self, source: Path) -> str:
        """Refused: PostgreSQL's own tool does it."""
        raise StoreError(
            f"PostgreSQL is restored by its own tool: pg_restore --exit-on-error --single-transaction "
            f"--dbname={self.name} {source}"
        )


_COLUMNS = """
SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
  AND a.attnum > 0 AND NOT a.attisdropped
"""
_INDEXES = "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
_WANTED = (
    ("fsync", ("on",), "a power cut loses data; set it on and restart the server"),
    ("full_page_writes", ("on",), "a power cut can tear pages; set it on"),
    ("synchronous_commit", ("on", "remote_apply", "remote_write"), "a crash loses the last commits; set it on"),
    ("transaction_isolation", ("read committed",), "set default_transaction_isolation to read committed"),
    ("server_encoding", ("UTF8",), "make the database with ENCODING 'UTF8'"),
)
_CURRENT = "SELECT one, current_setting(one) FROM unnest(%s::text[]) one"
_SCHEMA_RIGHTS = """
SELECT one, has_schema_privilege(one, 'USAGE'), has_schema_privilege(one, 'CREATE') FROM current_schema() one
"""
_TABLE_RIGHTS = """
SELECT c.relname, p FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND NOT has_table_privilege(c.oid, p)
ORDER BY 1, 2
"""


def fault(error: Exception, name: str) -> StoreError:
    """The error as one line that says what to do."""
    if isinstance(error, psycopg.DataError):
        return unwritable(name, error)
    state = getattr(error, "sqlstate", None) or ""
    text = " ".join(str(error).split())
    if isinstance(error, psycopg.OperationalError) and not state:
        advice = "the server doesn't answer; start it, or correct the URL"
        advice = next((told for said, told in _AT_THE_DOOR.items() if said in text), advice)
    else:
        advice = _ADVICE.get(state, _UNKNOWN)
    return StoreError(f"{name}: {text}: {advice}")


_AT_THE_DOOR = {
    "does not exist": _ADVICE["3D000"],
    "password": _ADVICE["28P01"],
    "pg_hba.conf": _ADVICE["28000"],
    "too many": _ADVICE["53300"],
    "remaining connection slots": _ADVICE["53300"],
}
"""A refused connection brings no code, only words."""


def _without_password(url: str) -> str:
    try:
        told = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.Error:
        msg = "the store's URL can't be read: write what is special in user and password as %XX"
        raise PluginError(msg) from None  # its text quotes the URL
    host, port, user, name = (quote(str(told.get(key) or ""), safe="") for key in ("host", "port", "user", "dbname"))
    return f"postgresql://{user}{'@' if user else ''}{host}{':' if port else ''}{port}/{name}"


def _piped(wire: "Wire[Row]", work: Callable[[], T]) -> T:
    """The work in pipeline mode; its first fault, not those of what was on its way behind it, which would be logged."""
    found: list[T] = []
    first: Exception | None = None
    try:
        with wire.pipeline():
            try:
                found.append(work())
            except (psycopg.Error, ItsmError, UnicodeEncodeError) as error:
                first = error
    except psycopg.Error as error:
        first = first or error
    if first:
        raise first
    return found[0]


def _roll_back(held: "Held[Wire[Row]]") -> None:
    wire = held.connection
    with suppress(psycopg.Error):
        if not wire.closed and wire.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            wire.execute("ROLLBACK")
    if wire.closed or wire.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        held.close()
