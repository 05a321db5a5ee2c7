"""The constitution: every hook, in the order a ticket meets them.

A plugin is a module or object whose functions carry the names below and the mark `@hookimpl`; it takes the
arguments it needs, by name, and returns values. Only the core changes the world. All values are frozen; `look`
reads, bound to what may be seen, and counts what it read.

Each docstring says when the hook is called, what None means, what becomes of an exception, and shows an example
that runs as it stands. A *first* hook asks plugins in the order of the settings until one answers; a *collecting*
hook asks them all.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import pluggy
from attrs import frozen

from itsmkit.core.model.agreement import Clock, Target
from itsmkit.core.model.days_off import DaysOff
from itsmkit.core.model.escalation import Escalation
from itsmkit.core.model.event import Event
from itsmkit.core.model.message import Message, Report, Source
from itsmkit.core.model.notice import Channel, Notice, NoticeDraft, Sent
from itsmkit.core.model.organisation import Assignment, Organisation
from itsmkit.core.model.party import Site
from itsmkit.core.model.process import Process
from itsmkit.core.model.query import Count, Page, Query, Tally
from itsmkit.core.model.record import Record, RecordType
from itsmkit.core.model.report import ReportDefinition
from itsmkit.core.model.ticket import Likeness, Ticket

hookspec = pluggy.HookspecMarker("itsmkit")
hookimpl = pluggy.HookimplMarker("itsmkit")

API = 1
"""The version of these hooks; a plugin may state the one it was written for as `ITSMKIT_API`."""


@frozen
class Classification:
    """A proposal for IM2.1: the kind and category, perhaps the service; and why."""

    kind: str
    category: str = ""
    service: str = ""
    on_site: bool = False
    why: str = ""


@frozen
class Prioritisation:
    """A proposal for IM2.3: impact, urgency and the priority that follows, 1 the highest; and why."""

    impact: int
    urgency: int
    priority: int
    why: str = ""


class Look(Protocol):
    """A read-only view for the time of one decision: scoped, budgeted, and noted in the decision's why."""

    @property
    def now(self) -> datetime:
        """The moment of the decision."""

    @property
    def site(self) -> Site:
        """The organisation: names, zone, teams, services."""

    def get(self, type_: str, key: str) -> Record | None:
        """The record of that id or unique key ("mail:ann@example.org"), or None."""

    def find(self, query: Query, limit: int = 50) -> Page:
        """The first records that answer the query."""

    def tally(self, tally: Tally) -> tuple[Count, ...]:
        """Numbers computed in the store."""

    def history(self, type_: str, id_: str, after: int = 0) -> tuple[Event, ...]:
        """The events of a record behind a sequence number."""


@hookspec
def itsmkit_types() -> Sequence[RecordType] | None:
    """Declare further types of records; the store makes room for them.

    Collecting; called once at the start. None: no types. On an exception the plugin is left out and reported.

    Example::

        from attrs import frozen
        from itsmkit import Field, Record, RecordType, hookimpl

        @frozen(kw_only=True, slots=False)
        class Badge(Record):
            type = "badge"
            owner: str

        @hookimpl
        def itsmkit_types():
            return [RecordType("badge", Badge, fields=(Field("owner", indexed=True),))]
    """


@hookspec
def itsmkit_commands() -> Sequence[Any] | None:
    """Add click commands to `itsmkit`.

    Collecting; called when the command line starts. None: no commands. An exception is reported.

    Example::

        import click
        from itsmkit import hookimpl

        @click.command("hello")
        def hello():
            click.echo("hello")

        @hookimpl
        def itsmkit_commands():
            return [hello]
    """


@hookspec(firstresult=True)
def itsmkit_open_store(url: str, types: tuple[RecordType, ...], clock: Callable[[], datetime] | None) -> Any:
    """Open the store that the URL names, ready for those types.

    First; called once at the start. `clock` replaces the store's own clock, for tests and demos. None: not my
    kind of URL. An exception refuses the start. The answer is an `itsmkit.Store`.

    Example::

        from itsmkit import MemoryStore, hookimpl

        @hookimpl
        def itsmkit_open_store(url, types, clock):
            return MemoryStore(types, clock) if url == "scratch:" else None
    """


@hookspec(firstresult=True)
def itsmkit_keep_store(url: str, types: tuple[RecordType, ...]) -> Any:
    """Look after the store that the URL names, for those types: check, upgrade, back up, restore.

    First; called by the commands of `itsmkit store`, with no store open. None: not my kind of URL. An exception ends
    the command. The answer is an `itsmkit.StoreKeeper`.

    Example::

        from itsmkit import Finding, StoreError, hookimpl

        class Forgetful:
            def check(self):
                yield Finding("kept", False, "a scratch store is gone with its process")

            def upgrade(self):
                return iter(())

            def backup(self, target):
                raise StoreError("there is nothing to back up")

            def restore(self, source):
                raise StoreError("there is nothing to restore into")

        @hookimpl
        def itsmkit_keep_store(url, types):
            return Forgetful() if url == "scratch:" else None
    """


@hookspec(firstresult=True)
def itsmkit_days_off(source: str, years: tuple[int, ...], folder: Path | None) -> DaysOff | None:
    """Give the days off of those years by a source that a calendar names, such as "holidays:CN" (SLA-01).

    First; called by `itsmkit calendar update`, which keeps the answer, and by `itsmkit doctor`, which compares; never
    while the desk works. Paths are relative to `folder`, the site's. None: not my kind of source. An exception ends the
    command, with nothing changed; `CalendarError` says in a line what to mend.

    Example::

        from datetime import date
        from itsmkit import DaysOff, hookimpl

        @hookimpl
        def itsmkit_days_off(source, years, folder):
            if source == "founders-day":
                return DaysOff(years, off={date(year, 5, 8): "Founders' day" for year in years})
    """


@hookspec(firstresult=True)
def itsmkit_organisation(site: Site) -> Organisation | None:
    """Give the organisation model: who has which duty, sees what, and who is next.

    First; called at the start and when people or teams change. None: not my model. Fails closed: without a
    model intake runs on and people's commands are refused as `Degraded`.

    Example::

        from itsmkit import Assignment, Duty, Scope, hookimpl

        class OneDesk:
            name = "one-desk"

            def roles(self):
                return ("agent",)

            def duties(self, person):
                return frozenset(Duty) if "agent" in person.roles else frozenset({Duty.REPORT})

            def scope(self, person):
                everything = "agent" in person.roles
                audiences = frozenset({"public", "personal", *(["internal"] if everything else [])})
                return Scope(frozenset({f"person:{person.id}"}), audiences, everything)

            def lines(self, site):
                return (1,)

            def assignment(self, ticket, line, site):
                return Assignment(site.teams[0].id, why="there is one desk") if site.teams else None

            def reporting_line(self, to, ticket):
                return "agent"

        @hookimpl
        def itsmkit_organisation(site):
            return OneDesk()
    """


@hookspec
def itsmkit_processes(organisation: Organisation) -> Sequence[Process] | None:
    """Give process tables: new ones, or a whole table in place of a shipped one of the same name.

    Collecting; called at the start; of two tables of one name the plugin asked first wins. None: none. Fails
    closed: on an exception the plugin is left out and the start says so.

    Example::

        from attrs import evolve
        from itsmkit import INCIDENT, hookimpl

        @hookimpl
        def itsmkit_processes(organisation):
            return [evolve(INCIDENT, title="Incidents of the night shift")]
    """


@hookspec
def itsmkit_sources() -> Sequence[Source] | None:
    """Give the places that a worker polls for messages.

    Collecting; called when a worker starts. None: none. An exception while polling is reported and tried again.

    Example::

        from itsmkit import Message, Source, hookimpl

        waiting = [Message(b"Subject: printer on fire", channel="email")]

        @hookimpl
        def itsmkit_sources():
            return [Source("list", poll=lambda: tuple(waiting), taken=waiting.remove)]
    """


@hookspec(firstresult=True)
def itsmkit_intake(message: Message) -> Report | None:
    """Read a message: what is reported, by whom, as far as it can be told.

    First; called after the message is durable. None: not my kind of message. On an exception the next plugin is
    asked; where none can read it, a ticket "not readable" is opened with the raw message attached.

    Example::

        from itsmkit import Report, hookimpl

        @hookimpl
        def itsmkit_intake(message):
            if message.raw.startswith(b"FAX "):
                return Report(title=message.raw[4:].decode("ascii", "replace"), channel="fax")
    """


@hookspec(firstresult=True)
def itsmkit_lookup(what: str, key: str) -> Any:
    """Find a person or a CI outside the store: `what` is "person" or "ci", `key` an address, number or name.

    First; called at IM1.1 where the store knows nobody, and at IM1.4 before the site's own table. The answer is a
    `Person` for "person" and the correct name for "ci". None: unknown. An exception counts as None and is journalled.

    Example::

        from itsmkit import Person, hookimpl

        directory = {"mail:ann@example.org": "Ann"}

        @hookimpl
        def itsmkit_lookup(what, key):
            if what == "person" and key in directory:
                return Person(id="ann", name=directory[key], mails=(key.removeprefix("mail:"),))
    """


@hookspec(firstresult=True)
def itsmkit_classify(ticket: Ticket, look: Look) -> Classification | None:
    """Decide the kind and category at IM2.1.

    First. None: no opinion; the next plugin is asked, in the end a person. An exception counts as None and is
    journalled on the ticket.

    Example::

        from itsmkit import Classification, hookimpl

        @hookimpl
        def itsmkit_classify(ticket, look):
            if "password" in ticket.title.lower():
                return Classification("service_request", "access", why="speaks of a password")
    """


@hookspec(firstresult=True)
def itsmkit_prioritise(record: Ticket, look: Look) -> Prioritisation | None:
    """Decide impact, urgency and priority at IM2.3.

    First. None: no opinion; the next plugin is asked, in the end a person. An exception counts as None and is
    journalled on the ticket.

    Example::

        from itsmkit import Prioritisation, hookimpl

        @hookimpl
        def itsmkit_prioritise(record, look):
            if record.service == "payroll" and look.now.day >= 25:
                return Prioritisation(1, 1, 1, why="payday is near")
    """


@hookspec
def itsmkit_agreements(record: Ticket, look: Look) -> Sequence[Target] | None:
    """Give the targets that hold for a ticket: its clocks start from them (SLA-01, SLA-05).

    Collecting; called after IM2.3 and whenever the priority changes. None: none. On an exception the others'
    targets hold and the fault is journalled on the ticket.

    Example::

        from itsmkit import Fact, Level, Target, hookimpl

        @hookimpl
        def itsmkit_agreements(record, look):
            if record.service == "payroll":
                return [Target("resolution", 4 * 3600, "always", chain=(Level(75, "manager"),), why="payroll")]
    """


@hookspec
def itsmkit_match(ticket: Ticket, look: Look) -> Sequence[Likeness] | None:
    """Find records like the ticket, with a solution where there is one (IM2.7).

    Collecting. None: none found. An exception counts as none and is journalled on the ticket.

    Example::

        from itsmkit import Likeness, hookimpl

        @hookimpl
        def itsmkit_match(ticket, look):
            if "toner" in ticket.text:
                return [Likeness("article", "a1", "K-1", 0.9, "speaks of toner", solution="Shake the cartridge.")]
    """


@hookspec(firstresult=True)
def itsmkit_assign(ticket: Ticket, look: Look) -> Assignment | None:
    """Choose who works on the ticket: at IM2.4 on line 1, at IM2.11 on the line `ticket.line` + 1.

    First. None: no opinion; the organisation model is asked, in the end a person. An answer without a person leaves
    that to the team's roster, and to what its people know. An exception counts as None and is journalled on the ticket.

    Example::

        from itsmkit import Assignment, hookimpl

        @hookimpl
        def itsmkit_assign(ticket, look):
            if ticket.step == "IM2.11" and ticket.category == "network" and look.site.team("network"):
                return Assignment("network", line=2, why="network matters go to the network team")
    """


@hookspec(firstresult=True)
def itsmkit_escalate(record: Ticket, clock: Clock, look: Look) -> Escalation | None:
    """Decide what happens when a clock reaches a level of its chain (SLA-03, SLA-04).

    First; called when the level is due, which is `clock.reached`. The answer speaks the words of a level: "manager",
    "rota:net", "team:net", "next_line", "" for nobody. None: as the chain says. An exception counts as None and is
    journalled.

    Example::

        from itsmkit import Escalation, hookimpl

        @hookimpl
        def itsmkit_escalate(record, clock, look):
            if record.priority >= 4 and clock.target.name == "response":
                return Escalation("", why="low priorities are not escalated for a late response")
    """


@hookspec
def itsmkit_notify(event: Event, record: Record) -> Sequence[NoticeDraft] | None:
    """Say who is to be told of an event.

    Collecting; called by a worker after the event is durable. None: nobody. On an exception that plugin is
    asked again later; the others' notices stand.

    Example::

        from itsmkit import NoticeDraft, hookimpl

        @hookimpl
        def itsmkit_notify(event, record):
            if event.code == "escalated":
                return [NoticeDraft("tell-the-boss", "role:incident_manager", "email", "escalated",
                                    {"number": record.number})]
    """


@hookspec
def itsmkit_channels() -> Sequence[Channel] | None:
    """Say by which channels this plugin delivers: rules name them, and what machines use is bounded.

    Collecting; called once at the start. None: none. On an exception its channels are unknown: rules that name them
    tell nobody, and `itsmkit doctor` says so.

    Example::

        from itsmkit import Channel, hookimpl

        @hookimpl
        def itsmkit_channels():
            return [Channel("list", group=True)]
    """


@hookspec(firstresult=True)
def itsmkit_deliver(notice: Notice) -> Sent | None:
    """Deliver a notice to its address by its channel.

    First; called by a worker that holds the notice's lease. None: not my channel. `NotDelivered` says that it
    failed, for good, or to be tried again, or that the whole channel is shut; any other exception is tried again; in
    the end it is a dead letter, told of on its ticket.

    Example::

        from itsmkit import Sent, hookimpl

        told = []

        @hookimpl
        def itsmkit_deliver(notice):
            if notice.channel == "list":
                told.append(notice.message_id)
                return Sent("appended")
    """


@hookspec
def itsmkit_reports() -> Sequence[ReportDefinition] | None:
    """Add reports to `itsmkit report`.

    Collecting; called when a report is asked for. None: none. An exception is reported.

    Example::

        from itsmkit import ReportDefinition, Table, Tally, hookimpl

        def backlog(look, period):
            open_now = sum(row.n for row in look.tally(Tally("ticket", ("status",))) if row.key[0] != "closed")
            return (Table("Backlog", ("open",), ((open_now,),)),)

        @hookimpl
        def itsmkit_reports():
            return [ReportDefinition("backlog", "Open tickets", backlog)]
    """
