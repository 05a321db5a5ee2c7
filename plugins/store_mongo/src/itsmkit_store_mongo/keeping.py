"""Looking after a database: is it as it must be, does it have what this version and its types need."""

import shlex
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bson.errors import BSONError
from pymongo.errors import PyMongoError

from itsmkit import Finding, RecordType, StoreError
from itsmkit_store_mongo import Settings, schema
from itsmkit_store_mongo.address import Address, address
from itsmkit_store_mongo.connections import Connections, fault
from itsmkit_store_mongo.plan import Plan, plan
from itsmkit_store_mongo.upgrading import upgrade

APART = 5
"""Seconds that the server's clock may be away from this machine's."""

NEEDED = {
    "desk": ("find", "insert", "update", "remove", "createIndex", "createCollection", "listIndexes"),
    "meta": ("find", "insert", "update", "remove"),
}
"""What a user must be allowed to do in each collection; the role readWrite allows all of it."""


class MongoKeeper:
    """An `itsmkit.StoreKeeper` of the database that the URL names."""

    def __init__(self, url: str, types: Iterable[RecordType], settings: Settings) -> None:
        self._where, self._types, self._settings = address(url), tuple(types), settings

    def check(self) -> Iterator[Finding]:
        """Look at server, set, durability, layout, indexes, rights and clock; nothing is changed."""
        made, connections = plan(self._types), Connections(self._where, self._settings)
        try:
            yield from _check(made, connections)
        finally:
            connections.close()

    def upgrade(self) -> Iterator[str]:
        """Add what is missing and fill it, in chunks that a stop doesn't lose."""
        made, connections = plan(self._types), Connections(self._where, self._settings)
        try:
            if reason := schema.unfit(schema.facts(connections)):
                raise StoreError(f"{self._where.shown}: {reason}")
            yield from upgrade(made, connections)
        finally:
            connections.close()

    def backup(self, target: Path) -> str:
        """StoreError with the command line of MongoDB's own tool."""
        raise StoreError(
            _tool("a backup is made", "mongodump", self._where, f"--oplog --gzip --archive={_path(target)}")
        )

    def restore(self, source: Path) -> str:
        """StoreError with the command line of MongoDB's own tool."""
        more = f"--oplogReplay --gzip --archive={_path(source)}"
        raise StoreError(_tool("a backup is put back", "mongorestore", self._where, more))


def _path(path: Path) -> str:
    return shlex.quote(str(path))


def _tool(what: str, tool: str, where: Address, more: str) -> str:
    """The oplog, by which a dump is of one moment, belongs to the whole server: so the URL names no database."""
    hosts = where.shown.removeprefix("mongodb://").rpartition("/")[0]
    named = where.options.get("replicaSet") or where.options.get("replicaset")
    uri = f"mongodb://{hosts}/" + (f"?replicaSet={named}" if named else "")
    line = f"{tool} --uri={shlex.quote(uri)} {more}"
    return f"{what} with MongoDB's own tool: {line} (and --username, --password where needed)"


def _check(plan: Plan, connections: Connections) -> Iterator[Finding]:
    try:
        told = schema.facts(connections)
    except StoreError as error:
        yield Finding("server", sound=False, said=str(error))
        return
    version = ".".join(map(str, told.version[:3]))
    reason = schema.unfit(told)
    yield Finding("server", not reason, reason or f"MongoDB {version}, primary of {told.replica_set}")
    if reason:
        return
    for look in (_majority, _layout, _rights, _clock):
        try:
            yield from look(plan, connections)
        except (PyMongoError, BSONError) as error:
            yield Finding(look.__name__.strip("_"), sound=False, said=str(fault(error, connections.where)))
        except StoreError as error:
            yield Finding(look.__name__.strip("_"), sound=False, said=str(error))


def _majority(_plan: Plan, connections: Connections) -> Iterator[Finding]:
    if connections.meta.find_one({"_id": {"$eq": schema.LAYOUT}}) is None:
        yield Finding("majority", sound=True, said="nothing is stored yet")
        return
    schema.majority(connections)
    yield Finding("majority", sound=True, said="confirms what is written, in its journal")


def _layout(plan: Plan, connections: Connections) -> Iterator[Finding]:
    notes = {one["_id"]: one for one in connections.meta.find({})}
    schema.newer(connections, notes)
    missing = list(schema.lacking(plan, notes, connections))
    for one in missing:
        yield Finding("layout", sound=False, said=f"{one} is missing: {schema.UPGRADE}")
    if not missing:
        yield Finding("layout", sound=True, said=f"step {schema.STEP}, {len(plan.indexes)} indexes")


def _rights(_plan: Plan, connections: Connections) -> Iterator[Finding]:
    status = connections.client.admin.command("connectionStatus", showPrivileges=True)["authInfo"]
    if not status["authenticatedUsers"]:
        said = "whoever reaches the server may do anything: switch authorisation on, and make a user for the desk"
        yield Finding("rights", sound=True, said=said)
        return
    lacking = [
        f"{action} on {name}"
        for name, actions in NEEDED.items()
        for action in actions
        if not _may(status["authenticatedUserPrivileges"], connections.where.database, name, action)
    ]
    said = f"the user may not {lacking[0]}: grant it readWrite on {connections.where.database}" if lacking else "enough"
    yield Finding("rights", not lacking, said)


def _may(privileges: Iterable[Any], database: str, collection: str, action: str) -> bool:
    return any(
        action in one["actions"]
        and (
            one["resource"].get("anyResource")
            or (one["resource"].get("db") in ("", database) and one["resource"].get("collection") in ("", collection))
        )
        for one in privileges
    )


def _clock(_plan: Plan, connections: Connections) -> Iterator[Finding]:
    apart = abs((connections.now() - datetime.now(UTC)).total_seconds())
    said = f"{apart:.1f} s away from this machine's"
    yield Finding("clock", apart <= APART, said if apart <= APART else f"{said}: let both follow a time server")
