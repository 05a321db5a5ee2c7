"""Several processes on one file, and processes that die."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from itsmkit import Query, Record, Scope, faults
from itsmkit.testing.sample_type import SAMPLE, sample
from itsmkit_store_sql import Settings, plugin

ALL = Scope.system("test")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")


def run(program: str, file: Path) -> str:
    script = Path(__file__).with_name("programs.py")
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, script, program, file], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout


def everything(file: Path) -> tuple[Any, list[Record]]:
    store = plugin(Settings()).itsmkit_open_store(f"sqlite:///{file}", (SAMPLE,), None)
    assert store
    page = store.find(Query("sample"), ALL, limit=100_000)
    assert all(isinstance(one, Record) for one in page.items)
    return store, [one for one in page.items if isinstance(one, Record)]


def whole(store: Any, records: list[Any]) -> None:
    """Every record with its chain, its key, its terms; and no row of any table without its record."""
    for one in records:
        events = store.history("sample", one.id, ALL)
        assert faults(events) == []
        assert (len(events), events[-1].digest) == (one.version, one.head)
        for code in one.codes:
            assert store.get("sample", f"code:{code}", ALL) == one
    known = {one.id for one in records}
    assert {one.id for one in store.find(Query("sample"), Scope(frozenset({"team:net"})), limit=100_000).items} <= known


def orphans(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [
            table
            for table in ("events", "keys", "reach", "terms")
            if connection.execute(f"SELECT 1 FROM {table} WHERE id NOT IN (SELECT id FROM r_sample)").fetchone()  # noqa: S608
        ]


def test_processes_write_beside_each_other_and_nothing_is_lost(tmp_path: Path) -> None:
    run("writers", tmp_path / "desk.db")
    store, records = everything(tmp_path / "desk.db")
    assert store.get("sample", sample(1).id, ALL).number == 200
    assert {int(one.id, 16) for one in records} == {1, *range(1000, 1100), *range(2000, 2100)}
    whole(store, records)
    store.close()
    assert orphans(tmp_path / "desk.db") == []


def test_a_child_loses_nothing_when_its_parent_closes_the_store_they_shared(tmp_path: Path) -> None:
    run("orphan", tmp_path / "desk.db")
    store, records = everything(tmp_path / "desk.db")
    assert {int(one.id, 16) for one in records} == set(range(1, 30))
    whole(store, records)
    store.close()


def test_what_was_acknowledged_before_a_kill_is_there_and_whole(tmp_path: Path) -> None:
    told = {int(line) for line in run("kills", tmp_path / "desk.db").split()}
    store, records = everything(tmp_path / "desk.db")
    by_serial = {int(one.id, 16): one for one in records}
    assert len(told) > 60
    assert told <= set(by_serial)
    assert {by_serial[one].version for one in told} == {2}
    # A killed writer had at most one record under way.
    assert len(set(by_serial) - told) <= 20
    whole(store, records)
    store.close()
    assert orphans(tmp_path / "desk.db") == []
