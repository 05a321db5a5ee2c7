"""What is SQLite's own: files, settings of connections, errors in words, statements that use their indexes."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from attrs import evolve

from itsmkit import (
    TICKET,
    Field,
    Lane,
    Op,
    Query,
    RecordType,
    Scope,
    Store,
    StoreError,
    StoreOutdated,
    Tally,
    Test,
    Todo,
    Unit,
)
from itsmkit.testing import AT, blob, change, commit_all, commit_change, commit_new, ticket
from itsmkit.testing.sample_type import SAMPLE, Sample, sample
from itsmkit_store_sql import Settings, plugin
from itsmkit_store_sql.databases import Write
from itsmkit_store_sql.plan import plan
from itsmkit_store_sql.questions import shape
from itsmkit_store_sql.sqlite import PHRASES, connect, place
from itsmkit_store_sql.writing import CHUNK

ALL = Scope.system("test")


def opened(file: Path, *types: RecordType, settings: Settings | None = None) -> Any:
    return plugin(settings or Settings()).itsmkit_open_store(f"sqlite:///{file}", types or (SAMPLE, TICKET), None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    with closing(opened(file)) as one:
        yield one


# urls


@pytest.mark.parametrize("url", ["mongodb://host/desk", "mysql://host/desk", "scratch:"])
def test_other_kinds_of_url_are_left_to_other_plugins(url: str) -> None:
    assert plugin(Settings()).itsmkit_open_store(url, (SAMPLE,), None) is None
    assert plugin(Settings()).itsmkit_keep_store(url, (SAMPLE,)) is None


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite:desk.db", "sqlite:///file:x"])
def test_a_url_without_a_file_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(StoreError, match=r"names no file.*sqlite:///desk\.db"):
        plugin(Settings()).itsmkit_open_store(url, (SAMPLE,), None)


# connections


def test_connections_are_durable_and_leave_no_trace_of_what_they_delete(file: Path) -> None:
    with closing(connect(place(f"sqlite:///{file}", 2.5, 8))) as connection:

        def pragma(name: str) -> Any:
            return connection.execute(f"PRAGMA {name}").fetchone()[0]

        assert pragma("journal_mode") == "wal"
        assert pragma("synchronous") == 2
        assert pragma("foreign_keys") == 1
        assert pragma("secure_delete") == 1
        assert pragma("busy_timeout") == 2500
        assert pragma("cache_size") == -8 * 1024


def test_opening_again_finds_everything(file: Path) -> None:
    data = blob(b"x" * (2 * CHUNK + 1))
    record = sample(1, word="a", text="printer broken", codes=("k",), files=(data.digest,), reach=("team:net",))
    with closing(opened(file)) as one:
        kept = commit_new(one, record, todos=(Todo(Lane.WORK, AT),), blobs=(data,))
        told = one.history("sample", kept.id, ALL)
    with closing(opened(file)) as one:
        assert one.get("sample", "code:k", ALL) == kept
        assert one.history("sample", kept.id, ALL) == told
        assert one.find(Query("sample", like=("printer",)), Scope(frozenset({"team:net"}))).items
        assert one.blob(data.digest, ALL) == data
        assert [lease.id for lease in one.lease(Lane.WORK, 10)] == [kept.id]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are counted in /proc")
def test_a_thread_that_ends_takes_its_connection_with_it(file: Path, store: Any) -> None:
    def handles() -> int:
        links = (one.readlink() for one in Path("/proc/self/fd").iterdir() if one.is_symlink())
        return sum(one == file for one in links)

    seen: list[Any] = []
    before = handles()
    for _ in range(5):
        thread = Thread(target=lambda: seen.append(store.get("sample", "1", ALL)))
        thread.start()
        thread.join()
    assert seen == [None] * 5
    assert handles() <= before + 1  # SQLite itself keeps one at hand for the next


def test_a_closed_store_says_so(file: Path) -> None:
    one = opened(file)
    one.close()
    with pytest.raises(StoreError, match="was closed"):
        one.get("sample", "1", ALL)
    one.close()


# errors, each one line that says what to do


def broken(file: Path, match: str) -> None:
    with pytest.raises(StoreError, match=match) as caught:
        opened(file)
    assert "\n" not in str(caught.value)
    assert not isinstance(caught.value, StoreOutdated)


def test_a_file_that_is_no_database_is_named(file: Path) -> None:
    file.write_bytes(b"Dear all, please find attached " * 100)
    broken(file, "no SQLite database")


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    broken(tmp_path / "nowhere" / "desk.db", "folder must exist")


def test_a_damaged_file_is_told_and_nothing_is_answered(file: Path) -> None:
    with closing(opened(file)) as one:
        commit_all(one, [sample(n, text=f"matter {n} " * 50) for n in range(1, 200)])
    pages = bytearray(file.read_bytes())
    for start in range(8 * 4096, len(pages), 4096):
        pages[start : start + 100] = b"\xa5" * 100
    file.write_bytes(pages)
    with pytest.raises(StoreError, match=r"damaged.*restore a backup"), closing(opened(file)) as one:
        one.find(Query("sample"), ALL, limit=1000)


def test_a_database_that_another_program_holds_is_told(file: Path) -> None:
    with closing(opened(file, settings=Settings(busy_seconds=0.05))) as one, closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another program holds"):
            commit_new(one, sample(1))
        assert one.find(Query("sample"), ALL).items == ()
        other.rollback()
        assert commit_new(one, sample(1)).version == 1


def test_half_a_character_is_refused_and_nothing_of_the_batch_is_written(store: Store) -> None:
    with pytest.raises(StoreError, match="half a character"):
        store.commit(Unit((change(sample(1)),)), Unit((change(sample(2, word="\ud800")),)))
    assert store.find(Query("sample"), ALL).items == ()


FULL = """
import sys
sys.path.insert(0, {folder!r})
from programs import ALL, commit_new, opened, told
from itsmkit import Query, StoreError
import resource
store = opened({file!r})
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
kept = 0
try:
    while kept < 5000:
        commit_new(store, told(kept + 10))
        kept += 1
except StoreError as fault:
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(kept, len(store.find(Query("sample"), ALL, limit=9999).items))
    commit_new(store, told(9))
    print(fault)
"""


def test_a_disk_that_takes_no_more_is_told_and_nothing_is_half_written(file: Path) -> None:
    program = FULL.format(folder=str(Path(__file__).parent), file=str(file))
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    counts, fault = done.stdout.strip().split("\n")
    kept, found = map(int, counts.split())
    assert kept == found > 10
    assert "disk" in fault
    assert "space" in fault or "room" in fault


def test_a_field_named_like_a_column_of_the_store_is_refused(file: Path) -> None:
    with pytest.raises(StoreError, match="'body'"):
        opened(file, evolve(SAMPLE, fields=(Field("body"),)))


def test_a_field_named_like_a_header_is_that_column(file: Path) -> None:
    with closing(
        opened(file, evolve(SAMPLE, fields=(*SAMPLE.fields, Field("head"), Field("id", indexed=True))))
    ) as one:
        kept = commit_new(one, sample(1))
        assert one.find(Query("sample", (Test("head", Op.IS, kept.head), Test("id", Op.IS, kept.id))), ALL).items == (
            kept,
        )


# a damaged event is shown, so that it can be named


def test_a_damaged_event_is_shown_by_what_is_left_of_it(file: Path, store: Store) -> None:
    kept = commit_change(store, commit_new(store, sample(1)), word="b")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE events SET text = '{' WHERE seq = 1")
    first, second = store.history("sample", kept.id, ALL)
    assert (first.seq, first.code, first.at, first.text) == (1, "noted", AT, "{")
    assert second.seq == 2


# terms that an earlier analyser left


def test_a_record_whose_terms_are_there_already_can_still_be_changed(file: Path, store: Store) -> None:
    kept = commit_new(store, sample(1, text="old"))
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("INSERT INTO terms VALUES ('sample', 'printer', ?)", (kept.id,))
    commit_change(store, kept, text="printer")
    assert len(store.find(Query("sample", like=("printer",)), ALL).items) == 1


# large scopes and small ones are searched in different ways


def test_a_scope_that_reaches_many_answers_like_one_that_reaches_few(store: Store) -> None:
    commit_all(store, [sample(n, number=n % 3, reach=("team:net",) if n % 2 else ("team:db",)) for n in range(1, 1203)])
    few, many = Scope(frozenset({"team:net", "x"})), Scope(frozenset({"team:net", "team:db"}))
    assert len(store.find(Query("sample"), few, limit=9999).items) == 601
    assert len(store.find(Query("sample"), many, limit=9999).items) == 1202
    assert [one.n for one in store.tally(Tally("sample", ("number",)), few)] == [200, 201, 200]
    assert sum(one.n for one in store.tally(Tally("sample", ("number",)), many)) == 1202


# plans

NET = Scope(frozenset({"team:net"}))
PLAN = plan((SAMPLE, TICKET), PHRASES)


def steps(file: Path, text: str, parameters: int) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", [None] * parameters)]


@pytest.mark.usefixtures("store")
def test_no_fixed_statement_reads_a_whole_table(file: Path) -> None:
    statements = PLAN.statements
    every = [getattr(statements, name, None) for name in statements.__slots__]
    texts = [one.text if isinstance(one, Write) else one for one in every if isinstance(one, Write | str)]
    assert len(texts) > 30
    for text in texts:
        scanned = [step for step in steps(file, text, text.count("?")) if step.startswith("SCAN")]
        assert all("json_each" in step or "some" in step or "anon" in step for step in scanned), (text, scanned)


@pytest.mark.usefixtures("store")
def test_a_lane_is_read_in_order_without_sorting(file: Path) -> None:
    text = PLAN.statements.claim
    found = steps(file, text, text.count("?"))
    assert any("lanes_by_due" in step for step in found)
    assert not any("TEMP B-TREE FOR ORDER" in step for step in found)


@pytest.mark.usefixtures("store")
def test_a_page_by_an_indexed_field_is_read_in_order_without_sorting_all(file: Path) -> None:
    query = Query("ticket", (Test("status", Op.IS, "new"),))
    statement = PLAN.question(shape(query, ids=False, keys=True, behind=True))
    found = steps(file, statement.text, len(statement.names))
    assert any("r_ticket_by_status" in step for step in found)
    assert sum("TEMP B-TREE" in step for step in found) <= 1  # the page itself, at the end


def test_a_ticket_comes_back_by_its_number(store: Store) -> None:
    kept = commit_new(store, ticket(7))
    assert store.get("ticket", "number:T26-000007", ALL) == kept
    assert isinstance(commit_new(store, sample(7)), Sample)
