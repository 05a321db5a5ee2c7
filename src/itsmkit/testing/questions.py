"""What a hook may be asked, and what it may answer: a hypothesis strategy and a check for each."""

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from attrs import evolve
from hypothesis import strategies as st

from itsmkit.core.journal import seal
from itsmkit.core.memory import MemoryStore
from itsmkit.core.model.agreement import Clock, Target
from itsmkit.core.model.escalation import Escalation, Level
from itsmkit.core.model.message import Message, Report, Source
from itsmkit.core.model.notice import Channel, NoticeDraft
from itsmkit.core.model.organisation import Assignment
from itsmkit.core.model.party import Person, Site
from itsmkit.core.model.process import Process
from itsmkit.core.model.query import Scope
from itsmkit.core.model.record import Record, RecordType
from itsmkit.core.model.report import ReportDefinition
from itsmkit.core.model.ticket import Kind, Likeness, Status, Ticket
from itsmkit.core.plugins import Check, a
from itsmkit.core.setup import Looking
from itsmkit.hookspecs import Classification, Prioritisation
from itsmkit.shipped import TYPES
from itsmkit.testing.builders import AT, commit_all, notice, salts, ticket
from itsmkit.testing.desks import PEOPLE, SERVICES, TEAMS, PlainModel
from itsmkit.testing.strategies import drafts, moments, texts, tickets, words

SITE = Site("Contract", "Europe/Berlin", "en", "desk.example.org", TEAMS, SERVICES)
NOBODY = "contract"
"""A URL and a channel that no plugin knows: whose it isn't must say None."""

_SENTENCES = (
    "The printer on floor 3 shows a paper jam",
    "Mail cannot be sent since this morning",
    "打印机无法打印，请尽快处理",
    "网络中断",
    "Please reset my password",
    "disk /var is 98 % full on web-1",
)
_MESSAGES = (
    b"From: Ann <ann@example.org>\nSubject: printer\nDate: Mon, 2 Mar 2026 09:00:00 +0000\n\nIt jams.\n",
    b'{"version":"4","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"DiskFull"}}]}',
    b'{"itsmkit.report":1,"title":"printer"}',
    b"From nobody\n\n",
    b"{",
    b"\xff\xfe\x00",
    b"",
)


@cache
def _store() -> MemoryStore:
    """People, teams, services, and solved tickets that may look like the one in question."""
    store = MemoryStore(TYPES, lambda: AT)
    commit_all(store, (*TEAMS, *SERVICES, *PEOPLE))
    solved = (
        ticket(number, title=title, text=title, solution="done", status=Status.CLOSED, kind="incident")
        for number, title in enumerate(_SENTENCES * 20, 1)
    )
    commit_all(store, solved)
    return store


def look() -> Looking:
    """A look at a small desk, with the budget that every decision has."""
    return Looking(AT, SITE, _store(), Scope.system("contract"))


def _tickets() -> st.SearchStrategy[Ticket]:
    plain = {
        "title": st.sampled_from(_SENTENCES) | texts(40),
        "kind": st.sampled_from(("", *Kind)),
        "category": st.sampled_from(("network", "database")) | words(),
        "service": st.sampled_from(("", *(one.id for one in SERVICES))),
        "team": st.sampled_from(("", *(one.id for one in TEAMS))),
        "language": st.sampled_from(("", "en", "zh")),
        "step": st.sampled_from(("IM2.1", "IM2.4", "IM2.11", "IM3.1", "")),
        "line": st.integers(0, 4),
    }
    return st.tuples(tickets(), st.fixed_dictionaries(plain)).map(lambda one: evolve(one[0], **one[1]))


def _messages() -> st.SearchStrategy[Message]:
    raw = st.sampled_from(_MESSAGES) | st.binary(max_size=300)
    return st.builds(Message, raw, st.sampled_from(("email", "alert", "phone", "file", "")), words(), words())


def _events() -> st.SearchStrategy[Mapping[str, Any]]:
    def made(about: Ticket, draft: Any) -> Mapping[str, Any]:
        (event,) = seal(about.id, 0, "", (draft,), at=AT, salts=salts())
        return {"event": event, "record": about}

    codes = st.sampled_from(
        ("opened", "step", "joined", "assigned", "escalated", "overdue", "comment", "resolve", "silent")
    )
    said = st.builds(lambda draft, code: evolve(draft, code=code), drafts(), codes)
    return st.builds(made, _tickets(), said)


def _clocks() -> st.SearchStrategy[Clock]:
    chain = (Level(50, "manager"), Level(100, "department"))
    target = Target("resolution", 3600, "always", chain=chain)
    return st.builds(Clock, st.just(target), moments(), fired=st.sampled_from(((), (50,))))


def _of(**parts: st.SearchStrategy[Any]) -> Callable[[], st.SearchStrategy[Mapping[str, Any]]]:
    return lambda: st.fixed_dictionaries(dict(parts))


def _deciding(name: str) -> Callable[[], st.SearchStrategy[Mapping[str, Any]]]:
    return lambda: st.fixed_dictionaries({name: _tickets(), "look": st.builds(look)})


QUESTIONS: Mapping[str, Callable[[], st.SearchStrategy[Mapping[str, Any]]]] = MappingProxyType(
    {
        "itsmkit_types": _of(),
        "itsmkit_commands": _of(),
        "itsmkit_open_store": _of(url=st.just(f"{NOBODY}:"), types=st.just(TYPES), clock=st.none()),
        "itsmkit_keep_store": _of(url=st.just(f"{NOBODY}:"), types=st.just(TYPES)),
        "itsmkit_days_off": _of(source=st.just(f"{NOBODY}:"), years=st.just((2026, 2027)), folder=st.none()),
        "itsmkit_organisation": _of(site=st.just(SITE)),
        "itsmkit_processes": _of(organisation=st.just(PlainModel())),
        "itsmkit_sources": _of(),
        "itsmkit_intake": lambda: st.fixed_dictionaries({"message": _messages()}),
        "itsmkit_lookup": lambda: st.fixed_dictionaries({"what": st.sampled_from(("person", "ci")), "key": words()}),
        "itsmkit_classify": _deciding("ticket"),
        "itsmkit_prioritise": _deciding("record"),
        "itsmkit_agreements": _deciding("record"),
        "itsmkit_match": _deciding("ticket"),
        "itsmkit_assign": _deciding("ticket"),
        "itsmkit_escalate": lambda: st.fixed_dictionaries(
            {"record": _tickets(), "clock": _clocks(), "look": st.builds(look)}
        ),
        "itsmkit_notify": _events,
        "itsmkit_channels": _of(),
        "itsmkit_deliver": _of(notice=st.builds(lambda: notice(channel=NOBODY))),
        "itsmkit_reports": _of(),
    }
)
"""For each hook, the arguments it may be called with; strategies are made when first asked for."""


def _score(found: Likeness) -> str:
    return "" if 0 <= found.score <= 1 else f"score {found.score} lies outside 0 to 1"


def _known(found: Assignment) -> str:
    return "" if SITE.team(found.team) else f"unknown team {found.team!r}"


def _levels(said: Prioritisation) -> str:
    return "" if min(said.impact, said.urgency, said.priority) >= 1 else "levels run from 1"


def _none(answer: Any) -> str:
    return f"answered {type(answer).__name__} to what can't be its own"


def _anything(_answer: Any) -> str:
    return ""


ANSWERS: Mapping[str, Check] = MappingProxyType(
    {
        "itsmkit_types": a(RecordType),
        "itsmkit_commands": _anything,
        "itsmkit_open_store": _none,
        "itsmkit_keep_store": _none,
        "itsmkit_days_off": _none,
        "itsmkit_organisation": _anything,
        "itsmkit_processes": a(Process),
        "itsmkit_sources": a(Source),
        "itsmkit_intake": a(Report, texts=False),
        "itsmkit_lookup": lambda answer: a(Person if isinstance(answer, Record) else str)(answer),
        "itsmkit_classify": a(Classification),
        "itsmkit_prioritise": a(Prioritisation, _levels),
        "itsmkit_agreements": a(Target),
        "itsmkit_match": a(Likeness, _score),
        "itsmkit_assign": a(Assignment, _known),
        "itsmkit_escalate": a(Escalation),
        "itsmkit_notify": a(NoticeDraft),
        "itsmkit_channels": a(Channel),
        "itsmkit_deliver": _none,
        "itsmkit_reports": a(ReportDefinition),
    }
)
"""For each hook, what is wrong with an answer (of a collecting hook: with an item of it)."""
