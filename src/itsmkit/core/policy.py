"""The site's policy: what decides, as one frozen value with a digest that tickets name."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from attrs import field, frozen

from itsmkit.core.calendar import BusinessHours, always
from itsmkit.core.codec import canonical, plain
from itsmkit.core.model.escalation import Level
from itsmkit.core.model.pause import SHIPPED, PauseReason
from itsmkit.core.model.record import Record, RecordType

HOUR = 3600


@frozen
class ClassifyRule:
    """If any of the words stands in the title or text: this kind, category and service (IM2.1)."""

    words: tuple[str, ...]
    kind: str = "incident"
    category: str = ""
    service: str = ""
    on_site: bool = False


@frozen
class Rules:
    """What the core and its defaults decide by; a site's own file changes any of it.

    `matrix[impact][urgency]` gives the priority, levels from 1, the highest; `bands` names each priority's band
    (requirements §1). What no rule classifies gets the default category, or with "" waits for a person. Hours are
    working hours of `calendar`: 40 are the five days of INC-44; after `word_hours` without a word to the user a ticket
    is silent. Days are days. A ticket comes back `reopen_most` times, with 0 as often as it takes; what comes back once
    more is the incident manager's to "judge", or is to be reported "anew" (INC-40). `pause_reasons` come beside those
    shipped; one of the same name takes the shipped one's place. `dispatch` is "direct" (the service desk sends on-site
    staff itself) or "approved" (by work order, INC-23). `new_demand` is "waits" (a ticket that asks for what the
    catalogue lacks waits for its change) or "closes" (it ends with the change asked for, INC-10). `tries` is "logged"
    or "in_order": then line 1 guides by phone, then holds a remote session, then passes on (INC-16). Reports of the
    `remote_channels` open a remote service record (INC-22). `customer_hours` names the calendars of customers, and of
    places where theirs are others, by which visits are proposed (INC-23).
    """

    priorities: tuple[str, ...] = ("critical", "high", "medium", "low")
    bands: tuple[str, ...] = ("high", "high", "medium", "low")
    matrix: tuple[tuple[int, ...], ...] = ((1, 2, 3), (2, 3, 4), (3, 4, 4))
    default_impact: int = 3
    default_urgency: int = 2
    default_kind: str = "incident"
    default_category: str = ""
    kinds: tuple[str, ...] = ("incident", "service_request", "inquiry", "complaint")
    categories: tuple[str, ...] = ("server hardware", "application system", "terminal device", "information security")
    classify: tuple[ClassifyRule, ...] = ()
    alike_enough: float = 0.8
    calendar: str = "office"
    silence_hours: int = 16
    follow_up_hours: int = 40
    word_hours: int = 16
    reopen_days: int = 14
    reopen_most: int = 0
    reopen_beyond: str = "judge"
    dispatch: str = "direct"
    new_demand: str = "waits"
    tries: str = "logged"
    remote_channels: tuple[str, ...] = ("phone", "email", "chat")
    customer_hours: Mapping[str, str] = field(factory=dict)
    mandatory: tuple[str, ...] = ("kind", "category", "priority", "solution")
    pause_reasons: tuple[PauseReason, ...] = ()

    def priority(self, impact: int, urgency: int) -> int:
        """The priority of the matrix; levels outside it count as its lowest."""
        row = self.matrix[min(max(impact, 1), len(self.matrix)) - 1]
        return row[min(max(urgency, 1), len(row)) - 1]

    @property
    def reasons(self) -> Mapping[str, PauseReason]:
        """The reasons to wait that the site has, by name."""
        return {one.name: one for one in (*SHIPPED, *self.pause_reasons)}

    def band(self, priority: int) -> str:
        """The band of a priority: high, medium or low."""
        return self.bands[min(max(priority, 1), len(self.bands)) - 1]


@frozen
class Retention:
    """For how many days what names or quotes people is kept; 0 is for ever. Numbers, times and classes always stay.

    `raw` counts from a message's arrival, `notices` (sent or dropped) and `dead_letters` from when they were queued,
    `attachments` and `text` from a ticket's closing. `hold` names people by id and tickets by number that nothing is
    taken from, whoever asks.
    """

    raw: int = 90
    notices: int = 30
    dead_letters: int = 180
    attachments: int = 365
    text: int = 1095
    hold: tuple[str, ...] = ()

    @property
    def days(self) -> tuple[int, ...]:
        """Its spans."""
        return self.raw, self.notices, self.dead_letters, self.attachments, self.text


FOREVER = Retention(0, 0, 0, 0, 0)


@frozen(slots=False)
class Policy:
    """Rules, calendars, chains of escalation and the settings of plugins, in force together."""

    rules: Rules
    calendars: Mapping[str, BusinessHours]
    zone: str
    chains: Mapping[str, tuple[Level, ...]]
    source: Mapping[str, Any] = field(eq=False, repr=False)

    @cached_property
    def digest(self) -> str:
        """Twelve hex digits that name exactly this policy."""
        return sha256(canonical(self.source).encode()).hexdigest()[:12]

    def month(self, at: datetime) -> str:
        """The month of a moment in the site's zone, "YYYY-MM" (REP-01)."""
        return f"{at.astimezone(self._zone):%Y-%m}"

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


@frozen(kw_only=True, slots=False)
class PolicyText(Record):
    """A policy as it was used, kept in the store so that old decisions can be explained."""

    type: ClassVar[str] = "policy"

    source: dict[str, Any]


POLICY = RecordType("policy", PolicyText)


class _Calendars(dict[str, BusinessHours]):
    """The site's calendars; one it gave up counts as always open for the clocks that still run by it."""

    def __missing__(self, name: str) -> BusinessHours:
        return always(name)


def make_policy(
    rules: Rules,
    calendars: Mapping[str, BusinessHours],
    zone: str,
    sources: Mapping[str, Any],
    chains: Mapping[str, tuple[Level, ...]] = MappingProxyType({}),
) -> Policy:
    """The policy of these rules; `sources` is whatever else decides, as plain values."""
    return Policy(rules, _Calendars(calendars), zone, chains, {"rules": plain(rules), "zone": zone, **sources})
