"""The promises every store keeps, kept by this one, on a real replica set."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import datetime
from functools import cache
from typing import Any

import pytest
from bson import encode
from pymongo import MongoClient
from tools.servers.databases import Databases

from itsmkit import RecordType, Store
from itsmkit.testing import StoreContract
from itsmkit_store_mongo import Settings, plugin


@pytest.fixture(scope="module")
def lent(mongo: Databases) -> Callable[[str], str]:
    """One database for all tests that open the same types, emptied for each: making indexes takes longer than that."""
    return cache(lambda _types: mongo())


class TestMongoStore(StoreContract):
    @pytest.fixture(autouse=True)
    def _database(self, lent: Callable[[str], str]) -> Any:
        self.lent = lent
        with ExitStack() as self.clients:
            yield

    @pytest.fixture(autouse=True)
    def _at_work(self, _database: None, tmp_path: Any) -> Any:
        with self.at_work(tmp_path):
            yield

    def open(self, types: Iterable[RecordType], clock: Callable[[], datetime]) -> Any:
        types = tuple(types)
        self.url = self.lent(" ".join(sorted(one.name for one in types)))
        client = self.clients.enter_context(MongoClient[dict[str, Any]](self.url))
        self.database = client.get_default_database()
        self.database["desk"].delete_many({})
        return self.opened(types, clock)

    def opened(self, types: Iterable[RecordType], clock: Callable[[], datetime]) -> Any:
        return plugin(Settings()).itsmkit_open_store(self.url, tuple(types), clock)

    def reopen(self, store: Store, types: Iterable[RecordType], clock: Callable[[], datetime]) -> Any:
        store.close()
        return self.opened(types, clock)

    def corrupt(self, store: Store, type_: str, id_: str) -> None:  # noqa: ARG002
        at = {"_id": f"{type_}:{id_}"}
        body = self.database["desk"].find_one(at)["body"]
        self.database["desk"].update_one(at, {"$set": {"body": body[:-1]}})

    def contents(self, store: Store) -> bytes:  # noqa: ARG002
        return b"".join(
            encode(one) for name in self.database.list_collection_names() for one in self.database[name].find()
        )
