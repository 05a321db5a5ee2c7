"""The incident process: its table (requirements §2, design §4) and the rules that answer steps by themselves."""

from collections.abc import Callable
from types import MappingProxyType

from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.process import END, Process, Step, Way
from itsmkit.core.model.ticket import Kind, Status, Ticket
from itsmkit.core.policy import Policy
from itsmkit.core.process import Answer

_NEW, _OPEN, _ASSIGNED, _PROGRESS = Status.NEW, Status.OPEN, Status.ASSIGNED, Status.IN_PROGRESS
_RESOLVED, _CLOSED = Status.RESOLVED, Status.CLOSED
_DESK, _LINE = Duty.RECORD, Duty.HANDLE

_STEPS = (
    Step("IM1.1", "Take in and identify the customer", _DESK, {"known": "IM1.2", "unknown": "IM1.2"}, _NEW,
         rule="identified", writes=("requester",), source="INC-01 INC-02"),
    Step("IM1.2", "New or known matter?", _DESK, {"new": "IM1.3"}, _NEW, rule="new_matter", source="INC-04"),
    Step("IM1.3", "Record", _DESK, {"recorded": "IM1.4"}, _NEW, rule="recorded", source="INC-03"),
    Step("IM1.4", "Verify the configuration item", _DESK,
         {"none": "IM2.1", "right": "IM2.1", "corrected": "IM2.1", "unknown": "IM2.1"}, _NEW,
         rule="no_ci", asks="itsmkit_lookup", otherwise="unknown", writes=("ci",), source="INC-05"),
    Step("IM2.1", "Nature and category", _DESK, {"set": "IM2.2"}, _NEW,
         asks="itsmkit_classify", writes=("kind", "category", "service", "on_site"), source="T IM2.1"),
    Step("IM2.2", "Complaint or suggestion?", _DESK, {"yes": "IM2.3", "no": "IM2.3"}, _OPEN,
         rule="not_a_complaint", source="T IM2.2"),
    Step("IM2.3", "Priority", _DESK, {"set": "IM2.4"}, _OPEN, asks="itsmkit_prioritise", then="itsmkit_agreements",
         writes=("impact", "urgency", "priority", "clocks"), source="T IM2.3"),
    Step("IM2.4", "Highest priority?", _DESK, {"yes": "IM2.5", "no": "IM2.5"}, _OPEN,
         rule="highest", then="itsmkit_assign", writes=("team", "line", "assignee", "owner"), source="T IM2.4"),
    Step("IM2.5", "On-site service needed?", _DESK, {"yes": "IM2.6", "no": "IM2.7"}, _OPEN,
         rule="on_site", source="T IM2.5"),
    Step("IM2.6", "Dispatch on-site staff", _DESK, {"dispatched": "IM2.7"}, _OPEN,
         writes=("on_site",), source="T IM2.6"),
    Step("IM2.7", "Matching", _DESK, {"found": "IM2.8", "none": "IM2.8"}, _OPEN, asks="itsmkit_match",
         later=True, writes=("similar",), source="T IM2.7",
         by_kind={Kind.INQUIRY: Way("Search for the information"),
                  Kind.COMPLAINT: Way("Hear the complaint", "unmatched"),
                  Kind.SERVICE_REQUEST: Way("Find it in the catalogue", "catalogued")}),
    Step("IM2.8", "Ready solution or workaround?", _DESK, {"yes": "IM4.1", "no": "IM2.9"}, _OPEN,
         rule="sure_match", writes=("solution", "followed"), source="T IM2.8",
         by_kind={Kind.INQUIRY: Way("Is the information at hand?")}),
    Step("IM2.9", "Try to resolve", _DESK, {"tried": "IM2.10"}, _OPEN, source="T IM2.9",
         by_kind={Kind.INQUIRY: Way("Give the information"),
                  Kind.COMPLAINT: Way("Investigate the complaint"),
                  Kind.SERVICE_REQUEST: Way("Carry out the procedure")}),
    Step("IM2.10", "Found a solution?", _DESK, {"yes": "IM4.1", "no": "IM2.11"}, _OPEN,
         rule="has_solution", writes=("solution",), source="T IM2.10"),
    Step("IM2.11", "Choose line 2 and assign", _DESK, {"assigned": "IM2.12"}, _ASSIGNED,
         asks="itsmkit_assign", writes=("team", "line", "assignee", "vendor", "hand_overs"), source="T IM2.11"),
    Step("IM2.12", "Accept and understand", _LINE, {"understood": "IM2.13"}, _ASSIGNED, source="T IM2.12"),
    Step("IM2.13", "Ours?", _LINE, {"yes": "IM3.1", "no": "IM2.14"}, _ASSIGNED,
         writes=("assignee", "responded"), source="T IM2.13"),
    Step("IM2.14", "Ask for reassignment", _LINE, {"asked": "IM2.11"}, _ASSIGNED,
         writes=("declined",), source="T IM2.14"),
    Step("IM3.1", "Investigate, find similar", _LINE, {"done": "IM3.2"}, _PROGRESS,
         source="INC-20 INC-21 INC-28"),
    Step("IM3.2", "Help needed?", _LINE, {"no": "IM3.3", "line": "IM2.11"}, _PROGRESS, source="INC-22 INC-24 INC-26"),
    Step("IM3.3", "Must the cause be found?", _LINE, {"yes": "IM3.4", "no": "IM3.4"}, _PROGRESS, source="INC-27"),
    Step("IM3.4", "Solution?", _LINE, {"yes": "IM4.1", "no": "IM2.11"}, _PROGRESS,
         writes=("solution", "workaround"), source="INC-24"),
    Step("IM4.1", "Change needed?", _LINE, {"no": "IM4.3", "yes": "IM4.2"}, _PROGRESS,
         writes=("change",), source="INC-30"),
    Step("IM4.2", "Wait for the change", _LINE, {"done": "IM4.3", "rejected": "IM3.1", "passed_on": "IM4.3"},
         _PROGRESS, writes=("waits",), source="INC-30"),
    Step("IM4.3", "Tell and agree", _LINE, {"agreed": "IM4.4"}, _PROGRESS, writes=("agreed",), source="INC-31"),
    Step("IM4.4", "Backup confirmed?", _LINE, {"confirmed": "IM4.5", "not_needed": "IM4.5"}, _PROGRESS,
         rule="backup", writes=("backup",), source="INC-32"),
    Step("IM4.5", "Carry out", _LINE, {"done": "IM4.6"}, _PROGRESS, source="INC-33"),
    Step("IM4.6", "Verified and documented?", _LINE, {"yes": "IM4.7", "no": "IM3.1"}, _PROGRESS,
         holds=("task",), source="INC-33"),
    Step("IM4.7", "Root cause needed?", _LINE, {"yes": "IM4.8", "no": "IM4.8"}, _RESOLVED,
         rule="workaround_only", source="INC-34"),
    Step("IM4.8", "Back to the recorder", _LINE, {"returned": "IM5.1"}, _RESOLVED, rule="returned", source="INC-35"),
    Step("IM5.1", "Class and data complete?", _DESK, {"complete": "IM5.2"}, _RESOLVED,
         rule="complete", source="INC-40 INC-42"),
    Step("IM5.2", "Does the user agree?", Duty.REPORT, {"yes": "IM5.3", "no": "IM3.1", "silence": "IM5.3"}, _RESOLVED,
         writes=("satisfied",), source="INC-40"),
    Step("IM5.3", "New solution for the knowledge base?", _DESK, {"new": "IM5.4", "none": "IM5.4"}, _RESOLVED,
         rule="new_solution", source="INC-41"),
    Step("IM5.4", "Configuration items changed?", _DESK, {"submitted": "IM5.5", "none": "IM5.5"}, _RESOLVED,
         rule="ci_changed", writes=("ci_submitted",), source="INC-43"),
    Step("IM5.5", "Close", _DESK, {"closed": "IM5.6"}, _RESOLVED, rule="close", writes=("closed",),
         holds=("ticket", "work_order", "remote_session"), source="INC-20 INC-42"),
    Step("IM5.6", "Follow-up call", _DESK, {"done": END}, _CLOSED, writes=("satisfied",), source="INC-44 INC-45"),
)  # fmt: skip

INCIDENT = Process("incident", "Incident process", "IM1.1", MappingProxyType({step.id: step for step in _STEPS}))
"""The table as shipped; `itsmkit process show incident` prints it."""

Rule = Callable[[Ticket, Policy], Answer | None]


def _identified(ticket: Ticket, _policy: Policy) -> Answer:
    return Answer("known" if ticket.requester else "unknown")


def _new_matter(_ticket: Ticket, _policy: Policy) -> Answer:
    # What belongs to a known matter was joined to it before a ticket came to be.
    return Answer("new")


def _recorded(_ticket: Ticket, _policy: Policy) -> Answer:
    return Answer("recorded")


def _no_ci(ticket: Ticket, _policy: Policy) -> Answer | None:
    return None if ticket.ci else Answer("none")


def _not_a_complaint(ticket: Ticket, _policy: Policy) -> Answer | None:
    return None if ticket.kind == Kind.COMPLAINT else Answer("no")


def _highest(ticket: Ticket, _policy: Policy) -> Answer:
    return Answer("yes" if ticket.priority == 1 else "no", why={"priority": ticket.priority})


def _on_site(ticket: Ticket, _policy: Policy) -> Answer:
    return Answer("yes" if ticket.on_site else "no")


def _unmatched(_ticket: Ticket, _policy: Policy) -> Answer:
    # What somebody complains of is not answered by what was said to another: it is investigated (INC-10).
    return Answer("none")


def _catalogued(ticket: Ticket, _policy: Policy) -> Answer | None:
    return Answer("found", why={"item": ticket.item, "steps": len(ticket.procedure)}) if ticket.item else None


def _sure_match(ticket: Ticket, policy: Policy) -> Answer | None:
    ready = [one for one in ticket.similar if one.solution]
    if not ready:
        return Answer("no", why={"with_solution": 0})
    best = max(ready, key=lambda one: one.score)
    if best.score < policy.rules.alike_enough:
        return None
    why = {"matched": best.number, "score": best.score, "enough": policy.rules.alike_enough, "by": best.by}
    return Answer("yes", changes={"solution": best.solution, "followed": best.number}, why=why)


def _has_solution(ticket: Ticket, _policy: Policy) -> Answer | None:
    return Answer("yes") if ticket.solution else None


def needs_backup(ticket: Ticket, policy: Policy) -> bool:
    """Whether a backup must be confirmed before work starts: for incidents of the high and medium bands (INC-32)."""
    return ticket.kind == Kind.INCIDENT and policy.rules.band(ticket.priority) in ("high", "medium")


def _backup(ticket: Ticket, policy: Policy) -> Answer | None:
    if not needs_backup(ticket, policy):
        return Answer("not_needed", why={"band": policy.rules.band(ticket.priority), "kind": ticket.kind})
    return Answer("confirmed") if ticket.backup else None


def _workaround_only(ticket: Ticket, _policy: Policy) -> Answer:
    return Answer("yes" if ticket.workaround and not ticket.cause else "no", why={"workaround": ticket.workaround})


def _returned(ticket: Ticket, _policy: Policy) -> Answer:
    return Answer("returned", changes={"assignee": ticket.owner}, args={"to": ticket.owner})


def missing(ticket: Ticket, policy: Policy) -> tuple[str, ...]:
    """The mandatory fields that are empty: with any of them a ticket can't close (INC-42)."""
    return tuple(name for name in policy.rules.mandatory if not getattr(ticket, name))


def _complete(ticket: Ticket, policy: Policy) -> Answer | None:
    return None if missing(ticket, policy) else Answer("complete")


def _new_solution(ticket: Ticket, _policy: Policy) -> Answer:
    # What a master was resolved by is proposed once, by the master.
    known = ticket.followed or ticket.master
    return Answer("none" if known or not ticket.solution else "new", why={"followed": known})


def _ci_changed(ticket: Ticket, _policy: Policy) -> Answer | None:
    if ticket.ci_change and not ticket.ci_submitted:
        return None  # line 1 hands it in (INC-43)
    return Answer("submitted" if ticket.ci_change else "none")


def _close(_ticket: Ticket, _policy: Policy) -> Answer:
    return Answer("closed", audience="public")


RULES: MappingProxyType[str, Rule] = MappingProxyType(
    {
        "identified": _identified,
        "new_matter": _new_matter,
        "recorded": _recorded,
        "no_ci": _no_ci,
        "not_a_complaint": _not_a_complaint,
        "highest": _highest,
        "on_site": _on_site,
        "unmatched": _unmatched,
        "catalogued": _catalogued,
        "sure_match": _sure_match,
        "has_solution": _has_solution,
        "backup": _backup,
        "workaround_only": _workaround_only,
        "returned": _returned,
        "complete": _complete,
        "new_solution": _new_solution,
        "ci_changed": _ci_changed,
        "close": _close,
    }
)
"""The pure functions that the table names."""
