"""Databases that lack something, what an upgrade makes of them, and what a check finds."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from pymongo import MongoClient
from tools.servers.databases import Databases
from tools.servers.mongo import Mongo
from tools.servers.running import NoServer, hand_over

from itsmkit import Field, FieldKind, Op, Query, RecordType, Scope, Secret, StoreError, StoreOutdated, Test
from itsmkit.testing import commit_all, commit_change, commit_new
from itsmkit.testing.sample_type import SAMPLE, sample
from itsmkit_store_mongo import Settings, plugin, upgrading

ALL = Scope.system("test")
WORD = Test("word", Op.IS, "w3")
OLD = evolve(SAMPLE, fields=tuple(one for one in SAMPLE.fields if one.name not in ("word", "number")))


def opened(url: str, *types: RecordType) -> Any:
    return closing(plugin(Settings()).itsmkit_open_store(url, types, None))


def keeper(url: str, *types: RecordType) -> Any:
    return plugin(Settings()).itsmkit_keep_store(url, types)


def upgrade(url: str, *types: RecordType) -> list[str]:
    return list(keeper(url, *types).upgrade())


@pytest.fixture(scope="module")
def url(mongo: Databases) -> str:
    return mongo()


@pytest.fixture
def database(url: str) -> Iterator[Any]:
    """The database behind the URL, without anything in it."""
    with MongoClient[dict[str, Any]](url) as client:
        database = client.get_default_database()
        client.drop_database(database.name)
        yield database


def filled(url: str, count: int) -> None:
    with opened(url, OLD) as store:
        commit_all(store, [sample(n, word=f"w{n % 10}", number=n) for n in range(1, count + 1)])


def test_an_upgrade_makes_of_nothing_what_an_opening_makes(url: str, database: Any) -> None:
    done = upgrade(url, SAMPLE)
    assert done[:2] == ["laid out as of step 1", "added the type sample"]
    made = database["desk"].index_information()
    assert upgrade(url, SAMPLE) == []
    with opened(url, SAMPLE) as store:
        commit_new(store, sample(1))
    database.client.drop_database(database.name)
    with opened(url, SAMPLE):
        pass
    assert {one: {**its, "ns": ""} for one, its in database["desk"].index_information().items()} == {
        one: {**its, "ns": ""} for one, its in made.items()
    }


def test_what_is_missing_is_named_together_with_the_command_that_adds_it(url: str, database: Any) -> None:
    with opened(url, SAMPLE):
        pass
    other = RecordType("other", SAMPLE.value, fields=(Field("number", FieldKind.INT),))
    with pytest.raises(StoreOutdated, match=r"lacks the type other: run `itsmkit store upgrade`"):
        opened(url, SAMPLE, other)
    damages = (
        (lambda: database["desk"].drop_index("keys"), "the unique index keys"),
        (lambda: database["desk"].drop_index("sample_by_word"), "the index sample_by_word"),
        (lambda: database["meta"].delete_one({"_id": "layout"}), "step 1 of its layout"),
        (
            lambda: database["meta"].insert_one({"_id": "filling:sample", "fields": ["word"], "after": ""}),
            "values of new fields of sample",
        ),
    )
    for damage, lacking in damages:
        damage()
        with pytest.raises(StoreOutdated, match=rf"lacks {lacking}.*: run `itsmkit store upgrade`"):
            opened(url, SAMPLE)
        assert upgrade(url, SAMPLE)
        with opened(url, SAMPLE):
            pass


def test_an_index_that_isn_t_unique_is_refused_and_made_anew(url: str, database: Any) -> None:
    with opened(url, SAMPLE):
        pass
    database["desk"].drop_index("keys")
    database["desk"].create_index([("keys", 1)], name="keys", partialFilterExpression={"keys": {"$exists": True}})
    with pytest.raises(StoreOutdated, match="the right index keys"):
        opened(url, SAMPLE)
    assert upgrade(url, SAMPLE) == ["added the index keys"]
    assert database["desk"].index_information()["keys"]["unique"]


def test_a_database_of_a_newer_version_is_refused_by_both(url: str, database: Any) -> None:
    with opened(url, SAMPLE):
        pass
    database["meta"].update_one({"_id": "layout"}, {"$set": {"step": 99}})
    with pytest.raises(StoreError, match=r"step 99.*use the newer one") as caught:
        opened(url, SAMPLE)
    assert not isinstance(caught.value, StoreOutdated)
    with pytest.raises(StoreError, match="use the newer one"):
        upgrade(url, SAMPLE)


def test_new_fields_are_filled_from_the_records_and_indexed(url: str, database: Any) -> None:
    filled(url, 1203)
    database["desk"].update_one({"_id": f"sample:{sample(7).id}"}, {"$set": {"body": "{"}})
    with pytest.raises(StoreOutdated, match=r"the field sample\.word and 3 more"):
        opened(url, SAMPLE)
    assert "filled number, word of 1203 records of sample" in upgrade(url, SAMPLE)
    with opened(url, SAMPLE) as store:
        assert len(store.find(Query("sample", (WORD,)), ALL, limit=999).items) == 121
        assert len(store.find(Query("sample", order="number"), ALL, limit=9999).items) == 1202  # all but the damaged
        assert len(store.find(Query("sample"), ALL, limit=9999).items) == 1203


def test_an_upgrade_that_was_stopped_goes_on_where_it_was(
    url: str, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(url, 703)
    real = upgrading.view

    def view(type_: RecordType, doc: Any, scope: Scope) -> Any:
        if doc["_id"] == f"sample:{sample(600).id}":
            raise KeyboardInterrupt
        return real(type_, doc, scope)

    monkeypatch.setattr(upgrading, "view", view)
    with pytest.raises(KeyboardInterrupt):
        upgrade(url, SAMPLE)
    monkeypatch.undo()
    assert database["meta"].find_one({"_id": "filling:sample"})["after"] == f"sample:{sample(500).id}"
    with pytest.raises(StoreOutdated):
        opened(url, SAMPLE)
    more = evolve(SAMPLE, fields=(*SAMPLE.fields, Field("text")))
    assert "filled number, word of 203 records of sample" in upgrade(url, SAMPLE)
    with opened(url, SAMPLE) as store:
        assert len(store.find(Query("sample", (Test("number", Op.SET),)), ALL, limit=999).items) == 703
        kept = store.get("sample", sample(1).id, ALL)
        assert commit_change(store, kept, word="w3").word == "w3"
    assert "filled text of 703 records of sample" in upgrade(url, more)


def test_a_check_of_a_sound_store_finds_nothing_wrong(url: str, database: Any) -> None:  # noqa: ARG001
    with opened(url, SAMPLE):
        pass
    found = list(keeper(url, SAMPLE).check())
    assert [one.what for one in found] == ["server", "majority", "layout", "rights", "clock"]
    assert all(one.sound and one.said for one in found)


def test_a_check_names_what_is_missing_and_changes_nothing(url: str, database: Any) -> None:
    with opened(url, SAMPLE):
        pass
    database["desk"].drop_index("keys")
    wrong = [one for one in keeper(url, SAMPLE).check() if not one.sound]
    assert [one.said for one in wrong] == ["the unique index keys is missing: run `itsmkit store upgrade`"]
    assert "keys" not in database["desk"].index_information()


def test_a_check_of_a_server_that_is_not_there_says_so() -> None:
    (one,) = plugin(Settings(patience=0.2)).itsmkit_keep_store("mongodb://127.0.0.1:9/desk", (SAMPLE,)).check()
    assert (one.what, one.sound) == ("server", False)
    assert "see that the servers run" in one.said


def test_backups_are_left_to_mongodbs_tools_whose_command_line_is_told(url: str) -> None:
    with pytest.raises(StoreError, match=r"mongodump --uri='?mongodb://127.0.0.1.*replicaSet=rs0'? --oplog --gzip"):
        keeper(url, SAMPLE).backup(Path("desk backup.gz"))
    with pytest.raises(StoreError, match=r"mongorestore .*--oplogReplay --gzip --archive='desk backup.gz'") as caught:
        keeper("mongodb://ann:secret@127.0.0.1/desk", SAMPLE).restore(Path("desk backup.gz"))
    assert "secret" not in str(caught.value)


class Guarded(Mongo):
    """A server that lets in whom it knows alone."""

    def __init__(self) -> None:
        super().__init__("--keyFile", "key")
        key = self.folder / "key"
        key.write_text("itsmkit" * 5)
        key.chmod(0o400)
        hand_over(key)

    def users(self) -> None:
        """An administrator, the desk's user, and one who may read alone."""
        with MongoClient[Any](f"mongodb://127.0.0.1:{self.port}", directConnection=True) as client:
            client.admin.command("createUser", "admin", pwd="pass", roles=["root"])  # noqa: S106
        with MongoClient[Any](f"mongodb://admin:pass@127.0.0.1:{self.port}", directConnection=True) as client:
            for name, role in (("itsmkit", "readWrite"), ("guest", "read")):
                client["desk"].command("createUser", name, pwd="pass", roles=[role])  # noqa: S106


def test_a_user_needs_its_password_and_the_right_to_write() -> None:
    try:
        server = Guarded()
        server.start()
    except NoServer as fault:
        pytest.skip(str(fault))
    try:
        server.users()
        own, guest = (f"mongodb://{user}@127.0.0.1:{server.port}/desk?replicaSet=rs0" for user in ("itsmkit", "guest"))
        right = plugin(Settings(password=Secret("pass")))
        with closing(right.itsmkit_open_store(own, (SAMPLE,), None)) as store:
            commit_new(store, sample(1))
        found = list(right.itsmkit_keep_store(own, (SAMPLE,)).check())
        assert {one.what: one.said for one in found if not one.sound} == {}
        assert [one.said for one in found if one.what == "rights"] == ["enough"]
        told = {one.what: one for one in right.itsmkit_keep_store(guest, (SAMPLE,)).check()}
        assert "grant it readWrite on desk" in told["rights"].said
        assert not told["rights"].sound
        for wrong in (Settings(password=Secret("no")), Settings()):
            with pytest.raises(StoreError, match=r"user|password") as caught:
                plugin(wrong).itsmkit_open_store(own, (SAMPLE,), None)
            assert "pass@" not in str(caught.value)
        with pytest.raises(StoreError, match="lacks the role readWrite"):
            right.itsmkit_open_store(guest, (SAMPLE,), None)
    finally:
        server.stop()
