"""Everything about a database that is known once its types are: made when it is opened, never changed."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from attrs import field, frozen

from itsmkit import Field, QueryError, RecordType, StoreError
from itsmkit_store_mongo.layout import check_type

MOST = 64
"""So many indexes MongoDB allows a collection, the one on `_id` among them."""


@frozen
class Index:
    """An index as it must be; `only` says for which documents."""

    name: str
    keys: tuple[tuple[str, int], ...]
    only: Mapping[str, Any] = field(eq=False)
    unique: bool = False
    expires: bool = False


def _where(name: str) -> Mapping[str, Any]:
    return {name: {"$exists": True}}


FIXED = (
    Index("keys", (("keys", 1),), _where("keys"), unique=True),
    Index("reach", (("reach", 1), ("_id", 1)), _where("reach")),
    Index("terms", (("terms", 1), ("_id", -1)), _where("terms")),
    Index("files", (("files", 1),), _where("files")),
    Index("bytes", (("bytes.digest", 1),), _where("bytes")),
    Index(
        "todos_by_due",
        (("todo.lane", 1), ("todo.parked", 1), ("todo.due", 1), ("todo.id", 1), ("todo.part", 1)),
        _where("todo.lane"),
    ),
    Index(
        "todos_by_place",
        (("todo.lane", 1), ("todo.type", 1), ("todo.id", 1), ("todo.part", 1)),
        _where("todo.lane"),
        unique=True,
    ),
    Index("commands_gone", (("gone", 1),), _where("gone"), expires=True),
)


@frozen
class Plan:
    """The types and the indexes that they need."""

    types: Mapping[str, RecordType]
    indexes: tuple[Index, ...]

    def of(self, name: str) -> RecordType:
        """That type; QueryError where it isn't declared."""
        try:
            return self.types[name]
        except (KeyError, TypeError):
            raise QueryError(f"there is no type {name!r}; there are {', '.join(sorted(self.types))}") from None


@lru_cache(maxsize=4)
def plan(types: tuple[RecordType, ...]) -> Plan:
    """The plan for these types; StoreError where MongoDB can't keep them."""
    for one in types:
        check_type(one)
    by_field = tuple(_by_field(one, its) for one in types for its in one.fields if its.indexed and its.name != "id")
    indexes = (*FIXED, *by_field)
    if len(indexes) + 1 > MOST:
        most = MOST - 1 - len(FIXED)
        raise StoreError(
            f"the types declare {len(by_field)} indexed fields and MongoDB allows {most}; leave a plugin out, or let "
            "its fields be filtered by reading (Field(indexed=False))"
        )
    return Plan({one.name: one for one in types}, indexes)


def _by_field(type_: RecordType, its: Field) -> Index:
    """It ends in the id, so that pages come in order without sorting."""
    return Index(f"{type_.name}_by_{its.name}", ((f"fields.{its.name}", 1), ("_id", 1)), {"type": {"$eq": type_.name}})
