"""Plugins that misbehave, one way each, at any hook: what a desk must survive and say so.

Each function gives a plugin object for one hook. Asked in front of a sound plugin, a desk decides as if the hostile
one weren't there, and notes the fault where it was deciding.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import repeat
from threading import Event
from types import MappingProxyType, SimpleNamespace
from typing import Any

import attrs

from itsmkit.hookspecs import hookimpl

WAIT = 30.0
"""Seconds after which a plugin that hangs gives up, so that a failing test ends."""


class Unspeakable(Exception):
    """An error that can't even be printed."""

    def __str__(self) -> str:
        raise ValueError


def plugin_at(hook: str, does: Callable[[Mapping[str, Any]], Any]) -> object:
    """A plugin with that one hook; `does` is given all its arguments by name and answers for it."""
    return SimpleNamespace(**{hook: hookimpl(_WITH[hook](does))})


_Does = Callable[[Mapping[str, Any]], Any]
_WITH: Mapping[str, Callable[[_Does], Callable[..., Any]]] = MappingProxyType(
    {
        "itsmkit_types": lambda does: lambda: does({}),
        "itsmkit_commands": lambda does: lambda: does({}),
        "itsmkit_open_store": lambda does: lambda url, types, clock: does({"url": url, "types": types, "clock": clock}),
        "itsmkit_keep_store": lambda does: lambda url, types: does({"url": url, "types": types}),
        "itsmkit_days_off": lambda does: (
            lambda source, years, folder: does({"source": source, "years": years, "folder": folder})
        ),
        "itsmkit_organisation": lambda does: lambda site: does({"site": site}),
        "itsmkit_processes": lambda does: lambda organisation: does({"organisation": organisation}),
        "itsmkit_sources": lambda does: lambda: does({}),
        "itsmkit_intake": lambda does: lambda message: does({"message": message}),
        "itsmkit_lookup": lambda does: lambda what, key: does({"what": what, "key": key}),
        "itsmkit_classify": lambda does: lambda ticket, look: does({"ticket": ticket, "look": look}),
        "itsmkit_prioritise": lambda does: lambda record, look: does({"record": record, "look": look}),
        "itsmkit_agreements": lambda does: lambda record, look: does({"record": record, "look": look}),
        "itsmkit_match": lambda does: lambda ticket, look: does({"ticket": ticket, "look": look}),
        "itsmkit_assign": lambda does: lambda ticket, look: does({"ticket": ticket, "look": look}),
        "itsmkit_escalate": lambda does: (
            lambda record, clock, look: does({"record": record, "clock": clock, "look": look})
        ),
        "itsmkit_notify": lambda does: lambda event, record: does({"event": event, "record": record}),
        "itsmkit_channels": lambda does: lambda: does({}),
        "itsmkit_deliver": lambda does: lambda notice: does({"notice": notice}),
        "itsmkit_reports": lambda does: lambda: does({}),
    }
)
"""Each hook as a function with the arguments of its spec, which are read off its code."""


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
