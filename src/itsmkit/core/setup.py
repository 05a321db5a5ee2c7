"""What the stages of the flow work with, and the value that hooks look through."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property, partial
from typing import Any
from zoneinfo import ZoneInfo

from attrs import define, field, frozen

from itsmkit.core.errors import BudgetSpent, Degraded
from itsmkit.core.model.event import Event
from itsmkit.core.model.notice import Channel
from itsmkit.core.model.organisation import Organisation
from itsmkit.core.model.party import Site
from itsmkit.core.model.process import Process
from itsmkit.core.model.query import Count, Page, Query, Scope, Tally
from itsmkit.core.model.record import Record, RecordType
from itsmkit.core.notice_rules import Notification, NotifyRule
from itsmkit.core.numbers import Numbers
from itsmkit.core.plugins import Check, Heard, Plugins
from itsmkit.core.policy import FOREVER, Policy, Retention
from itsmkit.core.store import Store
from itsmkit.core.world import World

READS = 50
"""So many reads one decision may make."""


@frozen(slots=False)
class Setup:
    """One desk's parts, as the stages share them; a change of people or policy makes a new one."""

    world: World
    store: Store
    types: Mapping[str, RecordType]
    plugins: Plugins
    policy: Policy
    site: Site
    organisation: Organisation | None
    processes: Mapping[str, Process]
    numbers: Numbers
    secret: bytes
    zone: ZoneInfo
    notify: Notification = Notification()
    channels: Mapping[str, Channel] = field(factory=dict)
    retention: Retention = FOREVER
    on_point: Callable[[str], None] = lambda _: None

    @cached_property
    def rules(self) -> tuple[NotifyRule, ...]:
        """The rules of notification in force."""
        return self.notify.in_force

    def model(self) -> Organisation:
        """The organisation model; Degraded where there is none."""
        if self.organisation is None:
            msg = "no organisation model is in force, people's commands are refused; `itsmkit doctor` says why"
            raise Degraded(msg)
        return self.organisation

    def ask_model(self, question: Callable[[Organisation], Any], check: Check) -> Heard:
        """What the organisation model answers, under the care that hooks get: where it fails it has no answer."""
        model = self.organisation
        if model is None:
            return Heard()
        return self.plugins.call(f"model_{model.name}", "itsmkit_organisation", partial(question, model), check)


@define
class Looking:
    """The `Look` of hooks: scoped, at one moment, with a budget; what was read is kept for the why."""

    now: datetime
    site: Site
    _store: Store
    _scope: Scope
    read: list[str] = field(factory=list)

    def get(self, type_: str, key: str) -> Record | None:
        """The record of that id or unique key, or None."""
        self._spend(f"{type_} {key}")
        found = self._store.get(type_, key, self._scope)
        return found if isinstance(found, Record) else None

    def find(self, query: Query, limit: int = 50) -> Page:
        """The first records that answer the query."""
        self._spend(f"find {query.type}")
        return self._store.find(query, self._scope, limit=min(limit, 200))

    def tally(self, tally: Tally) -> tuple[Count, ...]:
        """Numbers computed in the store."""
        self._spend(f"tally {tally.type}")
        return self._store.tally(tally, self._scope)

    def history(self, type_: str, id_: str, after: int = 0) -> tuple[Event, ...]:
        """The events of a record behind a sequence number."""
        self._spend(f"history {type_} {id_}")
        return self._store.history(type_, id_, self._scope, after)

    def _spend(self, what: str) -> None:
        if len(self.read) >= READS:
            msg = f"a decision may read {READS} times, not more"
            raise BudgetSpent(msg)
        self.read.append(what)
