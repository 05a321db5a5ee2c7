"""Rights that a person is given for a while: standing in for somebody, and an administrator's look at everything.

Each is kept and journalled on the record of whoever gets it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from itsmkit.core.errors import BadInput, NotAllowed, NotFound, StoreError
from itsmkit.core.model.event import Draft
from itsmkit.core.model.organisation import Duty, Principal
from itsmkit.core.model.party import Deputy, Glass, Person
from itsmkit.core.model.query import Scope
from itsmkit.core.model.record import revised
from itsmkit.core.model.unit import Done, Unit
from itsmkit.core.sealing import sealed
from itsmkit.core.setup import Setup
from itsmkit.core.who import demand, demand_own_name, fresh

LONGEST_GLASS = timedelta(minutes=60)
LONGEST_DEPUTY = timedelta(days=366)
TRIES = 8


def deputise(
    setup: Setup, absent: str, deputy: str, since: datetime, until: datetime, *, by: Principal, dry_run: bool = False
) -> Person:
    """Let `deputy` stand in for `absent`; the deputy's record as it is then.

    By the absent themselves, or by who manages or administers; never by who gets it (separation of duties), nor
    by who acts as somebody else.
    """
    by, _ = fresh(setup, by)
    demand_own_name(by, "naming a deputy")
    one, other = person(setup, absent), person(setup, deputy)
    if by.person != one.id:
        demand(by, "naming a deputy for somebody else", Duty.MANAGE, Duty.ADMINISTER)
        within_company(setup, by, one)
    if one.id == other.id:
        msg = f"{one.name} can't stand in for themselves"
        raise BadInput(msg)
    if by.person == other.id:
        msg = "separation of duties: who grants is not who gets; let the absent or a manager name you as deputy"
        raise NotAllowed(msg)
    if one.vendor != other.vendor:
        msg = f"{other.name} and {one.name} work for different companies: a deputy stays within their own"
        raise NotAllowed(msg)
    if not since < until <= since + LONGEST_DEPUTY or until <= setup.world.now():
        msg = "a deputy stands in from one moment to a later one, a year at most; give --since and --until"
        raise BadInput(msg)

    def decide(before: Person) -> tuple[Person, Draft]:
        kept = tuple(each for each in before.deputises if each.person != one.id and each.until > setup.world.now())
        args = {"for": one.id, "since": since.isoformat(), "until": until.isoformat()}
        return revised(before, deputises=(*kept, Deputy(one.id, since, until))), Draft("deputised", by.id, args=args)

    return _changed(setup, other.id, decide, dry_run=dry_run)


def break_glass(setup: Setup, reason: str, minutes: int, *, by: Principal, dry_run: bool = False) -> Person:
    """Give an administrator sight of everything and the duties of the desk for a while, an hour at most.

    It stands in the journal of their own record, and all they do meanwhile says so.
    """
    by, _ = fresh(setup, by)
    demand(by, "breaking the glass", Duty.ADMINISTER)
    if not by.person or by.on_behalf:
        msg = "only a person in their own name can break the glass"
        raise NotAllowed(msg)
    if not reason.strip():
        msg = "say why: --reason"
        raise BadInput(msg)
    length = timedelta(minutes=minutes)
    if not timedelta(0) < length <= LONGEST_GLASS:
        msg = f"a broken glass lasts 1 to {int(LONGEST_GLASS.total_seconds() // 60)} minutes, not {minutes}"
        raise BadInput(msg)
    until = setup.world.now() + length

    def decide(before: Person) -> tuple[Person, Draft]:
        draft = Draft("glass_broken", by.id, args={"until": until.isoformat()}, personal={"reason": reason})
        return revised(before, glass=Glass(reason, until)), draft

    return _changed(setup, by.person, decide, dry_run=dry_run)


def person(setup: Setup, key: str) -> Person:
    """The active person of that id or key; NotFound where there is none."""
    found = setup.store.get("person", key, Scope.system("granting"))
    if not isinstance(found, Person) or not found.active:
        raise NotFound("person", key)
    return found


def within_company(setup: Setup, by: Principal, other: Person) -> None:
    """NotFound for people whom a vendor's staff have nothing to do with: those who don't work for that vendor."""
    if by.person and (vendor := person(setup, by.person).vendor) and vendor != other.vendor:
        raise NotFound("person", other.id)


def _changed(setup: Setup, id_: str, decide: Callable[[Person], tuple[Person, Draft]], *, dry_run: bool) -> Person:
    for _ in range(TRIES):
        before = person(setup, id_)
        after, draft = decide(before)
        change = sealed(setup.world, before, after, (draft,), setup.world.now())
        if dry_run or isinstance(setup.store.commit(Unit((change,)))[0], Done):
            return after
    msg = f"{id_} is being changed by many at once; try again"
    raise StoreError(msg)
