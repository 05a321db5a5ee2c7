"""For each hook, answers that are none."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from attrs import evolve

from itsmkit.core.model.agreement import Target
from itsmkit.core.model.escalation import Escalation, Level
from itsmkit.core.model.message import Report, Source
from itsmkit.core.model.notice import NoticeDraft
from itsmkit.core.model.organisation import Assignment
from itsmkit.core.model.party import Person
from itsmkit.core.model.record import RecordType
from itsmkit.core.model.ticket import Likeness
from itsmkit.hookspecs import Classification, Prioritisation
from itsmkit.testing.sample_type import Sample

_HUGE = "x" * 2_000_000
_TARGET = Target("resolution", 60, "always")
_NOTICE = NoticeDraft("rule", "requester", "email", "template")
_ANYTHING: tuple[Any, ...] = ("text", 7, object(), {"kind": "incident"}, b"bytes")
_LISTS: tuple[Any, ...] = ("text", 7, [object()], [None], {"a": 1}, {7})


def _wrong(value: Any, **changes: Any) -> tuple[Any, ...]:
    """The value once for each change."""
    return tuple(evolve(value, **{name: given}) for name, many in changes.items() for given in many)


def _likeness(score: Any, number: Any = "T26-000001") -> list[Likeness]:
    return [Likeness("ticket", "t1", number, score, "alike")]


GARBAGE: Mapping[str, tuple[Any, ...]] = MappingProxyType(
    {
        "itsmkit_types": (*_LISTS, [RecordType("sample", Sample), 7]),
        "itsmkit_commands": _LISTS,
        "itsmkit_open_store": _ANYTHING,
        "itsmkit_keep_store": _ANYTHING,
        "itsmkit_organisation": _ANYTHING,
        "itsmkit_processes": _LISTS,
        "itsmkit_sources": (*_LISTS, [Source("name", "no function", print)]),  # type: ignore[arg-type]
        "itsmkit_intake": (
            *_ANYTHING,
            Report(""),
            Report("  "),
            *_wrong(
                Report("a title"),
                title=(7, None),
                references=("<a@b>", [1], (1,)),
                impact=("high", 1 << 80),
                happened=("today", datetime(2026, 1, 1)),  # noqa: DTZ001 - that is what is wrong with it
                contact=(None, "ann"),
                attachments=(("a",),),
                automatic=("yes",),
            ),
        ),
        "itsmkit_lookup": (
            *_ANYTHING,
            *_wrong(Person(id="new", name="New"), name=(7, None), mails=("a@example.org", (7,)), id=("", "a:b", 7)),
        ),
        "itsmkit_classify": (
            *_ANYTHING,
            *_wrong(
                Classification("incident", "network"),
                kind=("no such kind", None, 7, _HUGE),
                category=(7, _HUGE, "\ud800"),
                service=("no such service", 7),
                on_site=("yes",),
                why=(object(), "\ud800"),
            ),
        ),
        "itsmkit_prioritise": (
            *_ANYTHING,
            *_wrong(
                Prioritisation(1, 1, 1),
                priority=(0, 99, -1, "1", 1.0, True, float("nan"), 1 << 80),
                impact=(0, "1", 1 << 80),
                why=(object(),),
            ),
        ),
        "itsmkit_agreements": (
            *_LISTS,
            *(
                [one]
                for one in _wrong(
                    _TARGET,
                    calendar=("no such calendar", 7),
                    seconds=(1 << 62, 1.5, float("inf")),
                    name=(7, _HUGE),
                    stops=("resolved", (7,)),
                    chain=((7,), (Level(50, 7),)),  # type: ignore[arg-type]
                    why=(object(),),
                )
            ),
        ),
        "itsmkit_match": (
            *_LISTS,
            *(_likeness(score) for score in (float("nan"), float("inf"), -1, 2, "0.5", None)),
            _likeness(0.5, 7),
            _likeness(0.5, _HUGE),
        ),
        "itsmkit_assign": (
            *_ANYTHING,
            *_wrong(
                Assignment("desk"),
                team=("no such team", "", None, 7),
                line=("1", 1 << 80),
                person=(7, "\ud800"),
                why=(object(),),
            ),
        ),
        "itsmkit_escalate": (*_ANYTHING, *_wrong(Escalation("manager"), to=(7, None, _HUGE), why=(object(), "\ud800"))),
        "itsmkit_notify": (
            *_LISTS,
            *(
                [one]
                for one in _wrong(
                    _NOTICE,
                    to=(7, None),
                    rule=(7,),
                    channel=(None, _HUGE),
                    args=(7, {"a": object()}, {"a": float("nan")}, {7: {8}}),
                )
            ),
        ),
        "itsmkit_deliver": (*_ANYTHING, True),
        "itsmkit_reports": _LISTS,
    }
)
"""For each hook, answers that are none: of the wrong type, naming what doesn't exist, out of range, without measure."""
