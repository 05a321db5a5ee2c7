"""Verbs bound to no step: they hold in the statuses they name."""

from datetime import datetime
from typing import Any

from attrs import evolve, frozen

from itsmkit.core.access import words_to_requester
from itsmkit.core.errors import BadInput, NotAllowed
from itsmkit.core.model.event import INTERNAL, TO_REQUESTER
from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.party import Person
from itsmkit.core.model.pause import CUSTOMER
from itsmkit.core.model.ticket import SHELVES, Contact, Status, Ticket
from itsmkit.core.verb import Act, Effect, Nothing, check_known, param, verb
from itsmkit.core.verbs.attaching import attached
from itsmkit.core.verbs.handing import handed_to
from itsmkit.core.verbs.places import DESK, EVERYBODY, LINE, MANAGERS, OPEN, STAFF, WORKABLE
from itsmkit.core.verbs.waiting import waiting


@frozen
class Comment:
    """What a person writes on the ticket."""

    text: str = param("what to write", required=True, multiline=True)
    public: bool = param("let the requester read it", default=False)


def _comment(ticket: Ticket, params: Comment, act: Act) -> Effect:
    by_requester = act.by.person == ticket.requester and bool(ticket.requester)
    audience = words_to_requester(ticket, act.by.scope) if params.public or by_requester else INTERNAL
    changes: dict[str, Any] = {}
    if by_requester:
        kept = tuple(one for one in ticket.waits if one.owner != CUSTOMER)
        changes = {"waits": kept, "answered": True}
    elif audience in TO_REQUESTER and ticket.responded is None:
        changes = {"responded": act.now}
    # What the desk says of a master is said to all that are linked to it; what its requester says is between the two.
    tells = params.public and ticket.linked and not STAFF.isdisjoint(act.by.duties)
    why = {"linked": ticket.linked} if tells else {}
    return Effect(changes, why=why, personal={"text": params.text}, audience=audience)


@frozen
class Log:
    """An entry of the work log."""

    text: str = param("what was done or tried", required=True, multiline=True)


def _log(_ticket: Ticket, params: Log, _act: Act) -> Effect:
    return Effect(personal={"text": params.text})


@frozen
class Attach:
    """A file for the ticket."""

    name: str = param("the file's name", required=True)
    data: bytes = param("its bytes", required=True)
    media: str = param("its media type", default="application/octet-stream")
    public: bool = param("let the requester see it", default=False)


def _attach(ticket: Ticket, params: Attach, act: Act) -> Effect:
    file, blob = attached(params.name, params.media, params.data)
    public = params.public or (bool(ticket.requester) and act.by.person == ticket.requester)
    audience = words_to_requester(ticket, act.by.scope) if public else INTERNAL
    shelf = SHELVES[audience]
    return Effect(
        {shelf: (*getattr(ticket, shelf), file)},
        args={"digest": file.digest, "size": file.size},
        personal={"name": params.name},
        audience=audience,
        blobs=(blob,),
    )


@frozen
class Link:
    """Another record that has to do with the ticket."""

    to: str = param("its number", required=True)


def _link(ticket: Ticket, params: Link, _act: Act) -> Effect:
    if params.to in (*ticket.links, ticket.number):
        msg = f"{ticket.number} is linked to {params.to} already"
        raise BadInput(msg)
    return Effect({"links": (*ticket.links, params.to)}, args={"to": params.to})


@frozen
class WaitFor:
    """Why the ticket rests."""

    reason: str = param("a reason of the site, such as customer, vendor or change", required=True)
    text: str = param("what exactly it waits for", default="")
    until: datetime | None = param("when to look again at the latest, within the reason's longest time", default=None)


def _wait(ticket: Ticket, params: WaitFor, act: Act) -> Effect:
    wait = waiting(params.reason, params.text, params.until, act)
    return Effect(
        {"waits": (*ticket.waits, wait)},
        args={"reason": wait.reason, "owner": wait.owner, "pauses": list(wait.pauses)},
        personal={"text": params.text} if params.text else {},
    )


def _resume(ticket: Ticket, _params: Nothing, _act: Act) -> Effect:
    if not ticket.waits:
        msg = f"{ticket.number} doesn't wait for anything"
        raise BadInput(msg)
    return Effect({"waits": ()})


@frozen
class AnswerStep:
    """The outcome of a step that has no verb of its own."""

    step: str = param("the step, such as IM2.5", required=True)
    outcome: str = param("its outcome, such as yes", required=True)


def _answer_step(ticket: Ticket, params: AnswerStep, _act: Act) -> Effect:
    if params.step != ticket.step:
        msg = f"{ticket.number} stands at {ticket.step or 'its end'}, not at {params.step}"
        raise BadInput(msg)
    return Effect(answers={params.step: params.outcome})


@frozen
class Assign:
    """Who is to work on it."""

    team: str = param("the team", required=True)
    person: str = param("the person", default="", duties=LINE)
    why: str = param("why", default="")


def _assign(ticket: Ticket, params: Assign, act: Act) -> Effect:
    team = act.site.team(params.team)
    if team is None:
        check_known("team", params.team, tuple(one.id for one in act.site.teams))
        raise AssertionError
    if team.line > 1 and not act.by.scope.commands(team.vendor):
        msg = f"a vendor's staff assign within their vendor or back to line 1, not to team {team.id}; or decline it"
        raise NotAllowed(msg)
    changes = handed_to(ticket, team, params.person)
    args = {"team": team.id, "line": team.line, "person": params.person, "old": ticket.team}
    personal = {"why": params.why} if params.why else {}
    if team.line == 1 and ticket.step != "IM2.11":
        return Effect(changes, args=args, personal=personal)
    return Effect(changes, {"IM2.11": "assigned"}, jump="IM2.11", args=args, personal=personal)


def _take(ticket: Ticket, _params: Nothing, act: Act) -> Effect:
    if not act.by.person:
        msg = "only a person can take a ticket"
        raise BadInput(msg)
    owner = ticket.owner or (act.by.person if Duty.RECORD in act.by.duties else "")
    return Effect({"assignee": act.by.person, "owner": owner, "responded": ticket.responded or act.now})


def _arrive(_ticket: Ticket, _params: Nothing, act: Act) -> Effect:
    return Effect({"arrived": act.now})


@frozen
class Escalate:
    """Whom the matter is brought to, by hand (SLA-04)."""

    why: str = param("why", required=True)
    to: str = param("manager, department or another relation of the organisation model", default="manager")


def _escalate(ticket: Ticket, params: Escalate, act: Act) -> Effect:
    role = act.organisation.reporting_line(params.to, ticket)
    if not role:
        msg = f"the organisation model {act.organisation.name} knows no {params.to!r} to escalate to"
        raise BadInput(msg)
    judged = list(ticket.unjudged) if Duty.MANAGE in act.by.duties else []
    changes = {"unjudged": ()} if judged else {}
    return Effect(changes, args={"to": params.to, "role": role, "judged": judged}, personal={"why": params.why})


@frozen
class Major:
    """That the matter is a major one, or is none after all, and why (requirements §1)."""

    why: str = param("why: very large impact, very many users, growing fast, extremely urgent", required=True)
    none: bool = param("it is none after all", default=False)


def _major(ticket: Ticket, params: Major, _act: Act) -> Effect:
    if ticket.major is not params.none:
        msg = f"{ticket.number} is {'a' if ticket.major else 'no'} major matter already"
        raise BadInput(msg)
    return Effect({"major": not params.none}, args={"major": not params.none}, personal={"why": params.why})


@frozen
class Withhold:
    """Why the matter is not escalated, and what is done instead (SLA-04)."""

    why: str = param("why, and who helps instead", required=True, multiline=True)


def _withhold(ticket: Ticket, params: Withhold, _act: Act) -> Effect:
    if not ticket.unjudged:
        msg = f"nothing on {ticket.number} is to be judged; `itsmkit queue to-judge` lists what is"
        raise BadInput(msg)
    return Effect({"unjudged": ()}, args={"judged": list(ticket.unjudged)}, personal={"why": params.why})


@frozen
class Amend:
    """Corrections to what was recorded (INC-03, INC-36); what is left out stays."""

    title: str = param("the title", default="")
    service: str = param("the service that is hit", default="")
    ci: str = param("the configuration item", default="")
    place: str = param("where it happened", default="")
    symptom: str = param("the symptom", default="")
    configuration: str = param("software and hardware configuration", default="")
    reason: str = param("why it hurts the business", default="")


def _amend(ticket: Ticket, params: Amend, act: Act) -> Effect:
    names = ("title", "service", "ci", "place", "symptom", "configuration", "reason")
    given = {name: value for name in names if (value := getattr(params, name))}
    if not given:
        msg = f"say what to amend: {', '.join('--' + name for name in names)}"
        raise BadInput(msg)
    if "service" in given and act.site.service(given["service"]) is None:
        check_known("service", given["service"], tuple(one.id for one in act.site.services))
    old = {name: getattr(ticket, name) for name in given}
    return Effect(given, args={"fields": sorted(given)}, personal={"new": given, "old": old})


@frozen
class Identify:
    """Who reported, where it wasn't known or not rightly; what is left out of a known person's data is theirs."""

    person: str = param("the person, by id or a unique key such as employee:E1 or phone:+10", default="")
    name: str = param("the name", default="")
    employee: str = param("the employee number", default="")
    phone: str = param("the phone number", default="")
    mail: str = param("the mail address", default="")
    department: str = param("the department", default="")
    company: str = param("the company", default="")


def _identify(ticket: Ticket, params: Identify, act: Act) -> Effect:
    told = {name: said for name in CONTACT if (said := getattr(params, name))}
    who = act.person
    if who is None and not told:
        msg = f"say who reported it: --person, {', '.join('--' + name for name in CONTACT)}"
        raise BadInput(msg)
    contact = evolve(ticket.contact if who is None else _contact(who), **told)
    changes: dict[str, Any] = {"contact": contact}
    if who is not None:
        of_person = {"customer": who.customer, "department": who.department, "language": who.language}
        changes |= {"requester": who.id, **{name: value for name, value in of_person.items() if value}}
    args = {"fields": sorted(told), "was": ticket.requester, "requester": changes.get("requester", ticket.requester)}
    return Effect(changes, args=args, personal={"name": contact.name, "mail": contact.mail, "phone": contact.phone})


CONTACT = ("name", "employee", "phone", "mail", "department", "company")


def _contact(who: Person) -> Contact:
    mail = next(iter(who.mails), "")
    return Contact(who.name, mail, who.phone, who.employee, who.department, who.customer, who.id)


VERBS = (
    verb("identify", "Say who reported it", Identify, _identify, DESK, *WORKABLE),
    verb("comment", "Write a comment", Comment, _comment, EVERYBODY, *Status),
    verb("log", "Write to the work log", Log, _log, STAFF, *Status),
    verb("attach", "Attach a file", Attach, _attach, EVERYBODY, *Status),
    verb("link", "Link another record", Link, _link, STAFF, *Status),
    verb("wait", "Let it rest", WaitFor, _wait, STAFF, *WORKABLE),
    verb("resume", "End the rest", Nothing, _resume, STAFF, Status.WAITING),
    verb("step", "Answer a step by its id", AnswerStep, _answer_step, STAFF, *Status),
    verb("assign", "Assign to a team or person", Assign, _assign, STAFF, *WORKABLE),
    verb("take", "Take it to work on it", Nothing, _take, LINE, *WORKABLE),
    verb("arrive", "Record the arrival on site", Nothing, _arrive, STAFF, *WORKABLE),
    verb("escalate", "Bring it to somebody's attention", Escalate, _escalate, STAFF, *OPEN),
    verb("major", "Mark it as a major matter", Major, _major, STAFF, *OPEN),
    verb("withhold", "Judge that it is not escalated", Withhold, _withhold, MANAGERS, *OPEN),
    verb("amend", "Correct what was recorded", Amend, _amend, STAFF, *OPEN),
)
"""In the order a ticket meets them."""
