"""The service catalogue: a tree of what may be asked for, and how each is fulfilled (INC-10, INC-15)."""

from datetime import datetime
from typing import ClassVar

from attrs import frozen

from itsmkit.core.model.record import Field, Record, RecordType


@frozen(kw_only=True, slots=False)
class CatalogueItem(Record):
    """Something that may be asked for; `parent` is the item it belongs to, "" at the top of the tree.

    `text` describes it, `upkeep` says who keeps the entry true and how. `hours` are the working hours in which it is
    promised, 0 without a promise of its own. A line of `procedure` is a step: "line:1 30m Check who asks",
    "team:applications 4h Create the account": whose it is, in how much working time, and what to do. Without the first
    it is line 1's, without the second it has no time. An item without steps is a branch of the tree.
    """

    type: ClassVar[str] = "catalogue_item"

    name: str
    parent: str = ""
    text: str = ""
    upkeep: str = ""
    service: str = ""
    category: str = ""
    hours: int = 0
    procedure: tuple[str, ...] = ()


CATALOGUE_ITEM = RecordType("catalogue_item", CatalogueItem, fields=(Field("name"), Field("parent")))


@frozen(slots=False)
class Job:
    """One step of a fixed procedure on a ticket: what, whose, and how it went.

    `line` or `team` says whose it is. `due` is set when its turn comes, `late` once that was missed; `skipped` tells
    that it did not have to be done.
    """

    name: str
    line: int = 1
    team: str = ""
    minutes: int = 0
    due: datetime | None = None
    done: datetime | None = None
    by: str = ""
    late: bool = False
    skipped: bool = False
