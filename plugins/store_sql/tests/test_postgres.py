"""What is PostgreSQL's own: connections that break, locks, races, rights, texts it doesn't take, plans."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from attrs import evolve

from itsmkit import (
    TICKET,
    Done,
    Lane,
    OutcomeUnknown,
    PluginError,
    Query,
    RecordType,
    Scope,
    StoreError,
    StoreOutdated,
    Todo,
    Unit,
)
from itsmkit.testing import AT, blob, change, commit_all, commit_change, commit_new
from itsmkit.testing.sample_type import SAMPLE, sample
from itsmkit_store_sql import Settings, plugin, upgrading
from itsmkit_store_sql.databases import Write
from itsmkit_store_sql.plan import plan

ALL = Scope.system("test")
TYPES = (SAMPLE, TICKET)
PATIENCE = 20


def opened(url: str, *types: RecordType, settings: Settings | None = None) -> Any:
    return plugin(settings or Settings()).itsmkit_open_store(url, types or TYPES, None)


@pytest.fixture
def url(emptied: Any) -> str:
    found: str = emptied(TYPES)
    return found


@pytest.fixture
def altered(emptied: Any) -> Iterator[None]:
    """For tests that make tables of their own, or change them."""
    emptied.altered()
    yield
    emptied.altered()


@pytest.fixture
def store(url: str) -> Iterator[Any]:
    with closing(opened(url)) as one:
        yield one


@pytest.fixture
def other(url: str) -> Iterator["psycopg.Connection[Any]"]:
    with closing(psycopg.connect(url, autocommit=True)) as one:
        yield one


class Committing(Thread):
    """A commit under way; `outcome` is what it gave or raised."""

    def __init__(self, store: Any, *units: Unit) -> None:
        super().__init__(daemon=True)
        self._store, self._units = store, units
        self.outcome: Any = None
        self.start()

    def run(self) -> None:
        try:
            self.outcome = self._store.commit(*self._units)
        except StoreError as fault:
            self.outcome = fault

    def ended(self) -> Any:
        self.join(PATIENCE)
        assert not self.is_alive()
        return self.outcome


def waiting(other: "psycopg.Connection[Any]") -> int:
    """The process that waits for a lock, as soon as one does."""
    for _ in range(100_000):
        # Not out of pg_stat_activity, which stands still within a transaction.
        if row := other.execute("SELECT pid FROM pg_locks WHERE NOT granted").fetchone():
            pid: int = row[0]
            return pid
    raise AssertionError("nobody waits")


# urls, drivers, errors


@pytest.mark.parametrize(
    ("url", "match"),
    [
        ("postgresql://me:secret@127.0.0.1:1/desk", "start it, or correct the URL"),
        ("postgresql://me:secret@/desk?port=none", "nothing was changed|correct the URL"),
        ("postgresql://127.0.0.1:1/desk?user=me&password=secret", "start it, or correct the URL"),
        ("postgresql://me:%zzsecret@127.0.0.1:1/desk", "write what is special"),
    ],
)
def test_a_server_that_is_not_there_is_told_without_the_password(url: str, match: str) -> None:
    with pytest.raises((StoreError, PluginError), match=match) as caught:
        opened(url)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_database_that_is_not_there_is_named(url: str) -> None:
    with pytest.raises(StoreError, match="make it with createdb"):
        opened(url + "_not")


def test_a_missing_driver_is_named_with_what_brings_it() -> None:
    program = """
import sys
sys.modules["psycopg"] = None
from itsmkit import PluginError
from itsmkit_store_sql import Settings, plugin
try:
    plugin(Settings()).itsmkit_open_store("postgresql:///desk", (), None)
except PluginError as fault:
    print(fault)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)  # noqa: S603
    assert "itsmkit[postgres]" in done.stdout
    assert issubclass(PluginError, Exception)


def test_sqlite_alone_needs_no_driver_of_a_server(tmp_path: Path) -> None:
    program = f"""
import sys
from itsmkit_store_sql import Settings, plugin
plugin(Settings()).itsmkit_open_store("sqlite:///{tmp_path}/desk.db", (), None).close()
assert "psycopg" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)  # noqa: S603


# values


def test_texts_that_no_column_takes_raise_and_nothing_is_written(store: Any) -> None:
    for bad in (sample(2, word="a\0b"), sample(2, word="\ud800"), sample(2, codes=("a\0",)), sample(2, group="\udfff")):
        with pytest.raises(StoreError, match="can't be kept"):
            store.commit(Unit((change(sample(1)),)), Unit((change(bad),)))
        assert store.find(Query("sample"), ALL).items == ()
    assert commit_new(store, sample(1)).version == 1


def test_keys_terms_and_reach_of_any_length_are_kept_and_found(store: Any) -> None:
    long = "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(3000))
    word = "x".join(str(n) for n in range(2000))
    one = sample(1, codes=(long,), reach=(f"person:{long}",), text=f"about {word}")
    kept = commit_new(store, one)
    assert store.get("sample", f"code:{long}", ALL) == kept
    assert store.find(Query("sample"), Scope(frozenset({f"person:{long}"}))).items[0].id == kept.id
    assert store.find(Query("sample", like=(word,)), ALL).items == (kept,)
    (taken,) = store.commit(Unit((change(sample(2, codes=(long,))),)))
    assert (taken.key, taken.id) == (f"code:{long}", kept.id)
    freed = commit_change(store, kept, codes=(), text="")
    assert store.get("sample", f"code:{long}", ALL) is None
    assert store.find(Query("sample", like=(word,)), ALL).items == ()
    first = store.commit(Unit((change(sample(3)),), command=long))
    assert store.commit(Unit((change(sample(3)),), command=long)) == (evolve(first[0], repeated=True),)
    assert freed.version == 2


def test_a_field_of_twenty_megabytes_comes_back(store: Any) -> None:
    kept = commit_new(store, sample(1, remark='quoted "\\" 记 ' * 1_500_000))
    assert store.get("sample", kept.id, ALL) == kept


def test_a_file_comes_back_in_one_piece(store: Any) -> None:
    data = blob(bytes(range(256)) * 5000)
    commit_new(store, sample(1, files=(data.digest,)), blobs=(data,))
    assert store.blob(data.digest, ALL) == data


# connections


def test_a_connection_says_who_it_is_and_gives_up_in_time(store: Any, other: "psycopg.Connection[Any]") -> None:
    commit_new(store, sample(1))
    names = other.execute("SELECT application_name FROM pg_stat_activity WHERE pid <> pg_backend_pid()").fetchall()
    assert ("itsmkit",) in names
    found = store._database.read(
        lambda turn: [
            turn.rows(f"SHOW {name}")[0][0]
            for name in (
                "lock_timeout",
                "statement_timeout",
                "idle_in_transaction_session_timeout",
                "synchronous_commit",
            )
        ]
    )
    assert found == ["10s", "1min", "1min", "on"]


def killed(other: "psycopg.Connection[Any]") -> None:
    other.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
        "AND datname = current_database()"
    )


def test_a_connection_that_was_dropped_is_replaced(store: Any, other: "psycopg.Connection[Any]") -> None:
    kept = commit_new(store, sample(1))
    killed(other)
    assert store.get("sample", kept.id, ALL) == kept
    killed(other)
    assert commit_change(store, kept, word="b").version == 2


def test_a_commit_that_is_cut_off_before_its_end_is_done_on_another_connection(
    store: Any, other: "psycopg.Connection[Any]"
) -> None:
    kept = commit_new(store, sample(1))
    with other.transaction():
        other.execute("SELECT 1 FROM r_sample FOR UPDATE")
        commit = Committing(store, Unit((change(evolve(kept, word="b"), before=kept),)))
        other.execute("SELECT pg_terminate_backend(%s)", (waiting(other),))
    (done,) = commit.ended()
    assert isinstance(done, Done)
    assert store.get("sample", kept.id, ALL).version == 2


SLOW = """
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION slow()
"""


@pytest.mark.usefixtures("altered")
@pytest.mark.parametrize("command", ["", "once"])
def test_a_commit_that_the_server_ends_is_told_or_done_by_its_command(
    store: Any, other: "psycopg.Connection[Any]", command: str
) -> None:
    other.execute(SLOW)
    with other.transaction():
        other.execute("SELECT pg_advisory_xact_lock(7)")
        commit = Committing(store, Unit((change(sample(1)),), command=command))
        other.execute("SELECT pg_terminate_backend(%s)", (waiting(other),))
    if command:
        (done,) = commit.ended()
        assert isinstance(done, Done)
        assert not done.repeated
    else:
        assert isinstance(commit.ended(), OutcomeUnknown)
        assert "read again by command id" in str(commit.outcome)
    assert len(store.find(Query("sample"), ALL).items) == bool(command)


class Wire:
    """A way to the server that can be cut: from then on answers are lost, and the first one ends the connection."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._door = socket.create_server(("127.0.0.1", 0))
        self.cut = Event()
        Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        user = self._url.netloc.rpartition("@")[0]
        return self._url._replace(netloc=f"{user}@127.0.0.1:{self._door.getsockname()[1]}").geturl()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._door.accept()
                server = socket.create_connection((self._url.hostname or "127.0.0.1", self._url.port or 5432))
                Thread(target=self._carry, args=(client, server, False), daemon=True).start()
                Thread(target=self._carry, args=(server, client, True), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, answers: bool) -> None:  # noqa: FBT001
        with suppress(OSError):
            while data := source.recv(1 << 16):
                if answers and self.cut.is_set():
                    self.cut.clear()
                    break
                target.sendall(data)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        source.close()

    def close(self) -> None:
        self._door.close()


@pytest.mark.usefixtures("altered")
@pytest.mark.parametrize("command", ["", "once"])
def test_a_commit_whose_answer_is_lost_is_told_or_found_by_its_command(
    url: str, store: Any, other: "psycopg.Connection[Any]", command: str
) -> None:
    other.execute(SLOW)
    with closing(Wire(url)) as wire, closing(opened(wire.url)) as far:
        with other.transaction():
            other.execute("SELECT pg_advisory_xact_lock(7)")
            commit = Committing(far, Unit((change(sample(1)),), command=command))
            waiting(other)
            wire.cut.set()
        outcome = commit.ended()
    if command:
        assert isinstance(outcome[0], Done)
        assert outcome[0].repeated
    else:
        assert isinstance(outcome, OutcomeUnknown)
    assert len(store.find(Query("sample"), ALL).items) == 1
    assert len(store.history("sample", sample(1).id, ALL)) == 1


# locks


def test_a_lock_that_is_not_let_go_is_told_in_time(url: str, store: Any, other: "psycopg.Connection[Any]") -> None:
    kept = commit_new(store, sample(1))
    with closing(opened(url, settings=Settings(busy_seconds=0.1))) as hasty, other.transaction():
        other.execute("SELECT 1 FROM r_sample FOR UPDATE")
        with pytest.raises(StoreError, match="another transaction holds"):
            commit_change(hasty, kept, word="b")
        assert hasty.get("sample", kept.id, ALL) == kept


def test_a_deadlock_is_done_anew(store: Any, other: "psycopg.Connection[Any]", url: str) -> None:
    first, second = commit_all(store, [sample(1), sample(2)])
    with closing(psycopg.connect(url)) as third:
        third.execute("SET deadlock_timeout = '60s'")  # so that it is the store that is told
        third.execute("SELECT 1 FROM r_sample WHERE id = %s FOR UPDATE", (second.id,))
        both = Unit(tuple(change(evolve(one, word="b"), before=one) for one in (first, second)))
        commit = Committing(store, both)
        waiting(other)
        third.execute("SELECT 1 FROM r_sample WHERE id = %s FOR UPDATE", (first.id,))
        third.rollback()
    assert isinstance(commit.ended()[0], Done)


def program(name: str, url: str) -> list[str]:
    script = Path(__file__).with_name("programs.py")
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, script, name, url], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_of_processes_that_want_the_same_exactly_one_gets_it(url: str) -> None:
    said = [dict(part.split("=") for part in line.split()) for line in program("races", url)]
    assert len(said) == 4
    losers = {"id": "Conflict", "key": "Duplicate", "command": "repeated"}
    for name in said[0]:
        outcomes = sorted(one[name] for one in said)
        assert outcomes == sorted(["Done", *[losers[name.rstrip("0123456789")]] * 3])


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_processes_lease_each_todo_once(url: str) -> None:
    got = [id_ for line in program("leases", url) for id_ in line.split(",") if id_]
    assert sorted(got) == [sample(serial).id for serial in range(1, 101)]


# plans


def explained(other: "psycopg.Connection[Any]", text: str) -> str:
    parts = text.split("%s")
    numbered = "".join(f"{part}${at}" for at, part in enumerate(parts[:-1], 1)) + parts[-1]
    return "\n".join(line for (line,) in other.execute(f"EXPLAIN (GENERIC_PLAN) {numbered}"))


def every_statement(url: str) -> dict[str, str]:
    with closing(opened(url)) as store:
        statements = plan(TYPES, store._database.phrases).statements
    named = {name: getattr(statements, name) for name in statements.__slots__ if not name.startswith("_")}
    return {
        name: one.text if isinstance(one, Write) else one for name, one in named.items() if isinstance(one, Write | str)
    }


def test_each_statement_has_an_index_to_go_by(url: str, other: "psycopg.Connection[Any]") -> None:
    texts = every_statement(url)
    assert len(texts) > 30
    other.execute("SET enable_seqscan = off")
    for name, text in texts.items():
        assert "Seq Scan" not in explained(other, text), name


def test_a_claim_among_many_todos_goes_by_the_index_whatever_their_number(
    url: str, other: "psycopg.Connection[Any]"
) -> None:
    text = every_statement(url)["claim"]
    for upto in (2_000, 50_000):
        other.execute(
            "INSERT INTO lanes SELECT 'work', 'sample', md5(n::text), '', n, 0, 0, 0, 0, 0 "
            "FROM generate_series((SELECT count(*) FROM lanes), %s) n",
            (upto,),
        )
        other.execute("ANALYZE lanes")
        found = explained(other, text)
        assert "Tid Scan on lanes" in found
        assert "lanes_by_due" in found
        assert "Seq Scan" not in found
        assert "Sort" not in found


# rights


@contextmanager
def guest(url: str, other: "psycopg.Connection[Any]", grants: str) -> Iterator[str]:
    other.execute("CREATE ROLE itsmkit_guest LOGIN")
    try:
        other.execute(grants)
        parts = urlsplit(url)
        yield parts._replace(netloc=f"itsmkit_guest@{parts.netloc.rpartition('@')[2]}").geturl()
    finally:
        killed(other)
        other.execute("DROP OWNED BY itsmkit_guest; DROP ROLE itsmkit_guest")


def findings(url: str) -> dict[str, Any]:
    keeper = plugin(Settings()).itsmkit_keep_store(url, TYPES)
    assert keeper
    return {one.what: one for one in keeper.check()}


@pytest.mark.usefixtures("altered")
def test_a_right_that_is_missing_is_told_and_named_by_the_check(
    url: str, store: Any, other: "psycopg.Connection[Any]"
) -> None:
    kept = commit_new(store, sample(1))
    grants = """
    GRANT USAGE ON SCHEMA public TO itsmkit_guest;
    GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA public TO itsmkit_guest
    """
    with guest(url, other, grants) as theirs:
        with closing(opened(theirs)) as weak:
            assert weak.get("sample", kept.id, ALL) == kept
            with pytest.raises(StoreError, match=r"lacks a right.*itsmkit store check"):
                commit_new(weak, sample(2))
        found = findings(theirs)
    assert not found["rights on tables"].sound
    assert "GRANT INSERT ON events" in found["rights on tables"].said
    assert not found["making tables"].sound


# the keeper


def test_a_sound_database_is_found_sound(url: str, store: Any) -> None:
    commit_new(store, sample(1))
    found = findings(url)
    assert {what for what, one in found.items() if not one.sound} == set()
    assert {"fsync", "full page writes", "server encoding", "clock", "tables and indexes"} <= set(found)


@pytest.mark.usefixtures("altered")
def test_what_a_database_lacks_is_found(url: str, store: Any, other: "psycopg.Connection[Any]") -> None:
    commit_new(store, sample(1))
    other.execute("DROP INDEX r_sample_by_word")
    found = findings(url)
    assert not found["tables and indexes"].sound
    assert "index r_sample_by_word" in found["tables and indexes"].said


def test_a_server_that_does_not_answer_is_a_finding() -> None:
    found = findings("postgresql://me@127.0.0.1:1/desk")
    assert not found["answers"].sound


@pytest.mark.parametrize(("verb", "tool"), [("backup", "pg_dump --format=custom"), ("restore", "pg_restore")])
def test_copies_are_left_to_the_tools_of_the_server(url: str, verb: str, tool: str) -> None:
    keeper = plugin(Settings()).itsmkit_keep_store(url, TYPES)
    with pytest.raises(StoreError, match=tool):
        getattr(keeper, verb)(Path("desk.dump"))


# upgrading

OLD = evolve(SAMPLE, fields=tuple(one for one in SAMPLE.fields if one.name not in ("word", "number")))


def upgraded(url: str, *types: RecordType) -> tuple[str, ...]:
    keeper = plugin(Settings()).itsmkit_keep_store(url, types)
    assert keeper
    return tuple(keeper.upgrade())


@pytest.mark.usefixtures("altered")
def test_an_upgrade_that_was_stopped_goes_on_where_it_was(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(opened(url, OLD)) as store:
        commit_all(store, [sample(n, word=f"w{n % 10}", number=n) for n in range(1, 1204)])
    real = upgrading.view

    def view(type_: RecordType, row: Any, scope: Scope) -> Any:
        if row[0] == sample(700).id:
            raise KeyboardInterrupt
        return real(type_, row, scope)

    monkeypatch.setattr(upgrading, "view", view)
    with pytest.raises(KeyboardInterrupt):
        upgraded(url, SAMPLE)
    monkeypatch.undo()
    with pytest.raises(StoreOutdated):
        opened(url, SAMPLE)
    assert "filled word, number of 703 records of sample" in upgraded(url, SAMPLE)
    with closing(opened(url, SAMPLE)) as store:
        numbers = [one.number for one in store.find(Query("sample", order="number"), ALL, limit=9999).items]
    assert numbers == list(range(1, 1204))
    assert upgraded(url, SAMPLE) == ()


COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, collation_name
FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2
"""


def layout(other: "psycopg.Connection[Any]") -> tuple[Any, Any]:
    indexes = other.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1").fetchall()
    return other.execute(COLUMNS).fetchall(), indexes


@pytest.mark.usefixtures("altered")
def test_migrations_make_what_an_empty_database_is_given(url: str, other: "psycopg.Connection[Any]") -> None:
    opened(url).close()
    given = layout(other)
    other.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE guest (name text)")
    assert upgraded(url, *TYPES)[0].startswith("fixed tables brought to revision")
    other.execute("DROP TABLE guest")
    assert layout(other) == given


@pytest.mark.usefixtures("altered")
def test_stores_opened_at_once_on_an_empty_database_set_it_up_once(url: str) -> None:
    stores: list[Any] = []
    threads = [Thread(target=lambda: stores.append(opened(url))) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(PATIENCE)
    assert len(stores) == 4
    commit_new(stores[0], sample(1), todos=(Todo(Lane.WORK, AT),))
    assert all(one.get("sample", sample(1).id, ALL) for one in stores)
    for one in stores:
        one.close()
