"""How records are asked for: closed, frozen values that every store can answer alike."""

from enum import StrEnum
from functools import cache
from typing import Any

from attrs import frozen

from itsmkit.core.model.record import Record, Unreadable


@frozen
class Scope:
    """What an asker may see: everything, or the records whose reach meets `keys`; events and fields by `audiences`.

    A record outside the scope and one that doesn't exist give the same answer. `audiences` are "public", "internal",
    "vendor" and "personal": without the last nobody's addresses and numbers are shown, not even by `everything`.
    """

    keys: frozenset[str] = frozenset()
    audiences: frozenset[str] = frozenset({"public"})
    everything: bool = False
    reason: str = ""

    @staticmethod
    @cache
    def system(reason: str) -> "Scope":
        """All records and events, for the core's own stages, `verify` and `copy`; the reason says which."""
        return Scope(everything=True, audiences=frozenset({"public", "internal", "personal"}), reason=reason)

    def sees(self, reach: tuple[str, ...]) -> bool:
        """Whether a record of that reach is visible."""
        return self.everything or not self.keys.isdisjoint(reach)

    @property
    def personal(self) -> bool:
        """Whether it is shown how people are reached."""
        return "personal" in self.audiences

    def commands(self, vendor: str) -> bool:
        """Whether people and teams of that vendor ("" for the house's own) may be given work by whoever sees this much.

        A vendor's staff, who aren't shown the desk's own words, give work to those of the same vendor only.
        """
        return "vendor" not in self.audiences or "internal" in self.audiences or f"vendor:{vendor}" in self.keys

    def hears(self, audience: str) -> bool:
        """Whether an event for that audience is shown."""
        return self.everything or audience in self.audiences or audience in self.keys


class Op(StrEnum):
    """The comparisons there are."""

    IS = "is"
    ANY_OF = "any_of"
    LESS = "less"
    AT_LEAST = "at_least"
    SET = "set"
    UNSET = "unset"


@frozen
class Test:
    """One comparison of a declared field, or of the id, with a value of its kind.

    ANY_OF takes a tuple; SET and UNSET take no value, and an empty text or None counts as unset.
    """

    __test__ = False  # not a pytest class

    field: str
    op: Op = Op.IS
    value: Any = None


@frozen
class Query:
    """Which records of a type, and in what order.

    All of `where` must hold. `like` are search terms: of the records that share at least one term with them,
    at most 200 candidates by the rarest terms are considered, before `where` and the scope's filter.
    Order is by `order` (a declared field, or "id") and then by id; records where `order` is None are left out.
    """

    type: str
    where: tuple[Test, ...] = ()
    like: tuple[str, ...] = ()
    order: str = "id"
    descending: bool = False


LIKE_LIMIT = 200


@frozen
class Page:
    """Some records in the query's order; `after` continues behind the last one, None at the end."""

    items: tuple[Record | Unreadable, ...]
    after: str | None = None


@frozen
class Tally:
    """Numbers computed in the store: how many records per combination of `by`, and sums of integer fields."""

    type: str
    by: tuple[str, ...] = ()
    where: tuple[Test, ...] = ()
    sums: tuple[str, ...] = ()


@frozen
class Count:
    """One row of a tally: the values of `by`, how many records, and per summed field (how many had one, sum).

    Rows of two stores or two periods add up.
    """

    key: tuple[Any, ...]
    n: int
    sums: tuple[tuple[int, int], ...] = ()
