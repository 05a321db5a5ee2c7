"""A word on its way from a master incident to the tickets that are linked to it (INC-20)."""

from typing import ClassVar

from attrs import frozen

from itsmkit.core.model.record import Field, FieldKind, Record, RecordType


@frozen(kw_only=True, slots=False)
class Cascade(Record):
    """How far an event of a master has come: `after` is where the next linked tickets are read from, `told` how many.

    `about` is the master's id, `number` its number, `event` the event's number in the master's journal. Nobody's words
    are kept here, so there is nothing to erase.
    """

    type: ClassVar[str] = "cascade"

    about: str
    number: str
    event: int
    after: str = ""
    told: int = 0
    done: bool = False


CASCADE = RecordType("cascade", Cascade, fields=(Field("about", indexed=True), Field("done", FieldKind.BOOL)))
