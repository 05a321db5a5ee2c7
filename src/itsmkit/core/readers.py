"""Who has read what was published, and who has not (ORG-08)."""

from collections.abc import Iterator
from datetime import datetime

from attrs import frozen

from itsmkit.core.access import company, private_keys
from itsmkit.core.commanding import events, seen
from itsmkit.core.errors import BadInput
from itsmkit.core.model.entry import PUBLISHED, Entry
from itsmkit.core.model.event import Event
from itsmkit.core.model.organisation import Duty, Principal
from itsmkit.core.model.query import Scope
from itsmkit.core.recipients import people
from itsmkit.core.setup import Setup
from itsmkit.core.who import demand


@frozen
class Reader:
    """Somebody whom something published is for, and when they read the edition in force.

    `real` is who was at the keyboard, where somebody else said so for them.
    """

    person: str
    name: str
    vendor: str
    read: datetime | None = None
    real: str = ""


def readers(setup: Setup, number: str, by: Principal) -> Iterator[Reader]:
    """Everybody whom it is for, as far as the manager's company goes, in the order of their ids.

    NotAllowed for who neither manages nor owns the process, BadInput for what isn't published.
    """
    demand(by, "looking who has read something", Duty.MANAGE, Duty.OWN_PROCESS)
    entry = seen(setup, number, by)
    if not isinstance(entry, Entry) or entry.kind not in PUBLISHED:
        msg = f"{number} is nothing published; `itsmkit rule list` shows the business rules"
        raise BadInput(msg)
    model, addressed, read = setup.model(), frozenset(entry.addressed), _read(setup, entry)
    for person in sorted(people(setup), key=lambda one: one.id):
        vendor = company(person, model.scope(person))
        keys = private_keys(person, model.duties(person), vendor)
        if by.vendor not in ("", vendor) or addressed.isdisjoint(keys):
            continue
        said = read.get(f"person:{person.id}")
        real = said.args.get("real", "") if said else ""
        yield Reader(person.id, person.name, person.vendor, said.at if said else None, real)


def _read(setup: Setup, entry: Entry) -> dict[str, Event]:
    """Who said when that they have read the edition in force."""
    told = events(setup, entry, Scope.system("readers"))
    return {one.by: one for one in told if one.code == "read" and one.args["edition"] == entry.edition}
