"""What an operator does to a SQLite database: looking at it, copying it while it is in use, putting a copy back."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from itsmkit import Query, Scope, Store, StoreError
from itsmkit.testing import commit_all, commit_new
from itsmkit.testing.sample_type import SAMPLE, sample
from itsmkit_store_sql import Settings, plugin

ALL = Scope.system("test")


def opened(file: Path) -> Any:
    return closing(plugin(Settings()).itsmkit_open_store(f"sqlite:///{file}", (SAMPLE,), None))


def keeper(file: Path) -> Any:
    return plugin(Settings()).itsmkit_keep_store(f"sqlite:///{file}", (SAMPLE,))


def unsound(file: Path) -> dict[str, str]:
    return {one.what: one.said for one in keeper(file).check() if not one.sound}


def ids(store: Store) -> list[str]:
    return [one.id for one in store.find(Query("sample"), ALL, limit=100_000).items]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


@pytest.fixture
def filled(file: Path) -> Path:
    with opened(file) as store:
        commit_all(store, [sample(n, text=f"matter {n} " * 20) for n in range(1, 300)])
    return file


# looking


def test_a_sound_database_is_found_sound(filled: Path) -> None:
    found = {one.what for one in keeper(filled).check()}
    assert {"file", "folder", "lock file", "free space", "journal mode", "synchronous", "integrity"} <= found
    assert unsound(filled) == {}


def test_a_damaged_database_is_found_damaged(filled: Path) -> None:
    pages = bytearray(filled.read_bytes())
    for start in range(8 * 4096, len(pages), 4096):
        pages[start : start + 100] = b"\xa5" * 100
    filled.write_bytes(pages)
    assert "restore a backup" in " ".join(unsound(filled).values())


def test_a_missing_index_is_found(filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute("DROP INDEX r_sample_by_word")
    assert "index r_sample_by_word" in unsound(filled)["tables and indexes"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_folder_that_can_t_be_written_is_found(filled: Path) -> None:
    filled.parent.chmod(0o500)
    try:
        assert "folder" in unsound(filled)
    finally:
        filled.parent.chmod(0o700)


def test_where_no_database_is_none_is_made_by_looking_or_copying(file: Path, tmp_path: Path) -> None:
    assert "is no database" in unsound(file)["answers"]
    with pytest.raises(StoreError, match="is no database"):
        keeper(file).backup(tmp_path / "backup.db")
    assert {one.name for one in tmp_path.iterdir()} <= {"desk.db.lock"}


# copying


def test_a_backup_is_a_whole_store_as_of_one_moment(filled: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    assert "checked" in keeper(filled).backup(target)
    with opened(filled) as store:
        before = ids(store)
        commit_new(store, sample(1000))
    with opened(target) as copy:
        assert ids(copy) == before
    assert unsound(target) == {}


def test_a_backup_of_a_database_that_is_written_to_holds_a_prefix_of_it(filled: Path, tmp_path: Path) -> None:
    stop = Event()

    def write() -> None:
        with opened(filled) as store:
            serial = 1000
            while not stop.is_set():
                commit_new(store, sample(serial := serial + 1))

    writer = Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            keeper(filled).backup(tmp_path / f"{number}.db")
    finally:
        stop.set()
        writer.join()
    with opened(filled) as store:
        everything = ids(store)
    for number in range(3):
        with opened(tmp_path / f"{number}.db") as copy:
            kept = ids(copy)
        assert len(kept) >= 299
        assert kept == everything[: len(kept)]


def test_a_backup_replaces_nothing_and_leaves_nothing_half_done(filled: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    target.write_text("mine")
    with pytest.raises(StoreError, match="there already"):
        keeper(filled).backup(target)
    assert target.read_text() == "mine"
    with pytest.raises(StoreError):
        keeper(filled).backup(tmp_path / "nowhere" / "backup.db")
    assert not [one for one in tmp_path.iterdir() if one.name.endswith(".part")]


def test_a_backup_is_restored_into_nothing_or_an_empty_database(filled: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    keeper(filled).backup(target)
    empty = tmp_path / "empty.db"
    with closing(sqlite3.connect(empty)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    for place in (tmp_path / "new.db", empty):
        assert "checked" in keeper(place).restore(target)
        with opened(filled) as store, opened(place) as copy:
            assert ids(copy) == ids(store)
            commit_new(copy, sample(1000))


def test_a_store_in_use_is_never_overwritten_by_a_restore(filled: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    keeper(filled).backup(target)
    with pytest.raises(StoreError, match="holds a store"):
        keeper(filled).restore(target)
    with opened(filled) as store:
        assert len(ids(store)) == 299


@pytest.mark.parametrize("content", [b"", b"Dear all, please find attached " * 200])
def test_what_is_no_backup_is_not_restored(file: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other").write_bytes(content)
    with pytest.raises(StoreError, match=r"no backup|no SQLite database"):
        keeper(file).restore(tmp_path / "other")
    assert not file.exists()
    with pytest.raises(StoreError, match="is no file"):
        keeper(file).restore(tmp_path / "nothing")


# a full disk


def test_a_full_database_is_told_and_nothing_is_half_written(filled: Path) -> None:
    with opened(filled) as store:
        before = ids(store)

        def limited(turn: Any) -> None:
            ((pages,),) = turn.rows("PRAGMA page_count")
            turn.rows(f"PRAGMA max_page_count = {pages + 2}")

        store._database.read(limited, single=True)
        with pytest.raises(StoreError, match="make room"):
            commit_all(store, [sample(n, text=f"matter {n} " * 200) for n in range(1000, 1400)])
        assert ids(store) == before
        store._database.read(lambda turn: turn.rows("PRAGMA max_page_count = 1000000"), single=True)
        assert commit_new(store, sample(1000)).version == 1
