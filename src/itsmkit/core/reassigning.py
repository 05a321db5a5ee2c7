"""Many tickets to another team at once: one unit a ticket; what is refused is named, the rest is done (REP-03)."""

from collections.abc import Iterable, Iterator

from attrs import frozen

from itsmkit.core import acting
from itsmkit.core.commanding import Command, commanded, seen
from itsmkit.core.errors import BadInput, Refused
from itsmkit.core.model.organisation import Duty, Principal
from itsmkit.core.queues import MOST, listed
from itsmkit.core.setup import Setup
from itsmkit.core.verb import check_known
from itsmkit.core.verbs.at_any_time import Assign
from itsmkit.core.who import demand


@frozen
class Reassigned:
    """What became, or would become, of one ticket: where it was and is, or why it stays."""

    number: str
    old: str = ""
    team: str = ""
    person: str = ""
    refused: str = ""


def which(setup: Setup, queue: str, numbers: Iterable[str], by: Principal) -> tuple[str, ...]:
    """The numbers that are meant, each once: those named, then those on the list; BadInput where there are none."""
    given = tuple(numbers)
    if not queue and not given:
        msg = "say which tickets: their numbers, or a queue"
        raise BadInput(msg)
    on_list = [one.number for one in listed(setup, queue, by, MOST)] if queue else []
    return tuple(dict.fromkeys((*given, *on_list)))


def reassigned(
    setup: Setup, numbers: Iterable[str], to: Assign, by: Principal, *, command: str = "", dry_run: bool = False
) -> Iterator[Reassigned]:
    """Assign each of the tickets; each as it is done, or would be.

    NotAllowed at once for who neither steers nor watches tickets, BadInput for a team that isn't there. `command`
    makes a repeat harmless: what was done stays as it is.
    """
    demand(by, "reassigning many tickets", Duty.MANAGE, Duty.WATCH)
    check_known("team", to.team, tuple(one.id for one in setup.site.teams))
    for number in numbers:
        try:
            before = seen(setup, number, by)
            verb = acting.verb_named("assign", before.type)
            if (before.team, before.assignee) == (to.team, to.person) and not command:
                yield Reassigned(number, before.team, refused=f"it is with {to.team} already")
                continue
            name = f"{command}/{number}" if command else ""
            commanded(setup, Command(verb, number, to, name=name, dry_run=dry_run), by)
        except Refused as refusal:
            yield Reassigned(number, refused=str(refusal))
        else:
            yield Reassigned(number, before.team, to.team, to.person)
