"""Plugins that misbehave, one way each, at any hook: what a desk must survive and say so.

Each function gives a plugin object for one hook. Asked in front of a sound plugin, a desk decides as if the hostile
one weren't there, and notes the fault where it was deciding.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import repeat
from threading import Event
from types import MappingProxyType, SimpleNamespace
from typing import Any

import attrs
from attrs import evolve

from itsmkit import hookspecs
from itsmkit.core.model.agreement import Escalation, Level, Target
from itsmkit.core.model.message import Report, Source
from itsmkit.core.model.notice import NoticeDraft
from itsmkit.core.model.organisation import Assignment
from itsmkit.core.model.party import Person
from itsmkit.core.model.record import RecordType
from itsmkit.core.model.ticket import Likeness
from itsmkit.hookspecs import Classification, Prioritisation, hookimpl
from itsmkit.testing.sample import Sample

WAIT = 30.0
"""Seconds after which a plugin that hangs gives up, so that a failing test ends."""


class Unspeakable(Exception):
    """An error that can't even be printed."""

    def __str__(self) -> str:
        raise ValueError


def plugin_at(hook: str, does: Callable[[Mapping[str, Any]], Any]) -> object:
    """A plugin with that one hook; `does` is given all its arguments by name and answers for it."""

    def call(**arguments: Any) -> Any:
        return does(arguments)

    call.__name__ = hook
    vars(call)["__signature__"] = inspect.signature(getattr(hookspecs, hook))
    return SimpleNamespace(**{hook: hookimpl(call)})


def raising(hook: str, error: BaseException | None = None) -> object:
    """It raises that error, by default a RuntimeError."""

    def does(_arguments: Mapping[str, Any]) -> Any:
        raise error or RuntimeError("out of order")

    return plugin_at(hook, does)


def recursing(hook: str) -> object:
    """It calls itself until Python gives up: RecursionError."""

    def deeper(depth: int) -> int:
        return deeper(depth + 1) + 1

    return plugin_at(hook, lambda _: deeper(0))


def answering(hook: str, answer: Any) -> object:
    """It gives that answer, whatever it is asked."""
    return plugin_at(hook, lambda _: answer)


def endless(hook: str) -> object:
    """It gives an iterator without end."""

    def does(_arguments: Mapping[str, Any]) -> Iterator[object]:
        return repeat(object())

    return plugin_at(hook, does)


class Hanging:
    """It doesn't answer until `release` is set, then abstains; `entered` is set once it was asked."""

    def __init__(self, hook: str) -> None:
        self.entered, self.release = Event(), Event()
        vars(self).update(vars(plugin_at(hook, self._wait)))

    def _wait(self, _arguments: Mapping[str, Any]) -> None:
        self.entered.set()
        self.release.wait(WAIT)


class Mutating:
    """It tries to change whatever it is handed, and keeps in `done` what let it."""

    def __init__(self, hook: str) -> None:
        self.done: list[str] = []
        vars(self).update(vars(plugin_at(hook, self._scribble)))

    def _scribble(self, arguments: Mapping[str, Any]) -> None:
        for name, value in arguments.items():
            if attrs.has(type(value)) and name != "look":
                self._attack(name, value)

    def _attack(self, name: str, value: Any) -> None:
        for one in attrs.fields(type(value)):
            with suppress(AttributeError):
                setattr(value, one.name, "scribbled")
                self.done.append(f"{name}.{one.name}")
            inner = getattr(value, one.name)
            if isinstance(inner, Mapping):
                with suppress(TypeError):
                    inner["scribbled"] = True  # type: ignore[index]
                    self.done.append(f"{name}.{one.name}[]")
            elif isinstance(inner, list):
                inner.append("scribbled")
                self.done.append(f"{name}.{one.name}.append")


def reentering(hook: str, act: Callable[[], object]) -> object:
    """It calls back into the desk: `act` does, say, `desk.receive(…)`."""
    return plugin_at(hook, lambda _: act() and None)


def greedy(hook: str, reads: int = 1000) -> object:
    """It reads through `look` without measure."""

    def does(arguments: Mapping[str, Any]) -> None:
        for _ in range(reads):
            arguments["look"].get("ticket", "none")

    return plugin_at(hook, does)


_HUGE = "x" * 2_000_000
_TARGET = Target("resolution", 60, "always")
_NOTICE = NoticeDraft("rule", "requester", "email", "template")
_ANYTHING: tuple[Any, ...] = ("text", 7, object(), {"kind": "incident"}, b"bytes")
_LISTS: tuple[Any, ...] = ("text", 7, [object()], [None], {"a": 1}, (x for x in (1, "two")))


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
        "itsmkit_organisation": _ANYTHING,
        "itsmkit_processes": _LISTS,
        "itsmkit_sources": (*_LISTS, [Source("name", "no function", print)]),  # type: ignore[arg-type]
        "itsmkit_intake": (
            *_ANYTHING, Report(""), Report("  "),
            *_wrong(Report("a title"), title=(7, None), references=("<a@b>", [1], (1,)), impact=("high", 1 << 80),
                    happened=("today", datetime(2026, 1, 1)), contact=(None, "ann"), attachments=(("a",),),  # noqa: DTZ001
                    automatic=("yes",)),
        ),
        "itsmkit_lookup": (
            *_ANYTHING, *_wrong(Person(id="new", name="New"), name=(7, None), mails=("a@example.org", (7,)), id=("", "a:b", 7)),
        ),
        "itsmkit_classify": (
            *_ANYTHING,
            *_wrong(Classification("incident", "network"), kind=("no such kind", None, 7, _HUGE), category=(7, _HUGE, "\ud800"),
                    service=("no such service", 7), on_site=("yes",), why=(object(), "\ud800")),
        ),
        "itsmkit_prioritise": (
            *_ANYTHING,
            *_wrong(Prioritisation(1, 1, 1), priority=(0, 99, -1, "1", 1.0, True, float("nan"), 1 << 80), impact=(0, "1", 1 << 80),
                    why=(object(),)),
        ),
        "itsmkit_agreements": (
            *_LISTS,
            *([one] for one in _wrong(_TARGET, calendar=("no such calendar", 7), seconds=(1 << 62, 1.5, float("inf")), name=(7, _HUGE),
                                      stops=("resolved", (7,)), chain=((7,), (Level(50, 7),)), why=(object(),))),  # type: ignore[arg-type]
        ),
        "itsmkit_match": (
            *_LISTS,
            *(_likeness(score) for score in (float("nan"), float("inf"), -1, 2, "0.5", None)), _likeness(0.5, 7), _likeness(0.5, _HUGE),
        ),
        "itsmkit_assign": (
            *_ANYTHING,
            *_wrong(Assignment("desk"), team=("no such team", "", None, 7), line=("1", 1 << 80), person=(7, "\ud800"), why=(object(),)),
        ),
        "itsmkit_escalate": (*_ANYTHING, *_wrong(Escalation("manager"), to=(7, None, _HUGE), why=(object(), "\ud800"))),
        "itsmkit_notify": (
            *_LISTS,
            *([one] for one in _wrong(_NOTICE, to=(7, None), rule=(7,), channel=(None, _HUGE),
                                      args=(7, {"a": object()}, {"a": float("nan")}, {7: {8}}))),
        ),
        "itsmkit_deliver": (*_ANYTHING, True),
        "itsmkit_reports": _LISTS,
    }
)  # fmt: skip
"""For each hook, answers that are none: of the wrong type, naming what doesn't exist, out of range, without measure."""
