"""The store port: eleven verbs, values in and values out; what every store promises, and what its keeper does.

A store is proven by subclassing `itsmkit.testing.StoreContract`. One store holds one site.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from attrs import frozen

from itsmkit.core.model.event import Event
from itsmkit.core.model.query import Count, Page, Query, Scope, Tally
from itsmkit.core.model.record import Blob, Record, Unreadable
from itsmkit.core.model.unit import Lane, LaneView, Lease, Outcome, Settle, Standing, Unit


class Store(Protocol):
    """Durable, exact, scoped. Safe to be called from any number of threads.

    Every read takes a scope: what is outside it and what isn't there give the same answer, and a view by a
    scope without the audience "internal" comes masked (`itsmkit.masked`). Of the records of a private type a scope
    sees what `Scope.of` that type sees. Times come back to the millisecond.
    Faults of the store's own are raised as `StoreError`, with nothing written.
    """

    def get(self, type_: str, key: str, scope: Scope) -> Record | Unreadable | None:
        """The record with that id, or that unique key ("number:T26-000001"), or None."""
        ...

    def blob(self, digest: str, scope: Scope) -> Blob | None:
        """The bytes of that SHA-256, where a record that names them is visible; else None."""
        ...

    def history(self, type_: str, id_: str, scope: Scope, after: int = 0, limit: int = 1000) -> tuple[Event, ...]:
        """Events of a visible record behind `after`, in order, those for the scope's audiences only.

        A view by a scope that isn't everything shows sequence numbers as they are for "internal" and counts
        anew for the others, so that gaps tell nothing.
        """
        ...

    def find(self, query: Query, scope: Scope, after: str | None = None, limit: int = 100) -> Page:
        """Up to `limit` visible records that answer the query, behind `after` of an earlier page.

        Unreadable ones are yielded as such. QueryError for undeclared fields and values of a wrong kind.
        """
        ...

    def tally(self, tally: Tally, scope: Scope) -> tuple[Count, ...]:
        """Numbers over the visible records, rows sorted by key; QueryError as for `find`."""
        ...

    def commit(self, *units: Unit) -> tuple[Outcome, ...]:
        """Each unit all or nothing, in order, made durable together before this returns; one outcome each.

        Checked per unit, in this order: the command was done before (the first outcome again); its leases still
        hold (Late); every change's and given's version (Conflict); unique keys (Duplicate). A refused unit
        leaves no trace and does not hinder the others. Unit by unit, later ones see what earlier ones wrote.
        """
        ...

    def lease(self, lane: Lane, hold: int, limit: int = 1) -> tuple[Lease, ...]:
        """Claim up to `limit` todos of the lane that are due and not leased, soonest due first, for `hold` seconds.

        Due and lapsed are judged by the store's own clock. Taking over a lapsed lease counts as a lapse; at
        `LAPSES` the todo is parked and handed out no more.
        """
        ...

    def settle(self, *settles: Settle) -> tuple[bool, ...]:
        """End leases without a change; False where a lease had lapsed and passed on: then nothing changed."""
        ...

    def peek(self, lane: Lane, limit: int = 100) -> LaneView:
        """How the lane stands: what waits, since when, and up to `limit` parked todos, oldest first."""
        ...

    def todos(self, lane: Lane, after: tuple[str, str, str] = ("", "", ""), limit: int = 100) -> tuple[Standing, ...]:
        """Every todo of the lane, due or not, leased or parked, sorted by record type, id and part, behind `after`."""
        ...

    def close(self) -> None:
        """Let go of files and connections; nothing committed is lost."""
        ...


@frozen
class Finding:
    """One thing that a keeper looked at: what, whether it is as it must be, and what was found or is to be done."""

    what: str
    sound: bool
    said: str = ""


class StoreKeeper(Protocol):
    """What an operator does to a store beside using it; needs no open store, and may be run again after a stop."""

    def check(self) -> Iterator[Finding]:
        """Look at settings, tables or collections, indexes, rights and clock; nothing is changed."""
        ...

    def upgrade(self) -> Iterator[str]:
        """Add what this version and its types lack, in chunks that a stop doesn't lose; a line for each thing done."""
        ...

    def backup(self, target: Path) -> str:
        """Write a whole copy of the store, as of one moment, while it is in use; what was written.

        StoreError that names the database's own tool, where that is the way.
        """
        ...

    def restore(self, source: Path) -> str:
        """Put a backup in the place of the store, which must be empty or not there; what was restored.

        StoreError as for `backup`.
        """
        ...
