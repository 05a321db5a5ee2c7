"""What becomes due on a ticket and when: the least of it is the one moment the store watches."""

from collections.abc import Iterator
from datetime import datetime

from attrs import frozen

from itsmkit.core.calendar import add
from itsmkit.core.catalogue import PROCEDURE, to_do
from itsmkit.core.chains import next_level
from itsmkit.core.model.agreement import Clock
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.policy import HOUR, Policy

ASKS = "IM5.2"
"""The step where the user is asked whether the matter is solved."""


@frozen
class Due:
    """Something that becomes due: "level" of a clock, a "wait" that is over, "silence", or the "follow_up" call.

    "procedure" is the time of a catalogue procedure's present step, "asked_again" a wait whose reason wants to know by
    then how it stands.
    """

    at: datetime
    what: str
    clock: Clock | None = None


def dues(ticket: Ticket, policy: Policy) -> Iterator[Due]:
    """All that will become due on the ticket as it stands, one per clock, wait and deadline."""
    for clock in ticket.clocks:
        coming = next_level(clock, ticket.timeline, policy.calendars)
        if coming:
            yield Due(coming[0], "level", clock)
    for wait in ticket.waits:
        if wait.until:
            yield Due(wait.until, "wait")
        if wait.follow_up:
            yield Due(wait.follow_up, "asked_again")
    job = to_do(ticket) if ticket.step == PROCEDURE else None
    if job is not None and job.due is not None and not job.late:
        yield Due(job.due, "procedure")
    calendar = policy.calendars[policy.rules.calendar]
    if ticket.step == ASKS and ticket.resolved and not ticket.answered:
        yield Due(add(calendar, ticket.asked or ticket.resolved, policy.rules.silence_hours * HOUR), "silence")
    if ticket.step == "IM5.6" and ticket.resolved and not ticket.follow_up_late:
        yield Due(add(calendar, ticket.resolved, policy.rules.follow_up_hours * HOUR), "follow_up")


def due_moment(ticket: Ticket, policy: Policy) -> datetime | None:
    """When the ticket must be looked at next; None where nothing will become due by itself."""
    return min((due.at for due in dues(ticket, policy)), default=None)
