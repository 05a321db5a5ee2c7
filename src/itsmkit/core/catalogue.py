"""Fulfilling requests by the service catalogue: the lines of a procedure read, and its steps done one by one."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import evolve

from itsmkit.core.calendar import add
from itsmkit.core.errors import BadInput, NotAllowed
from itsmkit.core.model.catalogue import CatalogueItem, Job
from itsmkit.core.model.party import Site
from itsmkit.core.model.ticket import Kind, Ticket
from itsmkit.core.policy import Policy

_LINE = re.compile(
    r"(?:line:(?P<line>[1-9])\s+|team:(?P<team>\S+)\s+)?"
    r"(?:(?P<n>[1-9]\d{0,5}(?=m)|[1-9]\d{0,3}(?=h))(?P<unit>[mh])\s+)?"
    r"(?P<name>(?!(?:line|team):|\d+[mh](?:\s|$))\S.*)"
)
_MINUTES = {"m": 1, "h": 60}
MINUTE = 60
PROCEDURE = "IM2.9"
"""The step where a catalogue procedure is carried out."""


def procedure(item: CatalogueItem) -> tuple[Job, ...]:
    """The steps of an item; BadInput names the line that is none."""
    return tuple(_job(item, line) for line in item.procedure)


def _job(item: CatalogueItem, line: str) -> Job:
    found = _LINE.fullmatch(line.strip())
    if found is None:
        msg = (
            f'catalogue item {item.id}: {line!r} is no step; such are "line:1 30m Check who asks", "team:net 4h Lay it"'
        )
        raise BadInput(msg)
    minutes = int(found["n"]) * _MINUTES[found["unit"]] if found["n"] else 0
    return Job(found["name"], 0 if found["team"] else int(found["line"] or 1), found["team"] or "", minutes)


def flaws(site: Site) -> tuple[str, ...]:
    """What in the catalogue names something that the site lacks."""
    found = []
    for item in site.catalogue:
        if item.parent and site.item(item.parent) is None:
            found.append(f"catalogue item {item.id}: there is no item {item.parent}, which it is said to belong to")
        if item.service and site.service(item.service) is None:
            found.append(f"catalogue item {item.id}: there is no service {item.service}")
        lacking = {job.team for job in procedure(item) if job.team and site.team(job.team) is None}
        found += [f"catalogue item {item.id}: there is no team {team}" for team in sorted(lacking)]
    return tuple(found)


def requested(item: CatalogueItem, policy: Policy, now: datetime) -> Mapping[str, Any]:
    """What a ticket that asks for the item takes from it; its first step's time begins."""
    said = {"category": item.category, "service": item.service}
    return {
        "item": item.id,
        "kind": Kind.SERVICE_REQUEST.value,
        "procedure": begun(procedure(item), policy, now),
        **{name: value for name, value in said.items() if value},
    }


def begun(jobs: tuple[Job, ...], policy: Policy, now: datetime) -> tuple[Job, ...]:
    """The steps, with a due moment for the one whose turn it is."""
    at = turn(jobs)
    if at is None or not jobs[at].minutes:
        return jobs
    due = add(policy.calendars[policy.rules.calendar], now, jobs[at].minutes * MINUTE)
    return (*jobs[:at], evolve(jobs[at], due=due), *jobs[at + 1 :])


def turn(jobs: tuple[Job, ...]) -> int | None:
    """Which step is to be done now, counted from 0; None where all are done."""
    return next((at for at, job in enumerate(jobs) if job.done is None), None)


def to_do(ticket: Ticket) -> Job | None:
    """The step of the ticket's procedure that is to be done now, None without one."""
    at = turn(ticket.procedure)
    return None if at is None else ticket.procedure[at]


def check_procedure(ticket: Ticket) -> None:
    """NotAllowed where steps of a procedure are left: what is fixed is done step by step (INC-10)."""
    if ticket.step == PROCEDURE and (job := to_do(ticket)) is not None:
        msg = f"INC-10: {ticket.number} has the step {job.name!r} to be done; `done-step`, or with --skipped"
        raise NotAllowed(msg)


def after(ticket: Ticket, policy: Policy, now: datetime, by: str, *, skipped: bool) -> tuple[Job, ...]:
    """The procedure once its present step is done or skipped."""
    at = turn(ticket.procedure)
    if at is None:
        return ticket.procedure
    jobs = ticket.procedure
    over = evolve(jobs[at], done=now, by=by, skipped=skipped, late=jobs[at].late or _missed(jobs[at], now))
    return begun((*jobs[:at], over, *jobs[at + 1 :]), policy, now)


def _missed(job: Job, now: datetime) -> bool:
    return job.due is not None and job.due < now


def overdue(ticket: Ticket) -> tuple[Job, ...]:
    """The procedure with its present step marked as late."""
    at = turn(ticket.procedure)
    jobs = ticket.procedure
    return jobs if at is None else (*jobs[:at], evolve(jobs[at], late=True), *jobs[at + 1 :])
