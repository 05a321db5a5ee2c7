"""Verbs of the register: what is noted travels manager to owner, is ruled on and carried out (ORG-07)."""

from types import MappingProxyType

from attrs import frozen

from itsmkit.core.access import NOBODY
from itsmkit.core.errors import BadInput, NotAllowed
from itsmkit.core.model.entry import PUBLISHED, SUGGESTED, Entry, EntryKind, EntryStatus
from itsmkit.core.model.event import PUBLIC
from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.party import Person
from itsmkit.core.model.process import END
from itsmkit.core.model.ticket import Status, Ticket
from itsmkit.core.verb import Act, Effect, Verb, check_known, param, verb
from itsmkit.core.verbs.places import STAFF

RULED = MappingProxyType(
    {
        EntryKind.IMPROVEMENT: Duty.IMPROVE,
        EntryKind.DEFECT: Duty.IMPROVE,
        EntryKind.EXCEPTION: Duty.COLLECT,
        EntryKind.PROCESS_CHANGE: Duty.DETERMINE,
    }
)
"""The duty by which a manager rules on each kind; who lacks it forwards it."""
OWNER = frozenset({Duty.OWN_PROCESS})
RULING = frozenset({Duty.MANAGE, Duty.OWN_PROCESS})


@frozen
class Note:
    """Something to be improved, an exception, a defect, or a change of the process."""

    kind: str = param("improvement, exception, defect or process_change", required=True)
    title: str = param("what it is, in a line", required=True)
    text: str = param("all there is to say", default="", multiline=True)
    ticket: str = param("the ticket it was noted on", default="")


@frozen
class NoteException:
    """Where the process was not followed, and why."""

    title: str = param("what was done otherwise, in a line", required=True)
    text: str = param("why", default="", multiline=True)


def _note(_nothing: None, params: Note, act: Act) -> Effect:
    check_known("kind", params.kind, SUGGESTED)
    return noted(EntryKind(params.kind), params.title, params.text, act)


def _note_exception(_ticket: Ticket, params: NoteException, act: Act) -> Effect:
    return noted(EntryKind.EXCEPTION, params.title, params.text, act)


def noted(kind: EntryKind, title: str, text: str, act: Act) -> Effect:
    """The entry as somebody has just noted it, with who comes first for them."""
    entry = Entry(
        id="", kind=kind, title=title, text=text, vendor=act.by.vendor, step=_first(act), opened=act.now,
        opened_by=act.by.person,
    )  # fmt: skip
    return Effect(args={"kind": kind.value}, personal={"title": title, "text": text}, makes=entry)


def _first(act: Act) -> str:
    """With the managers of one's own company, the house's where a vendor has none; an owner's is with the owner."""
    if Duty.OWN_PROCESS in act.by.duties and Duty.MANAGE not in act.by.duties:
        return "RG3"
    model, vendor = act.organisation, act.by.vendor
    held = (model.duties(Person(id="", name="", roles=(one,), vendor=vendor)) for one in model.roles())
    managed = vendor != NOBODY and any(Duty.MANAGE in duties for duties in held)
    return "RG1" if managed or not vendor else "RG2"


def _check_turn(entry: Entry, act: Act) -> None:
    """Whose turn it is: first a manager of those who noted it, then the house's, who may always act, then the owner."""
    companies = ("",) if entry.step == "RG2" else ("", entry.vendor)
    if entry.step == "RG3":
        if Duty.OWN_PROCESS not in act.by.duties:
            msg = f"ORG-07: {entry.number} is with the process owner, who rules on it"
            raise NotAllowed(msg)
    elif Duty.MANAGE not in act.by.duties or act.by.vendor not in companies:
        msg = f"ORG-07: {entry.number} is with the house's manager; a vendor's notes and forwards"
        raise NotAllowed(msg)


def _check_rules(entry: Entry, act: Act) -> None:
    """Who rules on an entry has the duty for its kind, or owns the process and has it."""
    _check_turn(entry, act)
    wanted = Duty.OWN_PROCESS if entry.step == "RG3" else RULED[entry.kind]
    if wanted not in act.by.duties:
        msg = f"ORG-07: to rule on {entry.kind} needs the duty {wanted}; forward {entry.number} to who has it"
        raise NotAllowed(msg)


@frozen
class Forward:
    """What is said with it."""

    why: str = param("what is said with it", default="", multiline=True)


def _forward(entry: Entry, params: Forward, act: Act) -> Effect:
    _check_turn(entry, act)
    outcome = "forwarded" if entry.vendor and entry.step == "RG1" else "to_owner"
    personal = {"why": params.why} if params.why else {}
    return Effect(answers={entry.step: outcome}, personal=personal, audience=PUBLIC)


@frozen
class Accept:
    """That it is done, and by whom."""

    person: str = param("who carries it out; left out, who accepts", default="", duties=STAFF | RULING)


def _accept(entry: Entry, params: Accept, act: Act) -> Effect:
    _check_rules(entry, act)
    owner = params.person or act.by.person
    return Effect({"owner": owner}, {entry.step: "accepted"}, args={"person": owner}, audience=PUBLIC)


@frozen
class RefuseEntry:
    """Why not."""

    reason: str = param("why", required=True, multiline=True)


def _refuse(entry: Entry, params: RefuseEntry, act: Act) -> Effect:
    if entry.kind is not EntryKind.RESOURCES:
        _check_rules(entry, act)
    elif Duty.COMMIT not in act.by.duties or act.by.vendor not in ("", entry.vendor):
        msg = f"whether {entry.number} is committed is for who commits the resources to say"
        raise NotAllowed(msg)
    changes = {"reason": params.reason, "closed": act.now}
    return Effect(changes, {entry.step: "refused"}, personal={"reason": params.reason}, audience=PUBLIC)


@frozen
class Done:
    """What came of it."""

    result: str = param("what was done", required=True, multiline=True)


def _done(entry: Entry, params: Done, act: Act) -> Effect:
    if act.by.person != entry.owner and RULING.isdisjoint(act.by.duties):
        msg = f"ORG-07: {entry.number} is carried out by {entry.owner}"
        raise NotAllowed(msg)
    changes = {"result": params.result, "closed": act.now}
    return Effect(changes, {"RG4": "done"}, personal={"result": params.result}, audience=PUBLIC)


@frozen
class TellManager:
    """Whom the process owner tells of it."""

    person: str = param("the manager of the department", required=True)
    why: str = param("what is said with it", default="", multiline=True)


def _tell(entry: Entry, params: TellManager, _act: Act) -> Effect:
    if entry.kind not in SUGGESTED:
        msg = f"{entry.number} is no defect or suggestion, which is what the department manager is told of"
        raise BadInput(msg)
    personal = {"why": params.why} if params.why else {}
    return Effect({"person": params.person}, args={"person": params.person}, personal=personal, audience=PUBLIC)


def _withdraw(entry: Entry, params: RefuseEntry, act: Act) -> Effect:
    """What somebody noted they take back; so do the house's managers, and those of who published it."""
    own = act.by.person and act.by.person == entry.opened_by
    companies = ("", entry.vendor) if entry.kind in PUBLISHED else ("",)
    if not own and not (RULING & act.by.duties and act.by.vendor in companies):
        msg = f"{entry.number} is withdrawn by who noted it, or by a manager"
        raise NotAllowed(msg)
    if entry.person and entry.person == act.by.person:
        msg = f"REP-05: whom {entry.number} is about doesn't withdraw it"
        raise NotAllowed(msg)
    changes = {"reason": params.reason, "closed": act.now}
    return Effect(changes, jump=END, personal={"reason": params.reason}, audience=PUBLIC)


BEGINNING = (
    Verb("note", "Note an improvement, exception, defect or change of the process", Note, _note, STAFF | OWNER),
)
"""What begins an entry by itself."""
NOTING = (verb("note-exception", "Note an exception in the process", NoteException, _note_exception, STAFF, *Status),)
"""What is done to the ticket that an exception is noted on."""

_OPEN = tuple(one for one in EntryStatus if one in (EntryStatus.NOTED, EntryStatus.FORWARDED, EntryStatus.ACCEPTED))
VERBS = (
    verb("forward", "Forward it to the next above", Forward, _forward, frozenset({Duty.MANAGE}), "RG1", "RG2"),
    verb("accept", "Accept it, to be carried out", Accept, _accept, RULING, "RG1", "RG2", "RG3"),
    verb("refuse", "Refuse it", RefuseEntry, _refuse, RULING | {Duty.COMMIT}, "RG1", "RG2", "RG3", "RE1"),
    verb("done", "Record what came of it", Done, _done, STAFF | RULING, "RG4"),
    verb("tell-manager", "Report it to the department manager", TellManager, _tell, OWNER, *_OPEN),
    verb("withdraw", "Withdraw it", RefuseEntry, _withdraw, STAFF | RULING,
         "RG1", "RG2", "RG3", "RG4", "NC1", "NC2", "RE1", "RE2", "PB1", "RV1"),
)  # fmt: skip
"""What is done to entries that travel."""
