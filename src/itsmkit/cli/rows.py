"""Tickets and their parts as rows: the keys that JSON and CSV promise, in the order that tables show them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import click

from itsmkit.cli import show
from itsmkit.cli.naming import clock_name, reason_name
from itsmkit.cli.session import Session
from itsmkit.core.clocks import state
from itsmkit.core.commanding import type_of
from itsmkit.core.errors import NotFound
from itsmkit.core.model.commitment import Commitment
from itsmkit.core.model.event import Event
from itsmkit.core.model.process import END
from itsmkit.core.model.query import Query, Test
from itsmkit.core.model.record import Unreadable
from itsmkit.core.model.ticket import Ticket, files
from itsmkit.core.process import Walker
from itsmkit.core.triage import linked_at_work
from itsmkit.i18n import label

T = TypeVar("T")

KEYS = ("number", "status", "priority", "kind", "category", "service", "title", "step", "team", "line", "assignee",
        "owner", "requester", "customer", "channel", "opened", "promised", "resolved", "closed", "version")  # fmt: skip
SHOWN = ("number", "priority", "status", "step", "team", "assignee", "promised", "title")
SPARE = ("team", "step", "promised", "assignee")
BESIDE = ("number", "about", "status", "step", "team", "person", "opened", "title")
ENTRY_KEYS = ("number", "kind", "status", "step", "title", "about", "vendor", "team", "person", "owner", "at", "until",
              "edition", "target", "opened", "opened_by", "closed", "version")  # fmt: skip
ENTRY_SHOWN = ("number", "kind", "status", "about", "vendor", "owner", "title")
EVENTS = ("seq", "at", "code", "step", "outcome", "by", "args", "personal")


def beside_row(child: Any) -> Mapping[str, Any]:
    """What runs beside a ticket, in a list."""
    return {key: getattr(child, key, None) for key in BESIDE}


def promised(ticket: Ticket) -> datetime | None:
    """The next moment that was promised for the ticket."""
    return min((one.due for one in ticket.clocks if one.due is not None and one.stopped is None), default=None)


def ticket_row(ticket: Ticket) -> Mapping[str, Any]:
    """A ticket in a list."""
    row = {key: getattr(ticket, key) for key in KEYS if key != "promised"}
    return {**row, "priority": ticket.priority or None, "line": ticket.line or None, "promised": promised(ticket)}


def print_rows(session: Session, found: Iterable[Any], form: str, type_: str) -> None:
    """What stands on a work list: tickets, entries of the register, or what else runs beside tickets."""
    if type_ == "ticket":
        show.rows(session, map(ticket_row, found), form, KEYS, shown=SHOWN, spare=SPARE, flex="title")
    elif type_ == "entry":
        told = ({key: getattr(one, key) for key in ENTRY_KEYS} for one in found)
        show.rows(session, told, form, ENTRY_KEYS, shown=ENTRY_SHOWN, spare=("owner", "vendor", "about"), flex="title")
    else:
        show.rows(session, map(beside_row, found), form, BESIDE, flex="title")


def pages(session: Session, query: Query, limit: int) -> list[Any]:
    """The first records that answer the query; a word beside them where there are more."""
    found: list[Any] = []
    after: str | None = None
    while len(found) < limit:
        page = session.desk.find(query, session.by, after, min(limit - len(found), 200))
        found += [one for one in page.items if not isinstance(one, Unreadable)]
        if (after := page.after) is None:
            return found
    show.note(session.t("There are more; raise --limit to see them."))
    return found


def check_type(session: Session, type_: str, number: str) -> None:
    """NotFound where the number is of another type of record, as if there were none."""
    if type_of(session.desk.setup, number) != type_:
        raise NotFound(type_.replace("_", " "), number)


def record(session: Session, type_: str, number: str) -> Any:
    """The record of that type and number; NotFound where the reader sees none."""
    check_type(session, type_, number)
    return session.desk.record(number, session.by)


def print_record(session: Session, record: Any, facts: Mapping[str, Any], form: str, **more: Any) -> None:
    """A record with its history, and what can be done to it; `more` is for programs only."""
    events = session.desk.history(record.number, session.by)
    possible = [verb.name for verb in session.desk.verbs(record.number, session.by)]
    if form == "json":
        whole: dict[str, Any] = show.plain(record)
        show.print_json({**whole, "events": [event_row(one) for one in events], "verbs": possible, **more})
        return
    show.facts(session, {**facts, "verbs": " ".join(possible)})
    click.echo()
    print_events(session, events)


def step_title(session: Session, record: Walker) -> str:
    """Where a record stands, in words."""
    if record.step == END:
        return session.t("at its end")
    process = next((one for one in session.desk.processes if one.name == record.process), None)
    step = process.steps.get(record.step) if process else None
    kind = record.kind if isinstance(record, Ticket) else ""
    return f"{record.step} {session.t(step.of(kind).title)}" if step else record.step


def ticket_facts(session: Session, ticket: Ticket) -> Mapping[str, Any]:
    """A ticket by itself, what is known of it and nothing else."""
    t, rules = session.t, session.settings.rules
    named = rules.priorities[ticket.priority - 1] if 0 < ticket.priority <= len(rules.priorities) else ""
    priority = f"{ticket.priority} {label(t, named)}" if ticket.priority else ""
    levels = f" ({t('impact')} {ticket.impact} × {t('urgency')} {ticket.urgency})" if ticket.impact else ""
    contact = " ".join(filter(None, (ticket.contact.name, ticket.contact.mail, ticket.contact.phone)))
    return {
        "number": ticket.number,
        "title": ticket.title,
        "status": ticket.status,
        "step": step_title(session, ticket),
        "kind": ticket.kind,
        "category": ticket.category,
        "service": ticket.service,
        "priority": priority + levels,
        "team": f"{ticket.team} ({t('line {n}').replace('{n}', str(ticket.line))})" if ticket.team else "",
        "assignee": ticket.assignee,
        "owner": ticket.owner,
        "requester": ticket.requester or contact,
        "department": ticket.department,
        "customer": ticket.customer,
        "channel": label(t, ticket.channel),
        "item": ticket.item,
        "procedure": "\n".join(_jobs(session, ticket)),
        "ci": ticket.ci,
        "place": ticket.place,
        "opened": ticket.opened,
        "responded": ticket.responded,
        "resolved": ticket.resolved,
        "closed": ticket.closed,
        "major": ticket.major or None,
        "call": _call(session, ticket),
        "survey": ticket.survey or None,
        "clocks": "\n".join(_clocks(session, ticket)),
        "unjudged": ticket.unjudged,
        "waits": "\n".join(_waits(session, ticket)),
        "promises": "\n".join(_promises(session, ticket)),
        "text": ticket.text,
        "symptom": ticket.symptom,
        "cause": ticket.cause,
        "solution": ticket.solution,
        "similar": "\n".join(f"{one.number}  {one.score:.2f}  {one.why}" for one in ticket.similar),
        "remote": ticket.remote,
        "tried": tuple(f"{label(session.t, one.way)} ({one.by})" for one in ticket.tries),
        "change": ticket.change,
        "master": _master(session, ticket),
        "linked": _linked(session, ticket),
        "links": ticket.links,
        "children": tuple(one.number for one in ticket.children),
        "attachments": tuple(f"{one.name} ({one.size} B)" for one in files(ticket)),
    }


def _master(session: Session, ticket: Ticket) -> str:
    """The master it is linked to; its status and how many are linked to it, where the reader sees it."""
    if not ticket.master:
        return ""
    page = session.desk.find(Query("ticket", (Test("number", value=ticket.master),)), session.by)
    masters = (one for one in page.items if isinstance(one, Ticket))
    said = (f"{label(session.t, one.status)}, {session.t('linked')}: {_linked(session, one)}" for one in masters)
    return "  ".join((ticket.master, *said))


def _linked(session: Session, master: Ticket) -> str:
    """How many tickets are linked to it, and how many of those that the reader sees are still at work."""
    if not master.linked:
        return ""
    at_work = linked_at_work(session.desk.setup.store, master, session.by.scope)
    return f"{master.linked} ({session.t('at work')}: {at_work})"


def _clocks(session: Session, ticket: Ticket) -> Iterable[str]:
    for one in ticket.clocks:
        name = clock_name(session, one.target.kind, one.target.name, one.target.party)
        if one.stopped is not None:
            yield f"{name}: {session.t('met') if one.met else session.t('missed')}"
        elif one.due is not None:
            yield f"{name}: {session.t('due')} {one.due.astimezone(session.zone):%Y-%m-%d %H:%M}"
        else:
            yield f"{name}: {label(session.t, state(one, ticket.timeline))}"


def _waits(session: Session, ticket: Ticket) -> Iterable[str]:
    for one in ticket.waits:
        until = f" {session.t('until')} {one.until.astimezone(session.zone):%Y-%m-%d %H:%M}" if one.until else ""
        what = f": {one.text}" if one.text else ""
        yield f"{reason_name(session, one.reason)}{what}{until}"


def _call(session: Session, ticket: Ticket) -> str:
    if ticket.call is None:
        return session.t("overdue") if ticket.follow_up_late else ""
    made = f"{ticket.call.at.astimezone(session.zone):%Y-%m-%d %H:%M}"
    return f"{made} {ticket.call.by} {ticket.call.spoke_with}: {ticket.call.result}"


def _jobs(session: Session, ticket: Ticket) -> Iterable[str]:
    for number, one in enumerate(ticket.procedure, 1):
        told = [session.t("skipped")] if one.skipped else [session.t("done")] if one.done else []
        if one.due and not one.done:
            told.append(f"{session.t('due')} {one.due.astimezone(session.zone):%Y-%m-%d %H:%M}")
        told += [session.t("late")] if one.late else []
        yield f"{number} {one.name}{': ' if told else ''}{', '.join(told)}"


def _promises(session: Session, ticket: Ticket) -> Iterable[str]:
    """What was promised on it, of that what the reader may see."""
    query = Query("commitment", (Test("about", value=ticket.number),), order="until")
    for one in session.desk.find(query, session.by).items:
        if isinstance(one, Commitment):
            until = f"{one.until.astimezone(session.zone):%Y-%m-%d %H:%M}"
            stands = label(session.t, one.outcome or one.status)
            yield f"{one.number}  {until}  {stands}: {one.text or label(session.t, one.sort)}"


def event_row(event: Event) -> Mapping[str, Any]:
    """An entry of the journal as programs get it."""
    return {key: getattr(event, key) for key in EVENTS}


def print_events(session: Session, events: Iterable[Event]) -> None:
    """The journal as people read it: when, at which step, what, by whom, and below it what was said."""
    titles = step_titles(session)
    for event, answered in folded(events, _answers):
        what = deed(session, event.code, titles.get(event.step, ""), answered=answered)
        outcome = label(session.t, event.outcome)
        said = f": {outcome}" if outcome not in ("", what) else ""
        show.hang(f"{show.cell(session, 'at', event.at)}  ", f"{event.step} {what}{said} ({event.by})".lstrip())
        for name, text in (event.personal or {}).items():
            # How it was opened stands above the journal already.
            if isinstance(text, str) and text and event.code != "opened":
                show.hang("    ", f"{label(session.t, name)}: {text}")


def step_titles(session: Session) -> Mapping[str, str]:
    """What the steps of all processes are called, by their ids."""
    return {one.id: one.title for process in session.desk.processes for one in process.steps.values()}


def folded(found: Iterable[T], answers: Callable[[T, T], bool]) -> list[tuple[T, bool]]:
    """Each, and whether the one behind it, left out, says no more than that it answered its step."""
    kept: list[tuple[T, bool]] = []
    for one in found:
        if kept and answers(kept[-1][0], one):
            kept[-1] = (kept[-1][0], True)
        else:
            kept.append((one, False))
    return kept


def _answers(first: Event, then: Event) -> bool:
    same = (first.at, first.step, first.outcome, first.by) == (then.at, then.step, then.outcome, then.by)
    return same and first.code != "step" == then.code and not then.personal


def deed(session: Session, code: str, title: str, *, answered: bool) -> str:
    """What was done, in words: a verb, or the title of the step that was answered, or both."""
    title, word = session.t(title) if title else "", label(session.t, code)
    if code == "step":
        return title
    return f"{word} / {title}" if answered and title not in ("", word) else word
