"""Questions as SQL: one statement per shape of a query or tally, whatever the values in it."""

from typing import Any

from attrs import frozen
from sqlalchemy import BigInteger, ColumnElement, Executable, Table, Text, bindparam, exists, func, or_, select, tuple_

from itsmkit import Op, Query, Tally, Test, stored
from itsmkit_store_sql.databases import Phrases
from itsmkit_store_sql.statements import Statement, compiled, row_columns
from itsmkit_store_sql.tables import Tables


@frozen
class Asked:
    """What tells one statement from another: everything of a question but its values.

    `ids`: only records listed are asked for; `keys`: only those that a key reaches; `behind`: a later page.
    `by` and `sums` belong to a tally, `order` to a query (empty for a tally).
    """

    type: str
    tests: tuple[tuple[str, Op], ...]
    ids: bool
    keys: bool
    order: str = ""
    descending: bool = False
    behind: bool = False
    by: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()


def shape(asked: Query | Tally, *, ids: bool, keys: bool, behind: bool = False) -> Asked:
    """The shape of a query or tally."""
    tests = tuple((one.field, one.op) for one in asked.where)
    if isinstance(asked, Tally):
        return Asked(asked.type, tests, ids, keys, by=asked.by, sums=asked.sums)
    return Asked(asked.type, tests, ids, keys, asked.order, asked.descending, behind)


def values(phrases: Phrases, where: tuple[Test, ...]) -> dict[str, Any]:
    """The values of the comparisons, by the names they have in the statement."""
    return {
        f"value_{at}": phrases.listed(map(stored, one.value)) if one.op is Op.ANY_OF else stored(one.value)
        for at, one in enumerate(where)
        if one.op not in (Op.SET, Op.UNSET)
    }


def question(phrases: Phrases, tables: Tables, asked: Asked) -> Statement:
    """The statement for questions of that shape."""
    table = tables.records[asked.type]
    conditions = [_holds(phrases, table.c[name], op, f"value_{at}") for at, (name, op) in enumerate(asked.tests)]
    if asked.ids:
        conditions.append(phrases.among(table.c.id, "ids"))
    if asked.keys:
        reach = tables.reach
        reached = phrases.among(reach.c.key, "keys")
        seen = exists().where(reach.c.type == bindparam("type"), reach.c.id == table.c.id, reached)
        conditions.append(seen)
    if asked.order:
        return compiled(phrases, _records(phrases, table, asked, conditions))
    return compiled(phrases, _numbers(table, asked, conditions))


def _records(phrases: Phrases, table: Table, asked: Asked, conditions: list[ColumnElement[bool]]) -> Executable:
    order = table.c[asked.order]
    place = (order,) if asked.order == "id" else (order, table.c.id)
    conditions.append(order.is_not(None))
    if asked.behind:
        start: ColumnElement[Any] = bindparam("start")
        start_id: ColumnElement[Any] = bindparam("start_id")
        here, there = tuple_(*place), tuple_(start_id) if asked.order == "id" else tuple_(start, start_id)
        conditions.append(here < there if asked.descending else here > there)
    # Bodies are fetched for the page alone: sorting would carry those of all that fit.
    chosen = select(table.c.id, order.label("place")).where(*conditions).order_by(*_turned(place, asked))
    page = chosen.limit(bindparam("upto", type_=BigInteger)).subquery("page")
    rows = select(*row_columns(phrases, table), page.c.place).join_from(page, table, table.c.id == page.c.id)
    return rows.order_by(*_turned((page.c.place, page.c.id), asked))


def _turned(place: tuple[ColumnElement[Any], ...], asked: Asked) -> tuple[ColumnElement[Any], ...]:
    return tuple(one.desc() if asked.descending else one.asc() for one in place)


def _numbers(table: Table, asked: Asked, conditions: list[ColumnElement[bool]]) -> Executable:
    by = [table.c[name] for name in asked.by]
    summed = [table.c[name] for name in asked.sums]
    sums = [part for one in summed for part in (func.count(one), func.coalesce(func.sum(one), 0))]
    return select(*by, func.count(), *sums).select_from(table).where(*conditions).group_by(*by)


def _holds(phrases: Phrases, column: ColumnElement[Any], op: Op, name: str) -> ColumnElement[bool]:
    if op in (Op.SET, Op.UNSET):
        empty = or_(column.is_(None), column == "") if isinstance(column.type, Text) else column.is_(None)
        return ~empty if op is Op.SET else empty
    if op is Op.ANY_OF:
        return phrases.among(column, name)
    value: ColumnElement[Any] = bindparam(name)
    if op is Op.IS:
        return column == value
    return column < value if op is Op.LESS else column >= value
