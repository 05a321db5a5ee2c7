"""What runs beside a ticket: a record of its own, with a small process of its own, and the ticket as its parent."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

import attrs
from attrs import frozen

from itsmkit.core.model.record import Field, FieldKind, Record, RecordType, revised
from itsmkit.core.model.ticket import Part, Ticket, Wait


@frozen(kw_only=True, slots=False)
class Child(Record):
    """A child of a ticket: `parent` is the ticket's id, `about` its number, `outcome` how it ended.

    What begins by itself may have no ticket.

    Subclasses say which `process` they walk and what their `status` can be. `quotes` are the fields that name or quote
    a person, `named_by` the ticket's field that holds its number. One that is `watched` has news for others than its
    ticket, and one that is `tracked` the ticket knows of while it is open. `opens_for` is the audience of its first
    event, where that isn't the audience of what began it.
    """

    quotes: ClassVar[tuple[str, ...]] = ()
    named_by: ClassVar[str] = ""
    watched: ClassVar[bool] = False
    tracked: ClassVar[bool] = True
    opens_for: ClassVar[str] = ""

    number: str = ""
    parent: str = ""
    about: str = ""
    process: str = ""
    step: str = ""
    status: Any = ""
    waits: tuple[Wait, ...] = ()
    opened: datetime | None = None
    closed: datetime | None = None
    outcome: str = ""
    erased: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The reach keys of those whom it concerns, beside those who see the ticket."""
        return ()

    @property
    def begins(self) -> Mapping[str, Any]:
        """What its first event says of it."""
        return {}

    def seen_by(self, parent: Ticket | None) -> tuple[str, ...]:
        """Its reach: whoever sees the ticket, and those whom it concerns itself."""
        return tuple(dict.fromkeys((*(parent.reach if parent else self.reach), *self.keys)))

    @property
    def shares(self) -> tuple[str, ...]:
        """The reach keys of those who see the ticket for as long as it is open: they work on a part of it."""
        return ()

    @property
    def part(self) -> Part:
        """What the ticket knows of it while it is open."""
        return Part(self.number, self.type, self.shares)

    def emptied(self, what: str) -> "Child":
        """It without whatever names or quotes a person."""
        fields = attrs.fields_dict(type(self))
        return revised(self, erased=what, **{name: fields[name].default for name in self.quotes})


def persons(*ids: str) -> tuple[str, ...]:
    """The reach keys of those persons, leaving out the empty ids."""
    return tuple(f"person:{one}" for one in ids if one)


def _keys(child: Child) -> tuple[str, ...]:
    return (f"number:{child.number}",)


def _no_text(_child: Any) -> str:
    return ""


def child_type(
    value: type[Child],
    prefix: str,
    *fields: Field,
    internal: tuple[str, ...],
    vendor: tuple[str, ...] = (),
    text: Callable[[Any], str] = _no_text,
    private: bool = False,
) -> RecordType:
    """The type of a sort of child: the fields that every child is found by, and its own."""
    return RecordType(
        value.type,
        value,
        prefix=prefix,
        fields=(
            Field("number"),
            Field("parent", indexed=True),
            Field("about"),
            Field("status", indexed=True),
            Field("step"),
            Field("opened", FieldKind.TIME),
            Field("closed", FieldKind.TIME),
            Field("erased"),
            *fields,
        ),
        keys=_keys,
        text=text,
        internal=internal,
        vendor=vendor,
        private=private,
    )
