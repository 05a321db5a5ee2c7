"""The core's own plugin, asked last: what a desk does where no other plugin has an answer."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from attrs import field, fields, frozen
from cattrs import ForbiddenExtraKeysError

from itsmkit.core.codec import canonical, plain, value
from itsmkit.core.memory import MemoryStore
from itsmkit.core.model.agreement import Target
from itsmkit.core.model.message import Message, Report
from itsmkit.core.model.query import Tally, Test
from itsmkit.core.model.record import RecordType
from itsmkit.core.model.report import ReportDefinition, Table
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.policy import HOUR, ClassifyRule, Rules
from itsmkit.hookspecs import Classification, Look, Prioritisation, hookimpl

_MALFORMED = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, ForbiddenExtraKeysError)
FORM = "itsmkit.report"
"""The mark of a report that was typed in: a JSON object with this key holding 1."""


@frozen
class Defaults:
    """Deciding by the site's rules: words for the kind and category, a matrix for the priority."""

    rules: Rules
    words: tuple[tuple[str, ClassifyRule], ...] = field(init=False)

    @words.default
    def _words(self) -> tuple[tuple[str, ClassifyRule], ...]:
        return tuple((word.lower(), rule) for rule in self.rules.classify for word in rule.words)

    @hookimpl
    def itsmkit_open_store(
        self, url: str, types: tuple[RecordType, ...], clock: Callable[[], datetime] | None
    ) -> MemoryStore | None:
        """`memory:` keeps everything in this process, for tests and trials."""
        return MemoryStore(types, clock) if url == "memory:" else None

    @hookimpl
    def itsmkit_intake(self, message: Message) -> Report | None:
        """Forms typed in: JSON as `form` writes it."""
        if not message.raw.startswith(b'{"') or FORM.encode() not in message.raw[:5_000_000]:
            return None
        try:
            data = json.loads(message.raw)
        except (ValueError, RecursionError):
            return None
        if not isinstance(data, dict) or data.pop(FORM, None) != 1:
            return None
        data.pop("call", None)
        try:
            return value(data, Report)
        except _MALFORMED:
            return None  # anybody may send such a thing: it is no fault of ours

    @hookimpl
    def itsmkit_classify(self, ticket: Ticket, look: Look) -> Classification | None:
        """By the first rule with a word in title or text; what was reported with a kind and category keeps them."""
        if ticket.kind and ticket.category:
            return Classification(ticket.kind, ticket.category, ticket.service, why="as reported")
        folded = f"{ticket.title}\n{ticket.text}".lower()
        for word, rule in self.words:
            if word in folded:
                service = ticket.service or (rule.service if look.site.service(rule.service) else "")
                kind, category = ticket.kind or rule.kind, ticket.category or rule.category
                return Classification(kind, category, service, rule.on_site, f"speaks of {word!r}")
        if self.rules.default_category:
            kind = ticket.kind or self.rules.default_kind
            return Classification(kind, self.rules.default_category, ticket.service, why="the site's default")
        return None

    @hookimpl
    def itsmkit_prioritise(self, record: Ticket, look: Look) -> Prioritisation:
        """From impact and urgency by the site's matrix; what wasn't told is taken from the service or the default."""
        service = look.site.service(record.service)
        impact = record.impact or self.rules.default_impact
        urgency = record.urgency or (service.urgency if service else 0) or self.rules.default_urgency
        priority = self.rules.priority(impact, urgency)
        told = [name for name, level in (("impact", record.impact), ("urgency", record.urgency)) if level]
        source = f"{' and '.join(told)} as reported" if told else "the site's defaults"
        if not record.urgency and service and service.urgency:
            source = f"{source}, urgency of the service {service.id}"
        return Prioritisation(impact, urgency, priority, f"impact {impact} x urgency {urgency} of the matrix, {source}")

    @hookimpl
    def itsmkit_agreements(self, record: Ticket, look: Look) -> Sequence[Target]:
        """What the service catalogue promises for the item that is asked for (SLA-01)."""
        item = look.site.item(record.item) if record.item else None
        if item is None or not item.hours:
            return ()
        return (Target("catalogue", item.hours * HOUR, self.rules.calendar, why=f"catalogue item {item.id}"),)

    @hookimpl
    def itsmkit_reports(self) -> Sequence[ReportDefinition]:
        """The month's counts, and what users said."""
        return [
            ReportDefinition("month", "Tickets of a month", month),
            ReportDefinition("survey", "Answers of the survey", survey),
        ]


def form(report: Report, call: str) -> bytes:
    """A report typed in, as a message; `call` makes two equal ones two."""
    data: dict[str, Any] = {}
    for one in fields(Report):
        given = getattr(report, one.name)
        if one.name != "attachments" and given != one.default:
            data[one.name] = given
    return canonical({FORM: 1, "call": call, **{name: plain(one) for name, one in data.items()}}).encode()


def month(look: Look, period: str) -> tuple[Table, ...]:
    """Tickets opened, resolved and closed in a month, by kind and priority (REP-01, REP-02)."""
    counted: dict[tuple[str, int], dict[str, int]] = {}
    for column in ("opened", "resolved", "closed"):
        where = (Test(f"{column}_month", value=period),)
        for row in look.tally(Tally("ticket", ("kind", "priority"), where)):
            counted.setdefault((row.key[0], row.key[1] or 0), {})[column] = row.n
    columns = ("opened", "resolved", "closed")
    rows = [
        (kind, priority, *(one.get(name, 0) for name in columns)) for (kind, priority), one in sorted(counted.items())
    ]
    total = ("all", "", *(sum(one.get(name, 0) for one in counted.values()) for name in columns))
    return (Table(f"Tickets of {period}", ("kind", "priority", *columns), (*rows, total)),)


def survey(look: Look, period: str) -> tuple[Table, ...]:
    """How many users gave which score, of the tickets closed in a month (INC-45)."""
    closed = look.tally(Tally("ticket", ("survey",), (Test("closed_month", value=period),)))
    rows = tuple((row.key[0], row.n) for row in sorted(closed, key=lambda row: row.key[0] or 0) if row.key[0])
    return (Table(f"Survey of {period}", ("score", "answers"), rows),)
