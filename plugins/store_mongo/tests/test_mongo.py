"""What is MongoDB's own: what it refuses at the start, hostile values, broken wires, servers that die, plans."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Semaphore
from typing import Any
from urllib.parse import urlsplit

import pytest
from attrs import evolve
from plugins.store_mongo.tests.cutting import Wire
from pymongo import MongoClient
from tools.servers.databases import Databases
from tools.servers.mongo import Mongo
from tools.servers.running import NoServer

from itsmkit import (
    TICKET,
    Conflict,
    Done,
    Draft,
    Field,
    Given,
    Lane,
    Op,
    OutcomeUnknown,
    Query,
    QueryError,
    RecordType,
    Scope,
    Settle,
    StoreError,
    Tally,
    Test,
    Todo,
    Unit,
    faults,
)
from itsmkit.testing import AT, blob, change, commit_all, commit_change, commit_new, ticket
from itsmkit.testing.sample_type import SAMPLE, Sample, sample
from itsmkit_store_mongo import Settings, plugin
from itsmkit_store_mongo.schema import Facts, unfit

ALL = Scope.system("test")
NET = Scope(frozenset({"team:net"}), frozenset({"public", "internal"}))
TYPES = (SAMPLE, TICKET)


def opened(url: str, *types: RecordType, patience: float = 10.0) -> Any:
    return plugin(Settings(patience)).itsmkit_open_store(url, types or TYPES, None)


@pytest.fixture(scope="module")
def url(mongo: Databases) -> str:
    return mongo()


@pytest.fixture
def desk(url: str) -> Iterator[Any]:
    """The collection behind the store, emptied."""
    with MongoClient[dict[str, Any]](url) as client:
        database = client.get_default_database()
        database["desk"].delete_many({})
        yield database["desk"]


@pytest.fixture
def store(url: str, desk: Any) -> Iterator[Any]:  # noqa: ARG001 - it is emptied first
    with closing(opened(url)) as one:
        yield one


def server(*settings: str, standalone: bool = False) -> Mongo:
    try:
        return Mongo(*settings, standalone=standalone)
    except NoServer as fault:
        pytest.skip(str(fault))


# refused at the start


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mongodb://", "no URL of MongoDB"),
        ("mongodb://host", "must name a database"),
        ("mongodb://host/desk.more", "no dot"),
        ("mongodb://host/desk?w=1", r"w=1 would lose records; take it out of the URL \(majority\)"),
        ("mongodb://host/desk?w=0", "w=0 would lose records"),
        ("mongodb://host/desk?journal=false", r"journal=False would lose records.*\(true\)"),
        ("mongodb://host/desk?readPreference=secondary", "readPreference=secondary"),
        ("mongodb://host/desk?readConcernLevel=local", "readConcernLevel=local"),
        ("mongodb://host/desk?retryWrites=false", "retryWrites=False"),
        ("mongodb://host/desk?wimeoutMS=5", "no URL of MongoDB: Unknown option.*wtimeoutms"),
    ],
)
def test_a_url_that_can_t_be_a_store_is_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(StoreError, match=reason) as caught:
        opened(url)
    assert "\n" not in str(caught.value)


def test_a_password_in_a_url_is_never_shown() -> None:
    for url in ("mongodb://ann:secret@host/", "mongodb://ann:secret@host/desk?w=1", "mongodb://ann:sec@ret@host/d"):
        with pytest.raises(StoreError) as caught:
            opened(url)
        assert "sec" not in str(caught.value)


def test_a_url_may_repeat_what_holds_anyway(url: str) -> None:
    with closing(opened(f"{url}{'&' if '?' in url else '?'}w=majority&journal=true&readPreference=primary")) as one:
        assert one.find(Query("sample"), ALL).items == ()


def test_other_kinds_of_url_are_left_to_others() -> None:
    assert plugin(Settings()).itsmkit_open_store("sqlite:///desk.db", TYPES, None) is None
    assert plugin(Settings()).itsmkit_keep_store("sqlite:///desk.db", TYPES) is None


def test_a_server_that_is_no_replica_set_is_refused_with_what_to_do() -> None:
    one = server(standalone=True)
    try:
        one.start()
        with pytest.raises(StoreError, match=r"no member of a replica set.*--replSet rs0.*rs.initiate"):
            opened(one.url("desk"))
    finally:
        one.stop()


def test_a_server_that_is_not_there_is_told_of() -> None:
    with pytest.raises(StoreError, match="see that the servers run"):
        opened("mongodb://127.0.0.1:9/desk?replicaSet=rs0", patience=0.2)


FIT = Facts((6, 0, 5, 0), "rs0", primary=True, sharded=False)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (evolve(FIT, version=(5, 0, 30, 0)), "MongoDB 5.0 is too old; 6.0"),
        (evolve(FIT, replica_set="", sharded=True), "sharded"),
        (evolve(FIT, primary=False), "isn't the primary"),
    ],
)
def test_a_server_that_is_unfit_is_told_why(told: Facts, reason: str) -> None:
    assert unfit(FIT) == ""
    assert reason in unfit(told)


def test_a_set_whose_majority_is_gone_is_refused() -> None:
    """Two members, one of them down: nothing is ever confirmed. (The other isn't told to step down for long.)"""
    one = server()
    try:
        one.start()
        with closing(opened(one.url("desk"), patience=0.5)) as store, MongoClient[Any](one.url("admin")) as client:
            config = client.admin.command("replSetGetConfig")["config"]
            config["members"].append({"_id": 1, "host": "127.0.0.1:9", "priority": 0})
            config["settings"]["electionTimeoutMillis"] = 600_000
            config["version"] += 1
            client.admin.command("replSetReconfig", config, force=True)
            with pytest.raises(OutcomeUnknown):
                store.commit(Unit((change(sample(1)),)))
            with pytest.raises(StoreError, match="no majority of the replica set's members confirms"):
                opened(one.url("desk"), patience=0.5)
    finally:
        one.kill()  # an orderly stop would wait for the other one
        one.stop()


def test_too_many_indexed_fields_are_refused_with_the_number_there_may_be(url: str) -> None:
    many = evolve(SAMPLE, fields=tuple(Field(f"f{number}", indexed=True) for number in range(60)))
    with pytest.raises(StoreError, match=r"declare 60 indexed fields and MongoDB allows 55"):
        opened(url, many)


@pytest.mark.parametrize("name", ["", "a:b", "nul\0"])
def test_a_type_whose_name_could_be_taken_for_something_else_is_refused(url: str, name: str) -> None:
    with pytest.raises(StoreError, match="can't be the name of a type"):
        opened(url, RecordType(name, Sample))


# hostile values


@pytest.mark.parametrize("value", [{"$ne": None}, {"$gt": ""}, ["a"], 7, None, b"x"])
def test_what_is_no_text_is_refused_wherever_a_text_is_due(store: Any, value: Any) -> None:
    commit_new(store, sample(1, codes=("a",)))
    asked = (
        lambda: store.get("sample", value, ALL),
        lambda: store.blob(value, ALL),
        lambda: store.history("sample", value, ALL),
        lambda: store.find(Query("sample", like=(value,)), ALL),
        lambda: store.find(Query("sample"), Scope(frozenset({value} if isinstance(value, int) else {3}))),
        lambda: store.todos(Lane.WORK, (value, "", "")),
        lambda: store.commit(Unit(given=(Given("sample", value, 1),))),
        lambda: store.commit(Unit((change(sample(2)),), command=value or 3)),
        lambda: store.commit(Unit((change(sample(2, codes=("x",), reach=(value,))),))),
    )
    for ask in asked:
        with pytest.raises((StoreError, QueryError, TypeError)):
            ask()
    assert [one.id for one in store.find(Query("sample"), ALL).items] == [sample(1).id]


def test_a_kind_of_text_is_kept_as_text(store: Any) -> None:
    class Word(str):
        __slots__ = ()

    kept = commit_new(store, sample(1, word=Word("a"), codes=(Word("k"),), reach=(Word("team:net"),)))
    assert store.get("sample", Word("code:k"), NET) == kept


def test_half_a_character_is_refused_and_nothing_of_the_batch_is_written(store: Any) -> None:
    with pytest.raises(StoreError, match="half a character"):
        store.commit(Unit((change(sample(1)),)), Unit((change(sample(2, word="\ud800")),)))
    assert store.find(Query("sample"), ALL).items == ()


def test_a_number_beyond_64_bits_is_refused(store: Any) -> None:
    with pytest.raises(StoreError, match="endless number"):
        store.commit(Unit((change(sample(1, number=1 << 64)),)))


@pytest.mark.parametrize("batch", [1, 2])
def test_a_field_of_20_megabytes_is_refused_and_nothing_is_written(store: Any, desk: Any, batch: int) -> None:
    units = [Unit((change(sample(1)),)), Unit((change(sample(2, remark="x" * 20_000_000)),))]
    with pytest.raises(StoreError, match="more than 16 MB"):
        store.commit(*units[-batch:])
    assert desk.count_documents({}) == 0


# large things


def test_a_record_with_ten_thousand_events_is_read_and_changed_like_any_other(store: Any, desk: Any) -> None:
    kept = commit_new(store, sample(1), *(Draft(f"e{n}", "core", why={"text": "x" * 100}) for n in range(1, 9_001)))
    for turn in range(10):
        kept = commit_change(store, kept, *(Draft(f"e{9_001 + 100 * turn + n}", "core") for n in range(100)))
    assert kept.version == 10_000
    told, after = [], 0
    while stretch := store.history("sample", kept.id, ALL, after=after, limit=999):
        told += stretch
        after = told[-1].seq
    assert [one.code for one in told] == [f"e{n}" for n in range(1, 10_001)]
    assert faults(told) == []
    assert store.history("sample", kept.id, ALL, after=9_998)[-1].digest == kept.head
    (sizes,) = desk.aggregate([{"$group": {"_id": None, "most": {"$max": {"$bsonSize": "$$ROOT"}}}}])
    assert sizes["most"] < 8 << 20


def test_sums_beyond_64_bits_are_exact(store: Any) -> None:
    commit_all(store, [sample(n, number=2**63 - n) for n in range(1, 6)])
    (count,) = store.tally(Tally("sample", sums=("number",)), ALL)
    assert count.sums == ((5, 5 * 2**63 - 15),)


# bytes that records share


def test_bytes_stay_when_the_record_they_came_with_drops_them_and_another_names_them(store: Any, desk: Any) -> None:
    data = blob(b"small")
    first = commit_new(store, sample(1, files=(data.digest,)), blobs=(data,))
    other = commit_new(store, sample(2, files=(data.digest,)))
    commit_change(store, first, files=())
    assert store.blob(data.digest, ALL) == data
    commit_change(store, other, files=())
    assert store.blob(data.digest, ALL) is None
    assert desk.count_documents({"_id": {"$regex": "^:bytes"}}) == 0


def test_bytes_that_two_records_brought_each_outlive_one_of_them(store: Any) -> None:
    data = blob(b"small")
    kept = [commit_new(store, sample(n, files=(data.digest,)), blobs=(data,)) for n in (1, 2)]
    commit_change(store, kept[0], files=())
    assert store.blob(data.digest, ALL) == data
    commit_change(store, kept[1], files=())
    assert store.blob(data.digest, ALL) is None


def test_bytes_that_a_batch_brought_and_dropped_stay_for_whoever_names_them_in_it(store: Any) -> None:
    data = blob(b"small")
    first = change(sample(1, files=(data.digest,)))
    brought, named = Unit((first,), blobs=(data,)), Unit((change(sample(2, files=(data.digest,))),))
    dropped = Unit((change(evolve(first.after, files=()), before=first.after),))
    assert [type(one) for one in store.commit(brought, named, dropped)] == [Done] * 3
    assert store.blob(data.digest, ALL) == data


# a damaged event is shown, so that it can be named


def test_a_damaged_event_is_shown_by_what_is_left_of_it(store: Any, desk: Any) -> None:
    kept = commit_change(store, commit_new(store, sample(1)), word="b")
    desk.update_one({"_id": f"sample:{kept.id}"}, {"$set": {"events.0.text": "{"}})
    first, second = store.history("sample", kept.id, ALL)
    assert (first.seq, first.code, first.at, first.text) == (1, "noted", AT, "{")
    assert second.seq == 2


# time


def test_the_clock_is_the_servers(store: Any, url: str) -> None:
    record = commit_new(store, sample(1), todos=(Todo(Lane.WORK, datetime.now(UTC) - timedelta(seconds=1)),))
    (lease,) = store.lease(Lane.WORK, 60)
    with MongoClient[Any](url) as client:
        told = client.admin.command("hello")["localTime"].replace(tzinfo=UTC)
    assert abs((lease.until - told).total_seconds() - 60) < 5
    assert lease.id == record.id


def test_a_todo_in_its_record_and_todos_beside_it_are_handed_out_in_one_order(store: Any) -> None:
    at = datetime.now(UTC) - timedelta(minutes=1)
    for serial, lane in ((1, Lane.INTAKE), (2, Lane.INTAKE)):
        todos = (Todo(lane, at + timedelta(seconds=serial)), Todo(lane, at - timedelta(seconds=serial), part="b"))
        commit_new(store, sample(serial), todos=todos)
    taken = store.lease(Lane.INTAKE, 60, 10)
    assert [(one.id, one.part) for one in taken] == [
        (sample(2).id, "b"), (sample(1).id, "b"), (sample(1).id, ""), (sample(2).id, ""),
    ]  # fmt: skip
    assert store.settle(*(Settle(one) for one in taken)) == (True,) * 4
    assert store.peek(Lane.INTAKE).waiting == 0
    assert len(store.find(Query("sample"), ALL).items) == 2


# races


def test_of_two_that_each_rest_on_what_the_other_changes_one_is_refused(store: Any) -> None:
    """Snapshots alone let both pass (write skew): what was only read is guarded, too."""
    for turn in range(10):
        pair = commit_all(store, [sample(2 * turn + 1), sample(2 * turn + 2)])
        start = Barrier(2)

        def one(mine: Any, other: Any, start: Barrier = start) -> Any:
            start.wait(timeout=30)
            unit = Unit((change(evolve(mine, word="x"), before=mine),), given=(Given("sample", other.id, 1),))
            return store.commit(unit)[0]

        with ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(one, pair, pair[::-1]))
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "Done"]


def test_what_was_given_as_absent_stays_absent_until_the_unit_is_done(store: Any, desk: Any) -> None:
    """One rests on there being no record, the other makes it and rests on there being none of the first."""
    for turn in range(10):
        one, other, start = sample(2 * turn + 1), sample(2 * turn + 2), Barrier(2)

        def make(mine: Any, missing: Any, start: Barrier = start) -> Any:
            start.wait(timeout=30)
            return store.commit(Unit((change(mine),), given=(Given("sample", missing.id, 0),)))[0]

        with ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(make, (one, other), (other, one)))
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "Done"]
    assert desk.count_documents({"guard": {"$exists": True}, "type": {"$exists": False}}) == 0


@contextmanager
def orphaned(url: str, *ids: str) -> Iterator[None]:
    """Meanwhile a transaction that nobody will end holds these documents, as when its client was killed in it."""
    with MongoClient[Any](url, appname="itsmkit") as client, client.start_session() as session:
        session.start_transaction()
        desk = client.get_default_database()["desk"]
        assert desk.update_many({"_id": {"$in": ids}}, {"$inc": {"guard": 1}}, session=session).modified_count
        yield
        session.abort_transaction()


@pytest.mark.parametrize("limit", [1, 10])
def test_leasing_passes_over_what_a_dead_client_s_transaction_holds(store: Any, url: str, limit: int) -> None:
    at = datetime.now(UTC) - timedelta(minutes=1)
    kept = [commit_new(store, sample(n), todos=(Todo(Lane.INTAKE, at + timedelta(seconds=n)),)) for n in range(1, 8)]
    begun = time.monotonic()
    with closing(opened(url, patience=0.3)) as mine:
        with orphaned(url, f"sample:{kept[0].id}", f"sample:{kept[3].id}"):
            taken = mine.lease(Lane.INTAKE, 60, limit)
        free = [kept[n].id for n in (1, 2, 4, 5, 6)]
        assert [one.id for one in taken] == free[:limit]
        left = [one.id for one in mine.lease(Lane.INTAKE, 60, 10)]
    assert sorted(left + [one.id for one in taken]) == [one.id for one in kept]
    assert time.monotonic() - begun < 20  # the transaction would have held them for sixty


def test_who_needs_what_a_dead_client_s_transaction_holds_is_told_so_soon(store: Any, url: str) -> None:
    at = datetime.now(UTC) - timedelta(minutes=1)
    kept = commit_new(store, sample(1), todos=(Todo(Lane.INTAKE, at),))
    (held,) = store.lease(Lane.INTAKE, 60)
    unit = Unit((change(evolve(kept, files=(), number=7), before=kept),))
    with closing(opened(url, patience=0.3)) as mine:
        ended = Unit(settles=(Settle(held),))
        for work in (lambda: mine.commit(unit), lambda: mine.commit(ended), lambda: mine.settle(Settle(held))):
            with (
                orphaned(url, f"sample:{kept.id}"),
                pytest.raises(StoreError, match=r"other writers were in the way.*nothing was written") as caught,
            ):
                work()
            assert not isinstance(caught.value, OutcomeUnknown)
        assert isinstance(mine.commit(unit)[0], Done)
        assert mine.settle(Settle(held)) == (True,)
    assert store.get("sample", kept.id, ALL).number == 7


def test_a_transaction_that_nobody_goes_on_with_is_ended_for_who_is_in_its_way(store: Any, url: str) -> None:
    one, other = commit_all(store, [sample(1), sample(2)])
    with orphaned(url, f"sample:{one.id}"):
        unit = Unit(tuple(change(evolve(each, word="x"), before=each) for each in (one, other)))
        assert isinstance(store.commit(unit)[0], Done)
    assert store.get("sample", one.id, ALL).word == "x"


def processes(program: str, url: str, count: int) -> list[str]:
    """What so many processes say that begin at once."""
    script = Path(__file__).with_name("programs.py")
    running = [
        subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-W", "error", script, program, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(count)
    ]
    for number, one in enumerate(running, 100):
        assert one.stdin
        one.stdin.write(f"{number}\n")
        one.stdin.flush()
    said = [one.communicate(timeout=90) for one in running]
    assert [(err, one.returncode) for one, (_, err) in zip(running, said, strict=True)] == [("", 0)] * count
    return [out for out, _ in said]


def test_of_processes_that_race_one_gets_the_id_one_the_key_and_one_does_the_command(store: Any, url: str) -> None:
    commit_new(store, sample(1, number=0))
    told = [one.split() for one in processes("race", url, 3)]
    assert [sorted(said) for said in zip(*told, strict=True)] == [
        ["Conflict", "Conflict", "DoneFalse"],
        ["DoneFalse", "Duplicate", "Duplicate"],
        ["DoneFalse", "DoneTrue", "DoneTrue"],
    ]
    last = store.get("sample", sample(1).id, ALL)
    assert (last.number, last.version) == (60, 61)
    assert faults(store.history("sample", last.id, ALL)) == []


def test_processes_lease_everything_and_nothing_twice(store: Any, url: str) -> None:
    due = datetime.now(UTC) - timedelta(minutes=1)
    store.commit(*(Unit((change(sample(n), todos=(Todo(Lane.POST, due),)),)) for n in range(200)))
    taken = [id_ for said in processes("lease", url, 3) for id_ in said.split()]
    assert sorted(taken) == [sample(n).id for n in range(200)]


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_a_forked_child_and_its_parent_write_beside_each_other(store: Any, url: str) -> None:
    assert processes("fork", url, 1) == ["0"]
    found = {int(one.id, 16) for one in store.find(Query("sample"), ALL).items}
    assert found == {1, 2, 3, *range(10, 20)}


# wires that break, servers that die


@pytest.fixture
def wire(url: str) -> Iterator[Wire]:
    with Wire(urlsplit(url).port or 27017) as one:
        yield one


def through(wire: Wire, url: str, patience: float = 10.0) -> Any:
    """The store by the wire alone: the set's own list of members would lead around it."""
    name = urlsplit(url).path
    return opened(f"mongodb://127.0.0.1:{wire.port}{name}?directConnection=true", patience=patience)


TWO = (change(sample(1, codes=("a",))), change(sample(2)))
"""Two records: a transaction. One alone needs none."""


@pytest.mark.parametrize("changes", [TWO, TWO[:1]])
@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_commit_whose_answer_is_lost_is_done_once(store: Any, url: str, wire: Wire, changes: Any, times: int) -> None:
    with closing(through(wire, url)) as mine:
        mine.commit(Unit((change(sample(9)),)))
        wire.cut_at(b"commitTransaction" if len(changes) > 1 else b"code:a", times)
        (done,) = mine.commit(Unit(changes, command="c"))
        assert isinstance(done, Done)
        assert wire.cuts == times
    for one in changes:
        assert len(store.history("sample", one.after.id, ALL)) == 1
    assert store.commit(Unit(changes, command="c"))[0] == evolve(done, repeated=True)


@pytest.mark.parametrize("changes", [TWO, TWO[:1]])
def test_a_commit_whose_outcome_nobody_can_tell_is_told_as_such(store: Any, url: str, wire: Wire, changes: Any) -> None:
    with closing(through(wire, url, patience=0.5)) as mine:
        mine.commit(Unit((change(sample(9)),)))
        wire.cut_at(b"commitTransaction" if len(changes) > 1 else b"code:a", then_down=True)
        with pytest.raises(OutcomeUnknown, match="send the same command again"):
            mine.commit(Unit(changes))
        assert len(store.find(Query("sample"), ALL).items) == 1 + len(changes)
    (refused,) = store.commit(Unit(changes))
    assert isinstance(refused, Conflict)
    assert refused.record == changes[0].after


def test_a_wire_that_breaks_before_the_commit_leaves_nothing(store: Any, url: str, wire: Wire) -> None:
    with closing(through(wire, url, patience=0.5)) as mine:
        mine.commit(Unit((change(sample(9)),)))
        wire.down()
        with pytest.raises(StoreError, match="see that the servers run") as caught:
            mine.commit(Unit(TWO))
        assert not isinstance(caught.value, OutcomeUnknown)
        with pytest.raises(StoreError):
            mine.find(Query("sample"), ALL)
        assert len(store.find(Query("sample"), ALL).items) == 1


def test_what_was_acknowledged_outlives_a_server_that_is_killed() -> None:
    one = server()
    try:
        one.start()
        with closing(opened(one.url("desk"), SAMPLE, patience=30)) as store:
            told = _write_through_kills(store, one)
            found = {int(each.id, 16): each for each in store.find(Query("sample"), ALL, limit=100_000).items}
            assert len(told) > 40
            assert told <= set(found)
            assert {found[serial].version for serial in told} == {2}
            for each in found.values():
                events = store.history("sample", each.id, ALL)
                assert faults(events) == []
                assert (len(events), events[-1].digest) == (each.version, each.head)
    finally:
        one.stop()


def _write_through_kills(store: Any, one: Mongo) -> set[int]:
    """Two writers who tell what is durable, while the server is killed and started twice."""
    told: set[int] = set()
    more = Semaphore(0)

    def write(first: int) -> None:
        for serial in range(first, first + 40):
            try:
                kept = commit_new(store, sample(serial, codes=(f"c{serial}",)))
                commit_change(store, kept, word="x")
                told.add(serial)
            except OutcomeUnknown:
                pass
            more.release()

    with ThreadPoolExecutor(2) as pool:
        writers = [pool.submit(write, first) for first in (1000, 2000)]
        for _ in range(2):
            for _ in range(15):
                more.acquire(timeout=60)
            one.kill()
            one.start()
        for writer in writers:
            writer.result()
    return told


# plans


def test_no_question_reads_a_whole_collection_and_no_lane_is_sorted(store: Any, url: str) -> None:
    at = datetime.now(UTC) - timedelta(minutes=1)
    data = blob(b"raw" * 100_000)
    fill = [
        Unit(
            (change(sample(n, word=f"w{n % 5}", number=n, text="printer jam", codes=(f"c{n}",), reach=("team:net",)),
                    todos=(Todo(Lane.WORK, at), Todo(Lane.INTAKE, at))),),
        )
        for n in range(300)
    ]  # fmt: skip
    store.commit(*fill)
    kept = commit_new(store, sample(400, files=(data.digest,), reach=("team:net",)), blobs=(data,))
    with MongoClient[Any](url) as client:
        database = client.get_default_database()
        database["system.profile"].drop()
        database.command("profile", 2)
        try:
            _ask_everything(store, kept, data.digest)
        finally:
            database.command("profile", 0)
        planned = {"ns": {"$regex": r"\.desk$"}, "planSummary": {"$exists": True}}
        plans = list(database["system.profile"].find(planned))
    assert len(plans) > 25
    assert [one["command"] for one in plans if "COLLSCAN" in one["planSummary"]] == []
    lanes = [one for one in plans if "todo" in str(one["command"].get("filter", ""))]
    assert lanes
    assert [one["command"] for one in lanes if one.get("hasSortStage")] == []
    pages = [one for one in plans if "sort" in one["command"] and one["command"].get("limit", 0) == 6]
    assert len(pages) >= 6
    assert [(one["command"], one["docsExamined"]) for one in pages if one["docsExamined"] > 30] == []


def _ask_everything(store: Any, kept: Any, digest: str) -> None:
    query = Query("sample", (Test("word", Op.IS, "w1"),), order="number")
    for scope in (ALL, NET):
        assert store.get("sample", kept.id, scope)
        store.get("sample", "code:c1", scope)
        assert store.blob(digest, scope)
        assert store.history("sample", kept.id, scope)
        for asked in (Query("sample"), Query("sample", order="number"), Query("sample", order="word", descending=True)):
            page = store.find(asked, scope, limit=5)
            store.find(asked, scope, page.after, limit=5)
        store.find(query, scope, limit=7)
        store.find(Query("sample", order="flag"), scope, limit=7)
        store.find(Query("sample", like=("printer", "jam", "none")), scope, limit=7)
        store.tally(Tally("sample", ("word",), sums=("number",)), scope)
    for lane in (Lane.WORK, Lane.INTAKE):
        leases = store.lease(lane, 60, 10)
        assert len(leases) == 10
        assert store.settle(*map(Settle, leases[:2])) == (True, True)
        store.settle(Settle(leases[2], again=datetime.now(UTC)), Settle(leases[3], parked=True))
        store.peek(lane)
        store.todos(lane, limit=20)
        store.todos(lane, ("sample", kept.id, ""), limit=20)
        before = store.get("sample", leases[4].id, ALL)
        store.commit(Unit((change(evolve(before, word="y"), before=before),), (), (Settle(leases[4]),), command=lane))
    commit_change(store, kept, files=())


# closing


def test_a_closed_store_says_so(url: str) -> None:
    one = opened(url)
    one.close()
    for ask in (lambda: one.get("sample", "1", ALL), lambda: one.commit(Unit((change(sample(1)),)))):
        with pytest.raises(StoreError, match="was closed"):
            ask()
    one.close()


def test_a_ticket_comes_back_by_its_number(store: Any) -> None:
    kept = commit_new(store, ticket(7))
    assert store.get("ticket", "number:T26-000007", ALL) == kept
