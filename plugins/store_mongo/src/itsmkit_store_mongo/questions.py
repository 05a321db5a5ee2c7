"""Questions as MongoDB's filters and stages. Every comparison names its operator, every value is a bare one."""

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen
from bson.int64 import Int64

from itsmkit import LIKE_LIMIT, Field, FieldKind, Op, Query, RecordType, Scope, Tally, Test, stored
from itsmkit_store_mongo.layout import Doc, of_type, record_id, scalar, texts

LEAST = Int64(-(1 << 63))
"""No whole number is less."""

HEADER = {"version": 1, "head": 1, "reach": 1, "shape": 1, "body": 1}
"""What a record is read from; the rest of its document stays where it is."""


@frozen
class Stretch:
    """A stretch of a query's order that an index can read from its beginning to its end."""

    filter: Doc
    sort: tuple[tuple[str, int], ...]


def visible(type_: str, scope: Scope) -> Doc:
    """Records of the type that the scope sees."""
    seen: Doc = {"type": {"$eq": scalar(type_)}, "_id": of_type(type_)}
    return seen if scope.everything else seen | {"reach": {"$in": sorted(texts(scope.keys))}}


def stretches(query: Query, type_: RecordType, scope: Scope, start: tuple[Any, str] | None) -> tuple[Stretch, ...]:
    """What to read, one behind the other, for a page behind `start`: first the rest of its equals, then what follows.

    One filter for both would make the server pass over all equals before `start` on every page.
    """
    turn, behind = (-1, "$lt") if query.descending else (1, "$gt")
    where = [visible(query.type, scope), *(_holds(query.type, one) for one in query.where)]
    if query.order == "id":
        after = [{"_id": {behind: record_id(query.type, start[1])}}] if start else []
        return (Stretch({"$and": where + after}, (("_id", turn),)),)
    path = f"fields.{query.order}"
    sort = ((path, turn), ("_id", turn))
    if start is None:
        return (Stretch({"$and": [*where, {path: _known(type_.field(query.order))}]}, sort),)
    value, id_ = start
    equals = [{path: {"$eq": scalar(value)}}, {"_id": {behind: record_id(query.type, id_)}}]
    # Compared with a value of its kind, an order never meets records without one.
    return (
        Stretch({"$and": where + equals}, (("_id", turn),)),
        Stretch({"$and": [*where, {path: {behind: scalar(value)}}]}, sort),
    )


def _known(field: Field | None) -> Doc:
    return {"$gte": "" if field is None or field.kind is FieldKind.TEXT else LEAST}


def _holds(type_: str, test: Test) -> Doc:
    own = test.field == "id"
    path = "_id" if own else f"fields.{test.field}"
    if test.op is Op.SET:
        return {path: {"$nin": [None, ""]}}
    if test.op is Op.UNSET:
        return {path: {"$in": [None, ""]}}

    def kept(value: Any) -> Any:
        return record_id(type_, value) if own else scalar(stored(value))

    if test.op is Op.ANY_OF:
        return {path: {"$in": [kept(one) for one in test.value]}}
    return {path: {_OPERATORS[test.op]: kept(test.value)}}


_OPERATORS: Mapping[Op, str] = {Op.IS: "$eq", Op.LESS: "$lt", Op.AT_LEAST: "$gte"}


def numbers(tally: Tally, scope: Scope) -> list[Doc]:
    """The stages of a tally: `key` by the number of its field, `n`, and per sum how many and how much.

    Sums are decimals of 34 digits, as one of 64 bits would turn into an inexact fraction when it overflows.
    """
    by = {f"k{at}": {"$ifNull": [f"$fields.{name}", None]} for at, name in enumerate(tally.by)}
    group: Doc = {"_id": by or None, "n": {"$sum": 1}}
    for at, name in enumerate(tally.sums):
        path = f"$fields.{name}"
        group[f"c{at}"] = {"$sum": {"$cond": [{"$gt": [path, None]}, 1, 0]}}
        group[f"s{at}"] = {"$sum": {"$toDecimal": path}}
    return [
        {"$match": {"$and": [visible(tally.type, scope), *(_holds(tally.type, one) for one in tally.where)]}},
        {"$group": group},
    ]


def alike(type_: str, wanted: Iterable[str], collection: str) -> list[Doc]:
    """Per term its newest records, at most `LIKE_LIMIT` (their ids under `ids`), all terms in one answer."""
    each = [_having(type_, term) for term in texts(wanted)]
    return [*each[0], *({"$unionWith": {"coll": collection, "pipeline": one}} for one in each[1:])]


def _having(type_: str, term: str) -> list[Doc]:
    return [
        {"$match": {"terms": {"$eq": term}, "_id": of_type(type_)}},
        {"$sort": {"_id": -1}},
        {"$limit": LIKE_LIMIT},
        {"$group": {"_id": {"$literal": term}, "ids": {"$push": "$_id"}}},
    ]
