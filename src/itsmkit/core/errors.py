"""Every error itsmkit raises on purpose: typed, one clear line, and what to do next."""

from collections.abc import Iterable


class ItsmError(Exception):
    """Base of all errors raised on purpose; its text is one line that a person can act on."""


class CalendarError(ItsmError):
    """A calendar that can't be: unknown zone, bad or overlapping shifts, never open."""


class SettingsError(ItsmError):
    """Settings that can't be read or hold an unknown or ill-typed key."""


class PluginError(ItsmError):
    """A plugin that can't be loaded, or whose refusal stops the start (a store, an organisation model)."""


class StoreError(ItsmError):
    """The store can't do what was asked; nothing was written."""


class OutcomeUnknown(StoreError):
    """The connection broke while a commit was under way: it was written wholly or not at all; read again to see."""


class StoreOutdated(StoreError):
    """The store lacks tables, fields or migrations that this version needs; `itsmkit store upgrade` adds them."""


class NewerShape(StoreError):
    """A record was written by a newer itsmkit; this one must not touch it."""


class QueryError(ItsmError):
    """A query names a field its type doesn't declare, or compares it with a value of another kind."""


class Refused(ItsmError):
    """Base of refusals of a command: nothing was changed."""


_LISTED = ("ticket", "referral", "task", "change", "ci notice", "remote session", "work order", "commitment",
           "announcement")  # fmt: skip
_WHERE = {
    **{one: f"`itsmkit {one.replace(' ', '-')} list` shows those you can" for one in _LISTED},
    "entry": "`itsmkit register list` shows those you can",
    "person": "people.toml and `itsmkit site load` make people known",
}


class NotFound(Refused):
    """No such record, or none that the asker may see: both look the same."""

    def __init__(self, what: str, key: str) -> None:
        super().__init__(f"no {what} {key!r} that you can see; {_WHERE.get(what, 'check the name')}")


class UnknownVerb(Refused):
    """No verb of that name exists for the record's type."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"unknown verb {name!r}; known: {', '.join(sorted(known))}")


class WrongStep(Refused):
    """The verb doesn't fit where the record stands."""


class NotAllowed(Refused):
    """The asker lacks the duty, or the rule named forbids it."""


class BadInput(Refused):
    """A parameter is missing, unknown, ill-typed or absurd."""


class Stale(Refused):
    """The record changed since the caller read it."""

    def __init__(self, what: str, expected: int, current: int, missed: Iterable[str] = ()) -> None:
        seen = ", ".join(missed) or "no events"
        super().__init__(f"{what} is at version {current}, not {expected} (missed: {seen}); read it again and retry")
        self.expected, self.current = expected, current


class KeyTaken(Refused):
    """A unique key (employee number, phone, login …) belongs to another record."""


class Degraded(Refused):
    """A plugin that people's work needs is broken or missing; intake goes on meanwhile."""


class Reentrant(Refused):
    """A hook called back into the desk; hooks return values, they don't act."""


class BudgetSpent(ItsmError):
    """A hook read more through `look` than one decision may."""
