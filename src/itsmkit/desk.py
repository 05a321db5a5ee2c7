"""`Desk`: what an embedder holds. It puts the stages in sequence and decides nothing; safe to use from any thread."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from attrs import evolve

from itsmkit.core import acting, granting, intake, outbox, posting
from itsmkit.core.access import may
from itsmkit.core.auditing import audit
from itsmkit.core.commanding import Command, begun, commanded, events, seen, type_of
from itsmkit.core.errors import BadInput, NotFound
from itsmkit.core.escalating import Planned, flaws, plan
from itsmkit.core.explaining import Explanation, explained
from itsmkit.core.health import EVERY, Health, beat, health
from itsmkit.core.health import last as last_beat
from itsmkit.core.inviting import calendar_file_of
from itsmkit.core.model.beat import AUDITOR
from itsmkit.core.model.event import Event
from itsmkit.core.model.message import Message, Receipt, Report, Source
from itsmkit.core.model.notice import Notice, Subscription
from itsmkit.core.model.organisation import Duty, Principal
from itsmkit.core.model.party import Person
from itsmkit.core.model.process import Process
from itsmkit.core.model.query import Count, Page, Query, Scope, Tally, Test
from itsmkit.core.model.record import Blob, Record, RecordType
from itsmkit.core.model.report import Table
from itsmkit.core.model.ticket import Contact, Ticket
from itsmkit.core.people import Difference, load, site_of
from itsmkit.core.permits import Ruling, rulings
from itsmkit.core.plugins import Loaded, a, refuse_inside_hook
from itsmkit.core.queues import listed
from itsmkit.core.readers import Reader, readers
from itsmkit.core.reassigning import Reassigned, reassigned, which
from itsmkit.core.reported import Kept
from itsmkit.core.reporting import tables
from itsmkit.core.setup import Setup
from itsmkit.core.store import Finding
from itsmkit.core.subscribing import subscribe, subscriptions
from itsmkit.core.verb import Verb, check_known
from itsmkit.core.verify import Verified, moments, verify
from itsmkit.core.visiting import Offer, offer
from itsmkit.core.who import demand, demand_own_name, impersonated, principal
from itsmkit.core.working import HOLD, Ticked, ticked
from itsmkit.core.world import World, system_world
from itsmkit.defaults import form
from itsmkit.opening import Opened, broken, open_desk, organised
from itsmkit.operating import Operator
from itsmkit.params import parameters
from itsmkit.settings import Settings, load_settings

BATCH = 100


class Desk(AbstractContextManager["Desk"]):
    """A service desk on its store. Open it with `Desk.open(folder)`, or with `Settings` of your own."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._setup = opened.setup

    @classmethod
    def open(
        cls,
        site: Path | str | Settings,
        *,
        world: World | None = None,
        clock: Callable[[], datetime] | None = None,
        plugins: Mapping[str, object] = MappingProxyType({}),
    ) -> Self:
        """Open the desk of a site's folder or of settings.

        `plugins` are the caller's own, by name, beside those installed. `world` replaces wall clock, ids and
        randomness, `clock` the store's own clock: for tests and demos. Raises SettingsError, PluginError or StoreError
        where it can't start; lesser troubles are in `troubles`.
        """
        settings = site if isinstance(site, Settings) else load_settings(site)
        return cls(open_desk(settings, world or system_world(), clock, plugins))

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the store; nothing committed is lost."""
        self._setup.store.close()

    # taking in

    def receive(self, message: Message | bytes, channel: str = "") -> Receipt:
        """Take in a message; when this returns it is durable, whatever any plugin did with it.

        Raises StoreError where it could not be kept: then it was not taken in.
        """
        return self.receive_many([message if isinstance(message, Message) else Message(message, channel)])[0]

    def receive_many(self, messages: Iterable[Message]) -> list[Receipt]:
        """Take in messages, a receipt each, in order; a batch of 100 shares its two durable commits."""
        refuse_inside_hook()
        receipts: list[Receipt] = []
        batch: list[Message] = []
        for message in messages:
            batch.append(message)
            if len(batch) == BATCH:
                receipts += self._receive(batch)
                batch = []
        return receipts + self._receive(batch) if batch else receipts

    def _receive(self, messages: Sequence[Message]) -> list[Receipt]:
        kept = intake.keep(self._setup, messages)
        waiting = [one for one in kept if isinstance(one, Kept)]
        if len(waiting) == 1:
            finished = iter([intake.finish(self._setup, waiting[0])])
        else:
            finished = iter(intake.finish_many(self._setup, waiting))
        return [next(finished) if isinstance(one, Kept) else one for one in kept]

    def foresee(self, message: Message) -> tuple[Receipt, Ticket | None]:
        """What would become of a message: its receipt, and the ticket as it would be; nothing is stored."""
        refuse_inside_hook()
        plan = intake.foreseen(self._setup, message)
        tickets = [one.after for one in plan.unit.changes if isinstance(one.after, Ticket)]
        return plan.receipt, tickets[0] if tickets else None

    def report(self, report: Report, by: Principal) -> Receipt:
        """Take in a report that was typed in, on its `channel`."""
        return self.receive(self.typed_in(report, by))

    def typed_in(self, report: Report, by: Principal) -> Message:
        """The message that a report typed in makes.

        Without a word on who it is, or by somebody who may not record for others, it is the principal's own (USR-01).
        """
        if not (report.title.strip() or report.text.strip()):
            msg = "a report needs a title or a text that says what it is about"
            raise BadInput(msg)
        self._check_words(report)
        records = may(by, frozenset({Duty.RECORD}))
        if by.person and (report.contact == Contact() or not records):
            report = evolve(report, contact=Contact(name=by.name, person=by.person))
        elif by.person:
            report = evolve(report, recorder=by.person)
        return Message(form(report, self._setup.world.new_id()), report.channel or "web", by=by.id)

    def _check_words(self, report: Report) -> None:
        """What was typed in by hand can still be put right: unknown words are refused and not dropped."""
        rules = self._setup.policy.rules
        check_known("kind", report.kind, ("", *rules.kinds))
        check_known("service", report.service, ("", *(one.id for one in self._setup.site.services)))
        check_known("catalogue item", report.item, ("", *(one.id for one in self._setup.site.catalogue)))
        levels = (("impact", report.impact, len(rules.matrix)), ("urgency", report.urgency, len(rules.matrix[0])))
        for name, given, most in levels:
            if not 0 <= given <= most:
                msg = f"{name} runs from 1 to {most}"
                raise BadInput(msg)

    # doing

    def do(
        self,
        verb: str,
        number: str,
        /,
        by: Principal,
        *,
        expect: int | None = None,
        command: str = "",
        dry_run: bool = False,
        **params: Any,
    ) -> Any:
        """Do a verb to the ticket or other record of that number and walk its process on; the record as it is then.

        `expect` is the version that the caller read: if it isn't any more, Stale. Without it a conflict is
        decided anew, up to 8 times. `command` makes a repeat harmless: the second call changes nothing. A
        `dry_run` decides and stores nothing. Raises Refused of some kind, with nothing changed.
        """
        refuse_inside_hook()
        found = acting.verb_named(verb, type_of(self._setup, number))
        asked = Command(found, number, parameters(found, params), expect, command, dry_run)
        return commanded(self._setup, asked, by)

    def begin(self, what: str, /, by: Principal, *, command: str = "", dry_run: bool = False, **params: Any) -> Any:
        """Begin a record that isn't begun on a ticket, such as an entry of the register; as `do` in all else."""
        refuse_inside_hook()
        found = acting.beginning(what)
        asked = Command(found, "", parameters(found, params), name=command, dry_run=dry_run)
        return begun(self._setup, asked, by)

    def reassign(
        self, by: Principal, team: str, *, queue: str = "", numbers: Iterable[str] = (), command: str = "",
        dry_run: bool = False, **more: Any,
    ) -> tuple[Reassigned, ...]:  # fmt: skip
        """Assign the tickets named and those on a work list, one by one; what became of each, refusals named.

        `more` is what the verb `assign` takes.
        """
        refuse_inside_hook()
        to = parameters(acting.verb_named("assign", "ticket"), {"team": team, **more})
        wanted = which(self._setup, queue, numbers, by)
        return tuple(reassigned(self._setup, wanted, to, by, command=command, dry_run=dry_run))

    def verbs(self, number: str, by: Principal) -> tuple[Verb, ...]:
        """What the principal can do to the record as it stands."""
        record = self.record(number, by)
        return acting.fitting(self._setup.processes[record.process], record, by)

    # reading

    def ticket(self, number: str, by: Principal) -> Ticket:
        """The ticket as the principal may see it; NotFound where there is none or it is hidden."""
        found = self.record(number, by)
        if not isinstance(found, Ticket):
            raise NotFound("ticket", number)
        return found

    def record(self, number: str, by: Principal) -> Any:
        """The ticket, work order, entry or other record of that number, as `ticket` does."""
        return seen(self._setup, number, by)

    def history(self, number: str, by: Principal) -> tuple[Event, ...]:
        """The events of the record of that number as the principal may see them."""
        return events(self._setup, self.record(number, by), by.scope)

    def find(self, query: Query, by: Principal, after: str | None = None, limit: int = 100) -> Page:
        """Records that answer the query, within the principal's scope."""
        return self._setup.store.find(query, by.scope, after, limit)

    def tally(self, tally: Tally, by: Principal) -> tuple[Count, ...]:
        """Numbers over the records within the principal's scope."""
        return self._setup.store.tally(tally, by.scope)

    def blob(self, digest: str, by: Principal) -> Blob | None:
        """The bytes of an attachment or raw message within the principal's scope."""
        return self._setup.store.blob(digest, by.scope)

    def queue(self, name: str, by: Principal, limit: int = 200) -> tuple[Any, ...]:
        """A work list by its name, the most urgent first: tickets, or what runs beside them."""
        return listed(self._setup, name, by, limit)

    def slots(self, number: str, by: Principal, minutes: int = 0, after: datetime | None = None) -> Offer:
        """The five earliest times for a work order's visit, for those who agree it with the customer (INC-23)."""
        return offer(self._setup, number, by, minutes, after)

    def calendar_file(self, number: str, by: Principal, language: str = "") -> str:
        """The visit of a work order as an .ics file, as far as the reader may see who is concerned (RFC 5545)."""
        return calendar_file_of(self._setup, number, by, language)

    def readers(self, number: str, by: Principal) -> tuple[Reader, ...]:
        """Whom a business rule or the like is for, and who of them has read it, for managers and the process owner."""
        return tuple(readers(self._setup, number, by))

    def explain(self, number: str, by: Principal) -> Explanation:
        """Why the ticket is as it is: each decision with who made it, from what, and who else was asked."""
        ticket = self.ticket(number, by)
        return explained(ticket, events(self._setup, ticket, by.scope), self._notices(ticket, by))

    def _notices(self, ticket: Ticket, by: Principal) -> tuple[Notice, ...]:
        query = Query("notice", (Test("about", value=ticket.id),), order="queued")
        found = self._setup.store.find(query, by.scope, limit=200).items
        return tuple(one for one in found if isinstance(one, Notice))

    def escalations(self, number: str, by: Principal) -> tuple[Planned, ...]:
        """The escalations to come on the ticket as if nothing changed, soonest first."""
        return plan(self._setup, self.ticket(number, by))

    def escalation_flaws(self) -> tuple[Finding, ...]:
        """What in the site's chains and rosters can't work."""
        return tuple(flaws(self._setup))

    def tables(self, name: str, period: str, by: Principal) -> tuple[Table, ...]:
        """A report of some plugin, for a month "YYYY-MM", over what the principal may see."""
        return tables(self._setup, name, period, by)

    # who

    def principal(self, key: str) -> Principal:
        """The principal of a person, by id or unique key ("mail:…", "login:…"); NotFound where there is none."""
        return principal(self._setup, key)

    def impersonated(self, real: Principal, key: str) -> Principal:
        """The principal of another person, acted for by `real`, who needs the duty; every event tells of both."""
        return impersonated(self._setup, real, key)

    def service(self, name: str, duties: Iterable[Duty] = tuple(Duty)) -> Principal:
        """A principal for a program of the embedder's own, which vouches for it; it sees everything."""
        return Principal(f"service:{name}", frozenset(duties), Scope.system(f"service {name}"), name)

    def permits(self, who: str, verb: str, number: str, by: Principal) -> tuple[Ruling, ...]:
        """What each rule of access says of a person's verb on a record; for those who manage or administer."""
        return rulings(self._setup, who, verb, number, by=by)

    def roles(self) -> tuple[tuple[str, tuple[Duty, ...]], ...]:
        """The roles of the organisation model in force, each with its duties."""
        model = self._setup.model()
        held = ((role, model.duties(Person(id="", name=role, roles=(role,)))) for role in model.roles())
        return tuple((role, tuple(one for one in Duty if one in duties)) for role, duties in held)

    def deputise(
        self, absent: str, deputy: str, since: datetime | None, until: datetime, *, by: Principal, dry_run: bool = False
    ) -> Person:
        """Let a person stand in for another from `since` (None: now) to `until`; the deputy's record."""
        refuse_inside_hook()
        begins = since or self._setup.world.now()
        return granting.deputise(self._setup, absent, deputy, begins, until, by=by, dry_run=dry_run)

    def break_glass(self, reason: str, minutes: int, *, by: Principal, dry_run: bool = False) -> Person:
        """Give an administrator sight of everything for a while, an hour at most; journalled with all they do."""
        refuse_inside_hook()
        return granting.break_glass(self._setup, reason, minutes, by=by, dry_run=dry_run)

    def load(self, records: Iterable[Record], by: Principal, *, dry_run: bool = False) -> Iterator[Difference]:
        """Make people, teams and services like `records`; what each came to, as the result is iterated over.

        Nothing is loaded by a call whose result nobody iterates over. NotAllowed at once without the duty.
        """
        refuse_inside_hook()
        demand(by, "loading people and teams", Duty.ADMINISTER)
        demand_own_name(by, "loading people and teams")
        return self._loading(records, by, dry_run=dry_run)

    def _loading(self, records: Iterable[Record], by: Principal, *, dry_run: bool) -> Iterator[Difference]:
        yield from load(self._setup.store, self._setup.world, records, by.id, dry_run=dry_run)
        self.refresh()

    def refresh(self) -> None:
        """Read teams and services anew, as every `tick` does."""
        site = self._opened.settings.site
        fresh = site_of(self._setup.store, site.name, site.zone, site.language, site.domain)
        if fresh != self._setup.site or self._setup.organisation is None:
            setup, troubles = organised(evolve(self._setup, site=fresh), self._opened.settings)
            # A model that fails just now doesn't take the one in force with it.
            self._setup = setup if setup.organisation else evolve(self._setup, site=fresh)
            self._opened = evolve(self._opened, troubles=troubles)

    # telling

    def subscriptions(self, by: Principal, person: str = "") -> tuple[Subscription, ...]:
        """What a person has chosen to be told: the principal's own, or with the duty another's."""
        return subscriptions(self._setup, by, person)

    def subscribe(
        self, by: Principal, rule: str, *, want: bool = True, channel: str = "", digest: str = "", person: str = ""
    ) -> Subscription:
        """Choose for one rule ("*": all) whether it is wanted, by which channel, and collected how often."""
        refuse_inside_hook()
        return subscribe(self._setup, by, rule, want=want, channel=channel, digest=digest, person=person)

    # working

    def tick(
        self, limit: int = 100, *, hold: int = HOLD, at_work: Callable[[float | None], None] = lambda _: None
    ) -> Ticked:
        """One pass of a worker over everything that is due; any number of workers may run at once.

        Does clocks and deadlines, takes up what a dead receiver left, later steps, news, then deliveries: `limit` of
        each. A batch is held for `hold` seconds; `at_work` is told until when, by the monotonic clock, and None after.
        """
        refuse_inside_hook()
        self.refresh()
        return ticked(self._setup, limit, hold, at_work)

    def sources(self) -> tuple[Source, ...]:
        """The places that plugins poll for messages."""
        return tuple(source for _, source in self._setup.plugins.every("itsmkit_sources", a(Source)).answer)

    def poll(self) -> list[Receipt]:
        """Take in what every source has now; each is told once its messages are durable."""
        receipts, plugins = [], self._setup.plugins
        for name, source in plugins.every("itsmkit_sources", a(Source)).answer:
            for message in plugins.items(name, "itsmkit_sources", source.poll, a(Message)):
                receipts.append(self.receive(message))
                plugins.call(name, "itsmkit_sources", partial(source.taken, message))
        return receipts

    # looking after it

    def beat(self, name: str, done: int) -> None:
        """Leave a worker's sign of life: its name, and how many todos it has done."""
        beat(self._setup, f"worker {name.replace(':', ' ')}", done=done)

    def audit(self) -> tuple[str, ...]:
        """Prove that everything due has run; what is amiss, a line each. Leaves the auditor's sign of life."""
        last = last_beat(self._setup, AUDITOR)
        self.refresh()
        now = self._setup.world.now()
        audited = audit(self._setup.store, self._setup.policy, now, last.cursor if last else "")
        if last is None or audited.found != last.found or audited.cursor != last.cursor or now - last.at >= EVERY:
            beat(self._setup, AUDITOR, found=audited.found, cursor=audited.cursor)
        return audited.found

    def health(self) -> Health:
        """Whether it works right now: what waits and since when, and when workers and the auditor were seen."""
        return health(self._setup, self.troubles)

    def verify(self, progress: Callable[[], None] = lambda: None) -> Verified:
        """Prove chains, bytes, keys, lanes, timelines and conservation over the whole store."""
        due = moments(self._setup.store, self._setup.policy)
        return verify(self._setup.store, self._opened.types, progress, due)

    def dead_letters(self, number: str, by: Principal) -> tuple[Notice, ...]:
        """What nobody was told about a ticket though they should have been, for those who see its inner side."""
        ticket = self.ticket(number, by)
        return outbox.undelivered(self._setup, ticket, by.scope)

    def operator(self, by: Principal) -> Operator:
        """What an operator does beside the daily work: outbox, inbox, parked work, erasure, retention.

        NotAllowed without the duty, and to who acts as somebody else.
        """
        demand(by, "operating the desk", Duty.ADMINISTER)
        demand_own_name(by, "operating the desk")
        return Operator(self._setup, by)

    @property
    def troubles(self) -> tuple[str, ...]:
        """What is wrong with the desk's parts right now, a line each."""
        return (*broken(self._setup.plugins.faults), *self._opened.troubles, *posting.troubles(self._setup))

    @property
    def plugins(self) -> tuple[Loaded, ...]:
        """The plugins that take part, in the order they are asked."""
        return tuple(self._setup.plugins.loaded)

    @property
    def processes(self) -> tuple[Process, ...]:
        """The process tables in force."""
        return tuple(self._setup.processes.values())

    @property
    def settings(self) -> Settings:
        """What the desk was told."""
        return self._opened.settings

    @property
    def setup(self) -> Setup:
        """The parts that the stages share; for tools that need more than the desk offers."""
        return self._setup

    @property
    def types(self) -> tuple[RecordType, ...]:
        """The types of records it keeps."""
        return self._opened.types
