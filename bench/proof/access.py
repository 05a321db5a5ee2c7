"""Access, held against a second and naive reading of who sees what: `python -m bench.proof.access [checks]`.

The tables below are written from requirements §5 and §8 and not from the models. A small world of three vendors and two
customers lives on the store in memory; rights come and go in it, and after each change people read everything there is,
by every path there is. Whatever they are shown beyond the tables, or denied within them, is a leak.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any

from attrs import define, field

from bench.proof import sides
from bench.proof.sides import Part, Side, Sides
from itsmkit import (
    Attachment,
    Contact,
    Desk,
    Draft,
    ItsmError,
    NotFound,
    Person,
    Principal,
    Query,
    Status,
    Tally,
    Team,
    Test,
    Ticket,
    Unit,
    revised,
    terms,
)
from itsmkit.core.changes import child_change, ticket_change, with_children
from itsmkit.core.model.announcement import Announcement, AnnouncementStatus
from itsmkit.core.model.commitment import Commitment
from itsmkit.core.model.entry import Entry, EntryKind
from itsmkit.core.model.task import Task
from itsmkit.core.model.work_order import WorkOrder
from itsmkit.testing import MovedClock, blob, desk

TABLES = {
    "tiered": """
        user                     own     public personal
        service_desk             all     public personal internal
        support                  team    public personal internal
        vendor_support           vendor  public vendor
        incident_manager         all     public personal internal
        problem_manager          all     public personal internal
        company_management       all     public personal internal
        project_manager          all     public personal internal
        technical_director       all     public internal
        archivist                all     public personal internal
        configuration_manager    all     public internal
        department_manager       dept    public
        process_owner            all     public internal
        administrator            own     public personal
    """,
    "vendor": """
        user                     own     public personal
        service_desk             all     public personal internal
        analyst                  team    public personal internal
        vendor_analyst           vendor  public vendor
        is_incident_manager      all     public personal internal
        is_problem_manager       all     public personal internal
        vendor_incident_manager  vendor  public vendor
        vendor_problem_manager   vendor  public vendor
        company_management       all     public personal internal
        project_manager          all     public personal internal
        technical_director       all     public internal
        archivist                all     public personal internal
        configuration_manager    all     public internal
        department_manager       dept    public
        process_owner            all     public internal
        administrator            own     public personal
    """,
}
"""Role, whose tickets it sees beside its own, what of them it is shown."""
ROWS = {
    model: {
        line.split()[0]: (line.split()[1], frozenset(line.split()[2:])) for line in table.strip().splitlines()
    }
    for model, table in TABLES.items()
}  # fmt: skip
MANAGERS = {"incident_manager", "problem_manager", "is_incident_manager", "is_problem_manager",
            "vendor_incident_manager", "vendor_problem_manager"}  # fmt: skip
WORKERS = {"service_desk", "support", "vendor_support", "analyst", "vendor_analyst", "company_management"} | MANAGERS
"""Who steers, and who takes part in the process, in either model."""
VENDORS = ("ace", "acme", "acme2")
CUSTOMERS = {"north": "fin", "south": "finance"}
WHOM = ("all", "customer:north", "customer:south", "department:fin", "department:finance")
TEAMS = {"desk": "", "net": "", "net2": "", **{f"t-{one}": one for one in VENDORS}}
TICKETS = 36
TASK_OVER = "internal task"
"""For whose ears it is that a task is over, and the event's code."""
ENTRIES = 0.5
"""So many tickets have an entry of the register."""


@define
class Who:
    """What is known of a person."""

    roles: tuple[str, ...]
    teams: tuple[str, ...] = ()
    vendor: str = ""
    department: str = ""
    customer: str = ""
    deputises: list[tuple[str, datetime, datetime]] = field(factory=list)
    glass: datetime | None = None


@define
class Fact:
    """What is known of a ticket: whose it is, for whose ears its events are, and to whom it is announced, by whom.

    `told` is "" where nothing is announced of it, and "draft" where nobody is to see it yet. `promise` is "public"
    where something was promised to the requester, "own" where it is the desk's own, and "" where nothing was.
    """

    people: dict[str, str]
    team: str
    department: str
    audiences: list[str]
    told: str = ""
    drafter: str = ""
    promise: str = ""
    promised_by: str = ""
    order: str = ""
    order_people: tuple[str, ...] = ()
    task: str = ""
    task_team: str = ""
    task_open: bool = False
    entry: str = ""
    entry_kind: str = ""
    entry_vendor: str = ""
    entry_team: str = ""
    entry_people: tuple[str, ...] = ()

    @property
    def vendor(self) -> str:
        """Whose contract it is with."""
        return TEAMS[self.team]

    @property
    def teams(self) -> set[str]:
        """Who works on it: the team that has it, and one with an open task of it."""
        return {self.team, self.task_team} if self.task_open else {self.team}

    @property
    def vendors(self) -> set[str]:
        """Whose staff works on it."""
        return {TEAMS[one] for one in self.teams}


@define
class Sight:
    """What the tables give somebody: tickets by a test of each, or all; and what of them."""

    tests: list[Callable[[Fact], bool]]
    everything: bool
    masks: frozenset[str]
    threads: frozenset[str]
    parts: list[Part] = field(factory=list)

    def has(self, side: Side, fact: Fact) -> bool:
        """Whether the side thread is theirs to see."""
        return self.everything or any(part.has(side, fact) for part in self.parts)

    def sees(self, fact: Fact) -> bool:
        """Whether the ticket is theirs to see."""
        return self.everything or any(test(fact) for test in self.tests)

    def hears(self, audience: str) -> bool:
        """Whether what is said for that audience is for them."""
        return self.everything or audience in self.masks or audience in self.threads


def sight(model: str, who: dict[str, Who], id_: str, now: datetime) -> Sight:
    """The naive reading: roles, then those who are stood in for, then a broken glass."""
    own = _by_roles(model, who[id_], id_)
    inside = own.hears("internal")
    for absent, since, until in who[id_].deputises:
        if since <= now < until:
            theirs = _by_roles(model, who[absent], absent)
            own.tests += theirs.tests
            own.parts += theirs.parts
            own.threads |= theirs.threads
            own.everything |= inside and theirs.everything
    if (glass := who[id_].glass) is not None and glass > now and "administrator" in who[id_].roles:
        own.everything, own.masks = True, own.masks | {"public", "internal", "personal"}
    return own


def _by_roles(model: str, one: Who, id_: str) -> Sight:
    rows = [ROWS[model][role] for role in one.roles if role in ROWS[model] and role != "user"]
    if one.vendor:
        rows = [row for row in rows if row[0] == "vendor"]
    whose = {row[0] for row in rows}
    made = Sight([lambda fact: id_ in fact.people.values()], "all" in whose, frozenset(), frozenset())
    if "vendor" in whose and one.vendor:
        made.tests.append(lambda fact: one.vendor in fact.vendors)
        made.threads = frozenset({f"vendor:{one.vendor}"})
    if "team" in whose:
        made.tests.append(lambda fact: not fact.teams.isdisjoint(one.teams))
    if "dept" in whose and one.department:
        made.tests.append(lambda fact: fact.department == one.department)
    made.parts.append(Part(id_, one.teams if "team" in whose else (), one.vendor if "vendor" in whose else ""))
    made.masks = frozenset[str]().union(*(row[1] for row in rows)) or ROWS[model]["user"][1]
    return made


@define
class Found:
    """How much was looked at, and every leak."""

    checks: int = 0
    leaks: list[str] = field(factory=list)

    def check(self, path: str, who: str, what: str, got: object, due: object) -> None:
        """One look: what was got must be what is due."""
        self.checks += 1
        if got != due:
            self.leaks.append(f"{path}: {who} on {what} got {got!r}, due is {due!r}")


@define
class World:
    """A desk, and beside it what is true of it in plain words; `touched` are those whose rights have changed.

    `more` draws what came later to the world, so that the rest of a seed's world stays what it was.
    """

    model: str
    clock: MovedClock
    made: Desk
    rng: Random
    who: dict[str, Who]
    facts: dict[str, Fact] = field(factory=dict)
    sides: Sides = field(factory=Sides)
    touched: set[str] = field(factory=set)
    more: Random = field(factory=Random)

    @property
    def now(self) -> datetime:
        """The moment."""
        return self.clock()

    def word(self, number: str) -> str:
        """The word by which a ticket, and what is beside it, is searched for."""
        return _word(number)


def world(model: str, seed: int) -> World:
    """The world of that seed: somebody in every role, tickets of everybody, some with a work order."""
    rng, clock = Random(seed), MovedClock()
    who = _people(model, rng)
    records = [*(Team(id=id_, name=id_, line=_line(id_), vendor=vendor) for id_, vendor in TEAMS.items()),
               *(_person(id_, one) for id_, one in who.items())]  # fmt: skip
    made = World(model, clock, desk(clock, model=model, use=(f"model_{model}",), records=records), rng, who,
                 more=Random(~seed))  # fmt: skip
    for serial in range(1, TICKETS + 1):
        _new(made, serial)
    return made


def _line(team: str) -> int:
    return 1 if team == "desk" else 3 if TEAMS[team] else 2


def _people(model: str, rng: Random) -> dict[str, Who]:
    """Ids that are beginnings of one another, so that a careless comparison tells."""
    who: dict[str, Who] = {}
    for role, (whose, _) in ROWS[model].items():
        for at, vendor in enumerate(VENDORS if whose == "vendor" else ("", "")):
            customer = list(CUSTOMERS)[at % 2]
            team = f"t-{vendor}" if vendor else rng.choice(("net", "net2"))
            teams = (team,) if whose in ("team", "vendor") else ()
            who[f"{role}{'1' * (at + 1)}"] = Who((role,), teams, vendor, CUSTOMERS[customer], customer)
    who["astray"] = Who((next(role for role, row in ROWS[model].items() if row[0] == "all"),), ("net",), "acme")
    return who


def _person(id_: str, one: Who) -> Person:
    return Person(id=id_, name=id_, mails=(f"{id_}@example.org",), roles=one.roles, teams=one.teams,
                  vendor=one.vendor, department=one.department, customer=one.customer)  # fmt: skip


def _number(serial: int) -> str:
    return f"T26-{serial:06d}"


def _word(number: str) -> str:
    return f"quux{int(number[-3:]):03d}zork"


def _files(number: str) -> tuple[Any, Any]:
    return blob(f"public {number}".encode()), blob(f"internal {number}".encode())


def _new(made: World, serial: int) -> None:
    """A ticket with a file for everybody and one for the desk, and perhaps a work order."""
    rng, setup, number = made.rng, made.made.setup, _number(serial)
    users = [id_ for id_ in made.who if id_.startswith("user")]
    staff = [id_ for id_ in made.who if not id_.startswith("user")]
    requester, team = rng.choice(users if rng.random() < 0.6 else staff), rng.choice(list(TEAMS))
    people = {"requester": requester, "owner": rng.choice((*staff, "")), "assignee": _assignee(made, team)}
    fact = Fact(people, team, made.who[requester].department, _audiences(rng))
    public, internal = _files(number)
    ticket = Ticket(
        id=f"{serial:032x}", number=number, opened=made.now, opened_month="2026-03", channel="phone", step="IM3.1",
        status=Status.IN_PROGRESS, title=f"matter {_word(number)}", text="for all", line=_line(team), team=team,
        vendor=fact.vendor, department=fact.department, customer=made.who[requester].customer, cause="for vendors",
        closed_by="for the desk", contact=Contact(name="Somebody", mail=f"{number}@example.org"), priority=2,
        master=_number(serial + 1), linked=1,
        attachments=(Attachment("a", "text/plain", 1, public.digest),),
        internal_files=(Attachment("b", "text/plain", 1, internal.digest),),
        personal_files=(Attachment("c", "text/plain", 1, public.digest),), **people,
    )  # fmt: skip
    if rng.random() < 0.4:
        fact.task, fact.task_team, fact.task_open = f"TK26-{serial:06d}", rng.choice(list(TEAMS)), True
        task = Task(id=f"{serial + 2000:032x}", number=fact.task, parent=ticket.id, about=number, step="TK2",
                     team=fact.task_team, vendor=TEAMS[fact.task_team], result="for those at work")  # fmt: skip
        ticket = revised(ticket, children=(task.part,))
    ticket = revised(ticket, beside=("announcement", "commitment", "referral", "task", "work_order"))
    begun = ticket_change(setup, None, ticket, _drafts(fact.audiences), made.now)
    changes = [*with_children(setup, begun, made.now)]
    if fact.task:
        whole: Any = changes[0].after
        changes.append(child_change(setup, None, task, (Draft("opened", "core"),), made.now, parent=whole))
    if rng.random() < 0.4:
        fact.order, fact.order_people = f"W26-{serial:06d}", (rng.choice(staff),)
        order = WorkOrder(id=f"{serial + 1000:032x}", number=fact.order, parent=ticket.id, about=number, step="WO2",
                          reason="for the desk", technicians=fact.order_people)  # fmt: skip
        parent: Any = changes[0].after
        changes.append(child_change(setup, None, order, (Draft("opened", "core"),), made.now, parent=parent))
    if rng.random() < 0.4:
        fact.told, fact.drafter = rng.choice(("draft", *WHOM)), rng.choice(staff)
        draft = fact.told == "draft"
        said = Announcement(id=f"{serial + 2000:032x}", number=f"A26-{serial:06d}", parent=ticket.id, about=number,
                            status=AnnouncementStatus.DRAFT if draft else AnnouncementStatus.PUBLISHED,
                            audience="all" if draft else fact.told, drafted_by=fact.drafter)  # fmt: skip
        changes.append(child_change(setup, None, said, (Draft("opened", "core"),), made.now, parent=None))
    if rng.random() < 0.4:
        fact.promise, fact.promised_by = rng.choice(("public", "own")), rng.choice(staff)
        ours: Any = changes[0].after
        promise = Commitment(id=f"{serial + 3000:032x}", number=f"C26-{serial:06d}", parent=ticket.id, about=number,
                             owner=fact.promised_by, made_by="for the desk", public=fact.promise == "public",
                             until=made.now)  # fmt: skip
        changes.append(child_change(setup, None, promise, (Draft("opened", "core"),), made.now, parent=ours))
    if made.more.random() < ENTRIES:
        changes.append(_with_entry(made, fact, ticket, serial))
    setup.store.commit(Unit(tuple(changes), blobs=(public, internal)))
    made.facts[number] = fact
    made.sides.noted(made, number, ticket, fact.vendor)
    if rng.random() < 0.3:
        made.sides.asked(made, number, changes[0].after, VENDORS)


def _with_entry(made: World, fact: Fact, ticket: Ticket, serial: int) -> Any:
    """The change that begins an entry of the register about the ticket."""
    rng, staff = made.more, [id_ for id_ in made.who if not id_.startswith("user")]
    fact.entry, fact.entry_kind = f"E26-{serial:06d}", rng.choice(("improvement", "non_compliance", "rule"))
    fact.entry_vendor, fact.entry_people = rng.choice(("", *VENDORS)), (rng.choice(staff),)
    fact.entry_team = rng.choice(list(TEAMS)) if fact.entry_kind == "non_compliance" else ""
    entry = Entry(id=f"{serial + 2000:032x}", number=fact.entry, parent=ticket.id, about=ticket.number, step="NC1",
                  kind=EntryKind(fact.entry_kind), vendor=fact.entry_vendor, team=fact.entry_team,
                  opened_by=fact.entry_people[0], opened=made.now)  # fmt: skip
    begun = (Draft("opened", "core", audience="public"),)
    return child_change(made.made.setup, None, entry, begun, made.now, parent=None)


def _assignee(made: World, team: str) -> str:
    return made.rng.choice([*(id_ for id_, one in made.who.items() if team in one.teams), ""])


def _audiences(rng: Random) -> list[str]:
    choices = ("public", "internal", "vendor", *(f"vendor:{one}" for one in VENDORS))
    return [rng.choice(choices) for _ in range(rng.randint(2, 5))]


def _drafts(audiences: list[str]) -> tuple[Draft, ...]:
    return tuple(Draft(f"said {one}", "core", audience=one, personal={"text": "words"}) for one in audiences)


# what comes between


def changed(made: World) -> None:
    """A ticket goes to another team, loses its people; somebody changes company or role, stands in, breaks a glass."""
    common = (_moved, _deputised, _time_passed)
    rare = (_task_over, _said, _person_changed, _glass_broken)
    for _ in range(3):
        made.rng.choice((*common, *common, *rare))(made)


def _ticket(made: World, number: str) -> Ticket:
    found: Ticket = made.made.ticket(number, made.made.service("oracle"))
    return found


def _commit(made: World, number: str, audiences: list[str], **values: Any) -> None:
    before, setup = _ticket(made, number), made.made.setup
    change = ticket_change(setup, before, revised(before, **values), _drafts(audiences), made.now)
    setup.store.commit(Unit(with_children(setup, change, made.now)))
    made.facts[number].audiences += audiences
    made.sides.noted(made, number, change.after, made.facts[number].vendor)


def _moved(made: World) -> None:
    for number in made.rng.sample(sorted(made.facts), 4):
        fact, team = made.facts[number], made.rng.choice(list(TEAMS))
        fact.team, fact.people["assignee"] = team, _assignee(made, team)
        values = {"team": team, "line": _line(team), "vendor": fact.vendor, "assignee": fact.people["assignee"]}
        _commit(made, number, ["internal"], **values)


def _task_over(made: World) -> None:
    """Some tasks end, and with them what their teams see of the tickets."""
    running = [number for number, fact in made.facts.items() if fact.task_open]
    for number in made.rng.sample(running, min(3, len(running))):
        made.made.do("withdraw", made.facts[number].task, made.made.service("oracle"), reason="over")
        made.facts[number].task_open = False
        made.facts[number].audiences.append(TASK_OVER)


def _said(made: World) -> None:
    for number in made.rng.sample(sorted(made.facts), 4):
        _commit(made, number, _audiences(made.rng))


def _person_changed(made: World) -> None:
    id_ = made.rng.choice([id_ for id_, one in made.who.items() if one.vendor or one.teams])
    one = made.who[id_]
    if one.vendor:
        one.vendor = made.rng.choice(VENDORS)
        one.teams = (f"t-{one.vendor}",)
    else:
        one.teams = (made.rng.choice(("net", "net2")),)
    if made.rng.random() < 0.2:
        one.roles = ("user",)
    made.touched.add(id_)
    list(made.made.load([_person(id_, one)], made.made.service("oracle")))


def _deputised(made: World) -> None:
    absent = made.rng.choice(sorted(made.who))
    same = [id_ for id_, one in made.who.items() if one.vendor == made.who[absent].vendor and id_ != absent]
    deputy = made.rng.choice(same or [id_ for id_ in made.who if id_ != absent])
    until = made.now + timedelta(hours=made.rng.randint(1, 3))
    with suppress(ItsmError):  # the rules of deputies, which are not the subject here
        made.made.deputise(absent, deputy, None, until, by=made.made.principal(absent))
        theirs = made.who[deputy].deputises
        made.touched.add(deputy)
        theirs[:] = [*(one for one in theirs if one[0] != absent), (absent, made.now, until)]


def _glass_broken(made: World) -> None:
    made.made.break_glass("to see", 30, by=made.made.principal("administrator1"))
    made.touched.add("administrator1")
    made.who["administrator1"].glass = made.now + timedelta(minutes=30)


def _time_passed(made: World) -> None:
    made.clock.advance(made.rng.choice((1200, 5400)))


# what is read


def read(made: World, id_: str, found: Found) -> None:
    """Everything that somebody can read, by every path, held against the tables."""
    by, due = made.made.principal(id_), sight(made.model, made.who, id_, made.now)
    visible = {number for number, fact in made.facts.items() if due.sees(fact)}
    _one_by_one(made, by, due, found)
    _lists(made, by, due, visible, found)
    _orders(made, by, due, found)
    sides.read(made, by, due, found)
    _announcements(made, by, due, found)
    _promises(made, by, due, found)
    _entries(made, by, found)


def _shape(due: Sight, ticket: Any) -> tuple[object, ...]:
    """What the masks let through: for vendors, for the desk, how somebody is reached, the version."""
    vendor = due.hears("internal") or due.hears("vendor")
    personal = "personal" in due.masks
    inside = due.hears("internal")
    return (
        ("for vendors" if vendor else "") == ticket.cause,
        ("for the desk" if inside else "") == ticket.closed_by,
        bool(ticket.internal_files) == inside,
        bool(ticket.personal_files) == due.hears("personal"),
        bool(ticket.contact.mail) == personal,
        bool(ticket.master and ticket.linked) == inside,
        bool(ticket.version and ticket.reach) == inside,
    )


SOUND = (True,) * 7


def _one_by_one(made: World, by: Principal, due: Sight, found: Found) -> None:
    store = made.made.setup.store
    for number, fact in made.facts.items():
        sees, who = due.sees(fact), by.id
        found.check("get", who, number, *_answer(lambda number=number: _shape(due, made.made.ticket(number, by)),
                                                 number, SOUND if sees else None))  # fmt: skip
        key = _answer(lambda number=number: _got(store.get("ticket", f"number:{number}", by.scope), number),
                      number, True if sees else None)  # fmt: skip
        found.check("unique key", who, number, *key)
        record = f"{int(number[-6:]):032x}"
        events = store.history("ticket", record, by.scope)
        said = (one.split() for one in fact.audiences)
        heard = [code[0] if code else f"said {ears}" for ears, *code in said if due.hears(ears)] if sees else []
        found.check("history", who, number, [one.code for one in events], heard)
        if not due.hears("internal"):
            found.check("gap", who, number, [one.seq for one in events], list(range(1, len(heard) + 1)))
        for file in _files(number):
            found.check("blob", who, number, made.made.blob(file.digest, by) is not None, sees)
        like = Query("ticket", like=terms(_word(number)))
        numbers = [getattr(one, "number", "") for one in made.made.find(like, by).items]
        found.check("search", who, number, number in numbers, sees)


def _got(record: object, number: str) -> bool:
    if record is None:
        raise NotFound("ticket", number)
    return True


def _answer(ask: Callable[[], object], number: str, due: object) -> tuple[object, object]:
    """What was got and what is due; hidden must sound as absent does."""
    try:
        return ask(), due
    except ItsmError as fault:
        absent = str(NotFound("ticket", number))
        return str(fault), due if due is not None else absent


def _lists(made: World, by: Principal, due: Sight, visible: set[str], found: Found) -> None:
    listed = {one.number: one for one in _tickets(made, by, 100)}
    exported = {one.number: one for one in _tickets(made, by, 7)}
    for path, got in (("list", listed), ("export", exported)):
        for number in made.facts:
            shape = _shape(due, got[number]) if number in got else None
            found.check(path, by.id, number, shape, SOUND if number in visible else None)
    counted = {count.key[0]: count.n for count in made.made.tally(Tally("ticket", ("team",)), by)}
    for team in TEAMS:
        mine = sum(made.facts[number].team == team for number in visible)
        found.check("count", by.id, team, counted.get(team, 0), mine)
    if due.hears("internal") or due.hears("vendor"):
        queued = {one.number: one for one in made.made.queue("open", by)}
        for number in made.facts:
            shape = _shape(due, queued[number]) if number in queued else None
            found.check("queue", by.id, number, shape, SOUND if number in visible else None)


def _tickets(made: World, by: Principal, size: int) -> Iterator[Any]:
    after = None
    while True:
        page = made.made.find(Query("ticket"), by, after, size)
        yield from page.items
        if (after := page.after) is None:
            return


def _orders(made: World, by: Principal, due: Sight, found: Found) -> None:
    """A work order or task is seen by whoever sees its ticket, and by its own people or team."""
    stood_in = [id_ for id_, since, until in made.who[by.person].deputises if since <= made.now < until]
    listed = {one.number for one in made.made.find(Query("work_order"), by).items if isinstance(one, WorkOrder)}
    for number, fact in made.facts.items():
        if fact.order:
            sees = due.sees(fact) or not {by.person, *stood_in}.isdisjoint(fact.order_people)
            found.check("work order", by.id, number, fact.order in listed, sees)
            about = made.made.find(Query("work_order", (Test("about", value=number),)), by).items
            found.check("work order", by.id, number, bool(about), sees)
    tasks = {one.number: one for one in made.made.find(Query("task"), by).items if isinstance(one, Task)}
    for number, fact in made.facts.items():
        if fact.task:
            sees = due.sees(fact) or due.sees(Fact({}, fact.task_team, "", []))
            found.check("task", by.id, number, fact.task in tasks, sees)
            inside = due.hears("internal") or due.hears("vendor")
            if fact.task in tasks:
                found.check("task", by.id, number, bool(tasks[fact.task].result), inside)


def _announcements(made: World, by: Principal, due: Sight, found: Found) -> None:
    """An announcement is seen by those whom it is for, by who drafted it, and by those who see everything."""
    stood_in = [id_ for id_, since, until in made.who[by.person].deputises if since <= made.now < until]
    mine = [made.who[one] for one in (by.person, *stood_in)]
    page = made.made.find(Query("announcement"), by)
    listed = {one.number: one for one in page.items if isinstance(one, Announcement)}
    for number, fact in made.facts.items():
        if not fact.told:
            continue
        sort, _, name = fact.told.partition(":")
        meant = sort == "all" or any(name and getattr(one, sort) == name for one in mine)
        sees = due.everything or fact.drafter in (by.person, *stood_in) or meant
        shown = (due.hears("internal"),) * 2 if sees else None
        got = listed.get(f"A{number[1:]}")
        found.check("announcement", by.id, number, got and (bool(got.about), bool(got.drafted_by)), shown)


def _promises(made: World, by: Principal, due: Sight, found: Found) -> None:
    """What was promised to the requester is seen with the ticket, the desk's own by its team, both by the owner."""
    stood_in = [id_ for id_, since, until in made.who[by.person].deputises if since <= made.now < until]
    teams = {
        team for id_ in (by.person, *stood_in) for team in made.who[id_].teams if _of_teams(made, made.who[id_])
    }  # fmt: skip
    listed = {one.number: one for one in made.made.find(Query("commitment"), by).items if isinstance(one, Commitment)}
    for number, fact in made.facts.items():
        if not fact.promise:
            continue
        near = due.sees(fact) if fact.promise == "public" else due.everything or fact.team in teams
        sees = near or fact.promised_by in (by.person, *stood_in)
        got = listed.get(f"C{number[1:]}")
        shown = due.hears("internal") if sees else None
        found.check("promise", by.id, number, got and bool(got.made_by), shown)


def _of_teams(made: World, one: Who) -> bool:
    """Whether somebody sees by their teams: who works for a vendor doesn't."""
    return not one.vendor and any(ROWS[made.model].get(role, ("",))[0] == "team" for role in one.roles)


def _entries(made: World, by: Principal, found: Found) -> None:
    """An entry of the register is seen by its own people, the managers in scope, and whom its kind is for."""
    store, glass = made.made.setup.store, made.who[by.person].glass
    broken = glass is not None and glass > made.now and "administrator" in made.who[by.person].roles
    stood_in = [id_ for id_, since, until in made.who[by.person].deputises if since <= made.now < until]
    listed = {getattr(one, "number", "") for one in made.made.find(Query("entry"), by).items}
    counted = sum(count.n for count in made.made.tally(Tally("entry"), by))
    expected = 0
    for number, fact in made.facts.items():
        if fact.entry:
            sees = broken or any(_sees_entry(made.model, made.who[id_], id_, fact) for id_ in (by.person, *stood_in))
            expected += sees
            record = f"{int(number[-6:]) + 2000:032x}"
            got = (fact.entry in listed, _readable(made, by, fact.entry),
                   bool(store.history("entry", record, by.scope)))  # fmt: skip
            found.check("entry", by.id, f"{fact.entry} {fact.entry_kind}", got, (sees,) * 3)
    found.check("entry", by.id, "the number of entries", counted, expected)


def _readable(made: World, by: Principal, number: str) -> object:
    """Whether somebody gets the record of that number; hidden must sound as absent does."""
    try:
        return bool(made.made.record(number, by))
    except ItsmError as fault:
        return str(fault) if str(fault) != str(NotFound("entry", number)) else False


def _sees_entry(model: str, one: Who, id_: str, fact: Fact) -> bool:
    """The naive reading for one person: what of their roles counts, and what each of those sees of the kind."""
    roles = {role for role in one.roles if not one.vendor or ROWS[model].get(role, ("",))[0] == "vendor"}
    same = one.vendor == fact.entry_vendor
    steers = bool(roles & MANAGERS) and (same or not one.vendor)
    if id_ in fact.entry_people or steers:
        return True
    if fact.entry_kind == "non_compliance":
        return bool(fact.entry_team) and fact.entry_team in one.teams
    for_all = fact.entry_kind == "rule" and bool(roles & WORKERS) and (same or not fact.entry_vendor)
    return for_all or "process_owner" in roles


def proven(model: str, seed: int, rounds: int = 6, readers: int = 4) -> Found:
    """What is found in the world of that seed while rights come and go in it."""
    made, found = world(model, seed), Found()
    try:
        for _ in range(rounds):
            for id_ in sorted({*made.rng.sample(sorted(made.who), readers), *made.touched}):
                read(made, id_, found)
            changed(made)
    finally:
        made.made.close()
    return found


def main(arguments: list[str]) -> int:
    """Look until so many checks are done; 1 where anything leaked."""
    parser = argparse.ArgumentParser(prog="python -m bench.proof.access", description="Who sees what, looked at.")
    parser.add_argument("checks", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    total, seed, begun = Found(), given.seed, time.monotonic()
    while total.checks < given.checks:
        found = proven(tuple(ROWS)[seed % len(ROWS)], seed)
        total.checks += found.checks
        total.leaks += [f"seed {seed}: {one}" for one in found.leaks]
        seed += 1
    print(*total.leaks[:50], sep="\n")
    print(f"{total.checks} checks, {len(total.leaks)} leaks, seeds {given.seed} to {seed - 1}, "
          f"{time.monotonic() - begun:.0f} s")  # fmt: skip
    return int(bool(total.leaks))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
