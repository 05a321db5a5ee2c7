"""`Desk`: what an embedder holds. It puts the stages in sequence and decides nothing; safe to use from any thread."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from pathlib import Path
from random import Random
from time import sleep
from types import MappingProxyType
from typing import Any, Self

from attrs import evolve, frozen

from itsmkit.core import acting, intake, relay, sweep
from itsmkit.core.access import masked, may
from itsmkit.core.changes import ticket_change
from itsmkit.core.errors import BadInput, KeyTaken, NotAllowed, NotFound, PluginError, Stale, StoreError
from itsmkit.core.explaining import Explanation, explained
from itsmkit.core.model.event import Event
from itsmkit.core.model.message import Message, Receipt, Report, Source
from itsmkit.core.model.organisation import Duty, Principal
from itsmkit.core.model.party import Person
from itsmkit.core.model.process import Process
from itsmkit.core.model.query import Count, Page, Query, Scope, Tally
from itsmkit.core.model.record import Blob, Record, RecordType, Unreadable
from itsmkit.core.model.report import ReportDefinition, Table
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.model.unit import Conflict, Done, Duplicate, Given, Lane, Lease, Unit
from itsmkit.core.people import Difference, load, site_of
from itsmkit.core.plugins import Loaded, a, refuse_inside_hook
from itsmkit.core.queues import QUEUES
from itsmkit.core.reported import Kept
from itsmkit.core.setup import Looking, Setup
from itsmkit.core.verb import Verb
from itsmkit.core.verify import Verified, verify
from itsmkit.core.world import World, system_world
from itsmkit.defaults import form
from itsmkit.opening import Opened, broken, open_desk, organised
from itsmkit.params import parameters
from itsmkit.settings import Settings, load_settings

TRIES = 8
BATCH = 100


@frozen
class Ticked:
    """What one pass of a worker did, by lane."""

    intake: int = 0
    work: int = 0
    due: int = 0
    news: int = 0
    post: int = 0

    @property
    def total(self) -> int:
        """Everything it did."""
        return self.intake + self.work + self.due + self.news + self.post


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
        raw = form(report, self._setup.world.new_id())
        return self.receive(Message(raw, report.channel or "web", by=by.id))

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
    ) -> Ticket:
        """Do a verb to a ticket and walk its process on; the ticket as it is then.

        `expect` is the version that the caller read: if it isn't any more, Stale. Without it a conflict is
        decided anew, up to 8 times. `command` makes a repeat harmless: the second call changes nothing. A
        `dry_run` decides and stores nothing. Raises Refused of some kind, with nothing changed.
        """
        refuse_inside_hook()
        found = acting.verb_named(verb)
        values = parameters(found, params)
        setup, principal, given = self._fresh(by)
        for attempt in range(TRIES):
            before = self._whole(self._ticket(number, principal))
            if expect is not None and expect != before.version:
                missed = self._setup.store.history("ticket", before.id, principal.scope, expect)
                raise Stale(number, expect, before.version, (event.code for event in missed))
            now = setup.world.now()
            acted = acting.act(setup, before, found, values, by=principal, now=now)
            change = ticket_change(setup, before, acted.ticket, acted.drafts, now, cause=command)
            if dry_run:
                return self._shown(change.after, principal)
            outcome = setup.store.commit(Unit((change,), given=given, blobs=acted.blobs, command=command))[0]
            if isinstance(outcome, Done):
                return self._ticket(number, principal) if outcome.repeated else self._shown(change.after, principal)
            if isinstance(outcome, Duplicate):
                msg = f"{outcome.key} belongs to {outcome.type} {outcome.id}"
                raise KeyTaken(msg)
            if isinstance(outcome, Conflict) and outcome.type == "person":
                setup, principal, given = self._fresh(by)
            sleep(Random().uniform(0, 0.002 * 2**attempt))  # noqa: S311 - jitter, not a secret  # noqa: S311 - jitter, not a secret
        msg = f"{number} is being changed by many at once; try again"
        raise StoreError(msg)

    def _fresh(self, by: Principal) -> tuple[Setup, Principal, tuple[Given, ...]]:
        """The principal's duties as they are now, and the record they rest on."""
        if not by.person:
            return self._setup, by, ()
        person = self._setup.store.get("person", by.person, Scope.system("principal"))
        if not isinstance(person, Person):
            raise NotFound("person", by.person)
        fresh = self._principal(person)
        return self._setup, evolve(fresh, on_behalf=by.on_behalf), (Given("person", person.id, person.version),)

    def _whole(self, seen: Ticket) -> Ticket:
        """The ticket as stored, of one that the principal was found to see: decisions rest on all of it."""
        found = self._setup.store.get("ticket", seen.id, Scope.system("command"))
        return found if isinstance(found, Ticket) else seen

    def _shown(self, after: Record, by: Principal) -> Ticket:
        return _as_ticket(masked(self._setup.types["ticket"], after, by.scope))

    def _ticket(self, number: str, by: Principal) -> Ticket:
        found = self._setup.store.get("ticket", f"number:{number}", by.scope)
        if isinstance(found, Unreadable):
            raise StoreError(found.why)
        if not isinstance(found, Ticket):
            raise NotFound("ticket", number)
        return found

    def verbs(self, number: str, by: Principal) -> tuple[Verb, ...]:
        """What the principal can do to the ticket as it stands."""
        ticket = self._ticket(number, by)
        return acting.fitting(self._setup.processes[ticket.process], ticket, by)

    # reading

    def ticket(self, number: str, by: Principal) -> Ticket:
        """The ticket as the principal may see it; NotFound where there is none or it is hidden."""
        return self._ticket(number, by)

    def history(self, number: str, by: Principal) -> tuple[Event, ...]:
        """The ticket's events as the principal may see them."""
        ticket = self._ticket(number, by)
        events: list[Event] = []
        while stretch := self._setup.store.history("ticket", ticket.id, by.scope, events[-1].seq if events else 0):
            events += stretch
        return tuple(events)

    def find(self, query: Query, by: Principal, after: str | None = None, limit: int = 100) -> Page:
        """Records that answer the query, within the principal's scope."""
        return self._setup.store.find(query, by.scope, after, limit)

    def tally(self, tally: Tally, by: Principal) -> tuple[Count, ...]:
        """Numbers over the records within the principal's scope."""
        return self._setup.store.tally(tally, by.scope)

    def blob(self, digest: str, by: Principal) -> Blob | None:
        """The bytes of an attachment or raw message within the principal's scope."""
        return self._setup.store.blob(digest, by.scope)

    def queue(self, name: str, by: Principal, limit: int = 200) -> tuple[Ticket, ...]:
        """A work list by its name, the most urgent first."""
        try:
            queue = QUEUES[name]
        except KeyError:
            msg = f"there is no queue {name!r}; there are {', '.join(QUEUES)}"
            raise BadInput(msg) from None
        now = self._setup.world.now()
        found: list[Ticket] = []
        after: str | None = None
        while len(found) < limit:
            page = self.find(queue.query(by), by, after, limit)
            found += [one for one in page.items if isinstance(one, Ticket) and queue.fits(one, now)]
            if (after := page.after) is None:
                break
        return tuple(found[:limit])

    def explain(self, number: str, by: Principal) -> Explanation:
        """Why the ticket is as it is: each decision with who made it, from what, and who else was asked."""
        return explained(self._ticket(number, by), self.history(number, by))

    def tables(self, name: str, period: str, by: Principal) -> tuple[Table, ...]:
        """A report of some plugin, for a month "YYYY-MM", over what the principal may see."""
        if not may(by, frozenset({Duty.READ_REPORTS, Duty.MANAGE, Duty.OWN_PROCESS})):
            msg = f"reports need the duty read_reports; {by.name or by.id} lacks it"
            raise NotAllowed(msg)
        offered = self._setup.plugins.every("itsmkit_reports", a(ReportDefinition)).answer
        definitions = {one.name: (by, one) for by, one in reversed(offered)}
        if name not in definitions:
            msg = f"there is no report {name!r}; there are {', '.join(sorted(definitions))}"
            raise BadInput(msg)
        look = Looking(self._setup.world.now(), self._setup.site, self._setup.store, by.scope)
        plugin, definition = definitions[name]
        heard = self._setup.plugins.call(plugin, "itsmkit_reports", partial(definition.make, look, period), _are_tables)
        if heard.answer is None:
            msg = f"report {name} of plugin {plugin} failed: {next((one.detail for one in heard.faults), 'no tables')}"
            raise PluginError(msg)
        tables: tuple[Table, ...] = heard.answer
        return tables

    # who

    def principal(self, key: str) -> Principal:
        """The principal of a person, by id or unique key ("mail:…", "login:…"); NotFound where there is none."""
        found = self._setup.store.get("person", key, Scope.system("principal"))
        if not isinstance(found, Person) or not found.active:
            raise NotFound("person", key)
        return self._principal(found)

    def _principal(self, person: Person) -> Principal:
        model = self._setup.model()
        return Principal(f"person:{person.id}", model.duties(person), model.scope(person), person.name)

    def impersonated(self, real: Principal, key: str) -> Principal:
        """The principal of another person, acted for by `real`, who needs the duty; every event tells of both."""
        if not may(real, frozenset({Duty.IMPERSONATE})):
            msg = f"acting as somebody else needs the duty impersonate; {real.name or real.id} lacks it"
            raise NotAllowed(msg)
        return evolve(self.principal(key), on_behalf=real.id)

    def service(self, name: str, duties: Iterable[Duty] = tuple(Duty)) -> Principal:
        """A principal for a program of the embedder's own, which vouches for it; it sees everything."""
        return Principal(f"service:{name}", frozenset(duties), Scope.system(f"service {name}"), name)

    def load(self, records: Iterable[Record], by: Principal, *, dry_run: bool = False) -> Iterator[Difference]:
        """Make people, teams and services like `records`; what each came to, as it goes."""
        refuse_inside_hook()
        if not may(by, frozenset({Duty.ADMINISTER})):
            msg = f"loading people and teams needs the duty administer; {by.name or by.id} lacks it"
            raise NotAllowed(msg)
        yield from load(self._setup.store, self._setup.world, records, by.id, dry_run=dry_run)
        self.refresh()

    def refresh(self) -> None:
        """Read teams and services anew, as every `tick` does."""
        site = self._opened.settings.site
        fresh = site_of(self._setup.store, site.name, site.zone, site.language, site.domain)
        if fresh != self._setup.site:
            self._setup, troubles = organised(evolve(self._setup, site=fresh), self._opened.settings.organisation.model)
            self._opened = evolve(self._opened, troubles=troubles)

    # working

    def tick(self, limit: int = 100) -> Ticked:
        """One pass of a worker over everything that is due; any number of workers may run at once.

        Takes up what a dead receiver left, later steps, clocks and deadlines, news, then deliveries: `limit` of each.
        """
        refuse_inside_hook()
        self.refresh()
        return Ticked(
            self._drain(Lane.INTAKE, intake.HOLD, limit, self._take_up),
            self._drain(Lane.WORK, sweep.HOLD, limit, sweep.work),
            self._drain(Lane.DUE, sweep.HOLD, limit, sweep.sweep),
            self._drain(Lane.NEWS, relay.HOLD, limit, relay.relay),
            self._drain(Lane.POST, relay.HOLD, limit, relay.post),
        )

    def _drain(self, lane: Lane, hold: int, limit: int, do: Callable[[Setup, Lease], object]) -> int:
        done = 0
        while done < limit and (leases := self._setup.store.lease(lane, hold, 1)):
            for lease in leases:
                do(self._setup, lease)
                done += 1
        return done

    def _take_up(self, setup: Setup, lease: Lease) -> None:
        kept = intake.left_behind(setup, lease)
        if kept is not None:
            intake.finish(setup, kept)

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

    def verify(self, progress: Callable[[], None] = lambda: None) -> Verified:
        """Prove chains, numbers, timelines and conservation over the whole store."""
        return verify(self._setup.store, self._opened.types, progress)

    @property
    def troubles(self) -> tuple[str, ...]:
        """What is wrong with the desk's parts right now, a line each."""
        return (*broken(self._setup.plugins.faults), *self._opened.troubles)

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


def _are_tables(answer: Any) -> str:
    fits = isinstance(answer, tuple) and all(isinstance(one, Table) for one in answer)
    return "" if fits else f"gave {type(answer).__name__} where tables are due"


def _as_ticket(record: Record) -> Ticket:
    if not isinstance(record, Ticket):
        raise TypeError(type(record).__name__)
    return record
