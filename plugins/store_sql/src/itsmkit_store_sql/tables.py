"""Which tables there are: fixed ones, and one per record type made from its declaration.

What one commit writes decides their keys: small index-like tables are kept in key order without a row number
of their own; bodies, events and bytes, which are large, are appended.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen
from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.types import TypeEngine

from itsmkit import Field, FieldKind, RecordType, StoreError

TEXT = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is compared character by character, as Python does, whatever the language of a server."""

Kind = TypeEngine[Any]

REVISION = "0001"
"""The newest migration of the fixed tables."""

SHARED = ("id", "version", "head")
"""Header columns that a declared field may name: it is that column then."""

OWN = ("reach", "shape", "body")


@frozen
class Tables:
    """Every table of a database for certain types; `records` by the name of the type."""

    metadata: MetaData
    events: Table
    keys: Table
    reach: Table
    terms: Table
    lanes: Table
    blobs: Table
    blob_refs: Table
    commands: Table
    meta: Table
    revisions: Table
    records: Mapping[str, Table]


def tables(types: Iterable[RecordType]) -> Tables:
    """The tables for these types; StoreError where a field's name is taken by the store."""
    metadata = MetaData()
    return Tables(**_fixed(metadata), metadata=metadata, records={one.name: _of_type(metadata, one) for one in types})


def _fixed(metadata: MetaData) -> dict[str, Table]:
    return {
        "events": Table(
            "events",
            metadata,
            _key("type"),
            _key("id"),
            _key("seq", BigInteger()),
            *(_needed(name, kind) for name, kind in (("at", BigInteger()), ("code", TEXT), ("audience", TEXT))),
            *(_needed(name, TEXT) for name in ("text", "digest", "personal", "salt")),
        ),
        "keys": _sorted("keys", metadata, _key("key"), _needed("type", TEXT), _needed("id", TEXT)),
        "reach": _sorted("reach", metadata, _key("type"), _key("key"), _key("id")),
        "terms": _sorted("terms", metadata, _key("type"), _key("term"), _key("id")),
        "lanes": _lanes(metadata),
        "blobs": Table("blobs", metadata, _key("digest"), _key("part", BigInteger()), _needed("data", LargeBinary())),
        "blob_refs": _sorted("blob_refs", metadata, _key("digest"), _key("type"), _key("id")),
        "commands": _commands(metadata),
        "meta": _sorted("meta", metadata, _key("key"), _needed("value", TEXT)),
        "revisions": _revisions(metadata),
    }


def _commands(metadata: MetaData) -> Table:
    at, refs = _needed("at", BigInteger()), _needed("refs", TEXT)
    return _sorted("commands", metadata, _key("command"), at, refs, Index("commands_by_at", "at"))


def _revisions(metadata: MetaData) -> Table:
    """Alembic's own table; made here so that a new database needs no alembic."""
    name = "version_num"
    key = PrimaryKeyConstraint(name, name="alembic_version_pkc")
    return Table("alembic_version", metadata, Column(name, String(32), nullable=False), key)


def _lanes(metadata: MetaData) -> Table:
    waits = text("parked = 0")
    return _sorted(
        "lanes",
        metadata,
        _key("lane"),
        _key("type"),
        _key("id"),
        _key("part"),
        *(_needed(name, BigInteger()) for name in ("due", "until", "fence")),
        *(_needed(name, Integer()) for name in ("lapses", "leased", "parked")),
        Index("lanes_by_due", "lane", "due", "id", "part", "type", sqlite_where=waits, postgresql_where=waits),
    )


def _of_type(metadata: MetaData, type_: RecordType) -> Table:
    fields = own_fields(type_)
    taken = [one.name for one in fields if one.name in OWN]
    if taken:
        raise StoreError(f"type {type_.name}: {taken[0]!r} can't be a queried field, the store uses that name itself")
    name = table_name(type_)
    return Table(
        name,
        metadata,
        _key("id"),
        _needed("version", BigInteger()),
        *(_needed(one, TEXT) for one in ("head", "reach")),
        _needed("shape", Integer()),
        *(Column(one.name, column_type(one)) for one in fields),
        # Last, so that reading the other columns never walks through a long body.
        _needed("body", TEXT),
        *(Index(index_name(type_, one), one.name, "id") for one in type_.fields if one.indexed and one.name != "id"),
    )


def table_name(type_: RecordType) -> str:
    """The table that holds records of that type."""
    return f"r_{type_.name}"


def index_name(type_: RecordType, field: Field) -> str:
    """The index on that field; it ends in the id, so that pages come in order without sorting."""
    return f"r_{type_.name}_by_{field.name}"


def own_fields(type_: RecordType) -> tuple[Field, ...]:
    """The declared fields that have a column of their own."""
    return tuple(one for one in type_.fields if one.name not in SHARED)


def column_type(field: Field) -> Kind:
    """Text, or whole numbers (milliseconds for times)."""
    if field.kind is FieldKind.TEXT:
        return TEXT
    return Integer() if field.kind is FieldKind.BOOL else BigInteger()


def _sorted(name: str, metadata: MetaData, *parts: Column[object] | Index) -> Table:
    return Table(name, metadata, *parts, sqlite_with_rowid=False)


def _key(name: str, kind: Kind = TEXT) -> Column[object]:
    return Column(name, kind, primary_key=True, nullable=False, autoincrement=False)


def _needed(name: str, kind: Kind) -> Column[object]:
    return Column(name, kind, nullable=False)
