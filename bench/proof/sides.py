"""Side threads, held against a naive reading of who sees them: who of the house has the ticket, and the party."""

from collections.abc import Callable
from typing import Any

from attrs import define, field

from itsmkit import ItsmError, NotFound, Query, Tally, Unit, terms
from itsmkit.core.changes import born, child_change, children, opening
from itsmkit.core.model.referral import Referral, reference_key


@define
class Side:
    """What is known of a side thread: with whom it is, who asked, of which vendor they are; the vendor's number."""

    id: str
    number: str
    vendor: str = ""
    person: str = ""
    asked_by: str = ""
    asker: str = ""
    reference: str = ""


@define
class Part:
    """What makes somebody one of the people of side threads: who they are, their teams, their vendor."""

    id: str
    teams: tuple[str, ...] = ()
    vendor: str = ""

    def has(self, side: Side, fact: Any) -> bool:
        """Whether the thread is theirs: as a party, as who asked, or as the house's people who have the ticket."""
        inside = fact.vendor == ""
        house = {fact.people["owner"], *({fact.people["assignee"]} if inside else ())}
        asked = {side.asked_by} if not side.asker else set()
        if self.id in house | asked | {side.person}:
            return True
        if self.vendor and self.vendor in (side.vendor, side.asker if side.asker == fact.vendor else ""):
            return True
        return inside and fact.team in self.teams


@define
class Sides:
    """The side threads of a world by the ticket's number."""

    of: dict[str, list[Side]] = field(factory=dict)

    def noted(self, made: Any, number: str, ticket: Any, vendor: str) -> None:
        """Take note of the threads that began by themselves since: each is with the vendor that has the ticket."""
        known = self.of.setdefault(number, [])
        there: Any = sorted(children(made.made.setup, ticket, Referral.type), key=lambda one: one.number)
        known += [Side(one.id, one.number, vendor) for one in there if one.id not in {side.id for side in known}]

    def asked(self, made: Any, number: str, ticket: Any, vendors: tuple[str, ...]) -> None:
        """Somebody is asked for help, perhaps by a vendor's staff."""
        rng, setup = made.rng, made.made.setup
        whom = {"vendor": rng.choice(vendors)} if rng.random() < 0.6 else {"person": rng.choice(sorted(made.who))}
        asker = ticket.vendor if rng.random() < 0.5 else ""
        staff = [id_ for id_, one in made.who.items() if one.vendor == asker and not id_.startswith("user")]
        by = rng.choice(staff or [""])
        reference = f"R-{number[-3:]}-{len(self.of.get(number, ()))}" if "vendor" in whom else ""
        new: Any = Referral(id="", help=True, asked_by=by, asker=asker, title=ticket.title, request="for both sides",
                            reference=reference, **whom)  # fmt: skip
        child = born(setup, new, ticket, made.now)
        begun = opening(child, ticket, "core", {"text": "for both sides"})
        setup.store.commit(Unit((child_change(setup, None, child, (begun,), made.now, parent=ticket),)))
        told = Side(child.id, child.number, child.vendor, child.person, by, asker, reference)
        self.of.setdefault(number, []).append(told)


def read(made: Any, by: Any, due: Any, found: Any) -> None:
    """Every side thread by every path, for one reader."""
    desk, sides = made.made, made.sides.of
    query = Query("referral")
    listed = {one.number for one in desk.find(query, by, None, 1000).items}
    exported = set(_paged(desk, by))
    counted = sum(one.n for one in desk.tally(Tally("referral", ("vendor",)), by))
    seen = 0
    for number, fact in made.facts.items():
        if number not in sides:
            continue
        searched = {one.number for one in desk.find(Query("referral", like=terms(made.word(number))), by).items}
        for side in sides[number]:
            sees = due.has(side, fact)
            seen += sees
            for path, got in (("side", listed), ("side export", exported), ("side search", searched)):
                found.check(path, by.id, side.number, side.number in got, sees)
            _one(made, by, due, found, number=number, side=side)
    found.check("side count", by.id, "all", counted, seen)


def _paged(desk: Any, by: Any) -> Any:
    after = None
    while True:
        page = desk.find(Query("referral"), by, after, 3)
        yield from (one.number for one in page.items)
        if (after := page.after) is None:
            return


def _one(made: Any, by: Any, due: Any, found: Any, *, number: str, side: Side) -> None:
    desk, sees = made.made, due.has(side, made.facts[number])
    inside = due.hears("internal")
    absent = str(NotFound("referral", side.number))
    record = _told(lambda: desk.record(side.number, by))
    found.check("side", by.id, side.number, record if isinstance(record, str) else "", "" if sees else absent)
    if isinstance(record, Referral):
        found.check("side", by.id, side.number, bool(record.version and record.reach), inside)
    codes = [one.code for one in desk.setup.store.history("referral", side.id, by.scope)]
    found.check("side history", by.id, side.number, bool(codes), sees)
    found.check("side history", by.id, side.number, inside or "seen_by_others" not in codes, due=True)
    if side.reference:
        key = reference_key(side.vendor, side.reference)
        got = _told(lambda: desk.setup.store.get("referral", key, by.scope))
        found.check("side key", by.id, side.number, isinstance(got, Referral), sees)
        asked = f"{side.vendor}:{side.reference}"
        due_ = "" if sees and due.sees(made.facts[number]) else str(NotFound("ticket", number if sees else asked))
        ticket = _told(lambda: desk.ticket(asked, by))
        found.check("side key", by.id, side.number, ticket if isinstance(ticket, str) else "", due_)


def _told(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except ItsmError as fault:
        return str(fault)
