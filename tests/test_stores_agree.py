"""The second, executable opinion: random histories on all stores at once, every answer compared.

`ITSMKIT_EXAMPLES=500 pytest tests/test_stores_agree.py` looks longer.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pymongo import MongoClient
from tools.servers.databases import Databases

from itsmkit import Draft, Erase, MemoryStore, RecordType, Store, Unit
from itsmkit.testing import SAMPLE, MovedClock, agree, change, sample
from itsmkit.testing.promises.base import Promises
from itsmkit.testing.promises.memory import InMemory
from itsmkit_store_mongo import Settings as MongoSettings
from itsmkit_store_mongo import plugin as mongo_plugin
from itsmkit_store_sql import Settings as SqlSettings
from itsmkit_store_sql import plugin as sql
from tests.testing.broken_stores import BROKEN

EXAMPLES = int(os.environ.get("ITSMKIT_EXAMPLES", "8"))
STEPS = 50


class Sqlite(Promises):
    def open(self, types: Iterable[RecordType], clock: Callable[[], datetime]) -> Any:
        return sql(SqlSettings()).itsmkit_open_store(f"sqlite:///{self.folder / 'desk.db'}", tuple(types), clock)

    def corrupt(self, store: Store, type_: str, id_: str) -> None:  # noqa: ARG002
        with closing(sqlite3.connect(self.folder / "desk.db")) as connection, connection:
            connection.execute(f"UPDATE r_{type_} SET body = substr(body, 3) WHERE id = ?", (id_,))  # noqa: S608


class Postgres(Promises):
    def __init__(self, database: Databases) -> None:
        self.database = database

    def open(self, types: Iterable[RecordType], clock: Callable[[], datetime]) -> Any:
        self.url = self.database()
        return sql(SqlSettings()).itsmkit_open_store(self.url, tuple(types), clock)

    def corrupt(self, store: Store, type_: str, id_: str) -> None:  # noqa: ARG002
        with psycopg.connect(self.url) as connection:
            connection.execute(f"UPDATE r_{type_} SET body = substr(body, 3) WHERE id = %s", (id_,))  # noqa: S608


class Mongo(Promises):
    def __init__(self, database: Databases) -> None:
        self.url = database()

    def open(self, types: Iterable[RecordType], clock: Callable[[], datetime]) -> Any:
        with MongoClient[dict[str, Any]](self.url) as client:
            client.get_default_database()["desk"].delete_many({})
        return mongo_plugin(MongoSettings()).itsmkit_open_store(self.url, tuple(types), clock)

    def corrupt(self, store: Store, type_: str, id_: str) -> None:  # noqa: ARG002
        with MongoClient[dict[str, Any]](self.url) as client:
            at, desk = {"_id": f"{type_}:{id_}"}, client.get_default_database()["desk"]
            desk.update_one(at, {"$set": {"body": desk.find_one(at, {"body": 1})["body"][:-1]}})


def test_any_history_goes_alike_on_all_stores(tmp_path: Path, postgres: Databases, mongo: Databases) -> None:
    stores = {"sqlite": Sqlite(), "postgres": Postgres(postgres), "mongo": Mongo(mongo)}
    agree(stores, tmp_path, examples=EXAMPLES, steps=STEPS)


@pytest.mark.parametrize("store", BROKEN, ids=lambda one: one.__name__)
def test_a_broken_store_is_told(store: type[MemoryStore], tmp_path: Path) -> None:
    """Within a hundred histories, most within a few; the faults are the kind of slip a real store makes."""
    broken = type("Broken", (InMemory,), {"make": store})()
    with pytest.raises(AssertionError):
        agree({"broken": broken}, tmp_path, examples=100, steps=STEPS, repeat=True)


def test_what_a_unit_erased_a_later_one_s_refusal_does_not_show(mongo: Databases, clock: MovedClock) -> None:
    store = Mongo(mongo).open((SAMPLE,), clock)
    first = change(sample(1), Draft("noted", "core", personal={"words": "to be forgotten"}))
    store.commit(Unit((first,)))
    erasing = Unit((change(sample(1, word="b"), before=first.after),), erases=(Erase("sample", first.after.id),))
    _, refused = store.commit(erasing, Unit((change(sample(1)),)))
    store.close()
    assert [(event.personal, event.personal_text) for event in refused.missed] == [(None, "")] * 2
