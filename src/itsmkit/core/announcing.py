"""Announcements: their table, and their end with the matter they are about (INC-11)."""

from functools import partial
from types import MappingProxyType

from itsmkit.core.acting import applied
from itsmkit.core.assigning import AT_WORK
from itsmkit.core.changes import child_change, ticket_change
from itsmkit.core.following import FOLLOWING, command_of, each, resolves
from itsmkit.core.model.announcement import Announcement
from itsmkit.core.model.announcement import AnnouncementStatus as Status
from itsmkit.core.model.event import Draft, Event
from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.process import END, Process, Step
from itsmkit.core.model.query import Op, Query, Test
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.model.unit import Unit
from itsmkit.core.setup import Setup
from itsmkit.core.verbs.announcing import withdrawn

_STEPS = (
    Step("AN1", "Publish it?", Duty.RECORD, {"published": "AN2", "withdrawn": END}, Status.DRAFT,
         writes=("published",), source="INC-11"),
    Step("AN2", "Withdraw it when the matter is resolved", Duty.RECORD, {"withdrawn": END}, Status.PUBLISHED,
         writes=("withdrawn",), source="INC-11"),
)  # fmt: skip

ANNOUNCING = Process(
    "announcement",
    "Announcements",
    "AN1",
    MappingProxyType({step.id: step for step in _STEPS}),
    type="announcement",
    ended=Status.WITHDRAWN,
)
"""The table as shipped; `itsmkit process show announcement` prints it."""
MOST = 1000
"""More announcements than one matter can come to."""


def follows(setup: Setup, ticket: Ticket, event: Event) -> None:
    """What was announced of a ticket is withdrawn once that is resolved, drafts too."""
    if not resolves(event):
        return
    there = Test("status", Op.ANY_OF, (str(Status.DRAFT), str(Status.PUBLISHED)))
    page = setup.store.find(Query("announcement", (Test("parent", value=ticket.id), there)), FOLLOWING, limit=MOST)
    each(setup, (one for one in page.items if isinstance(one, Announcement)), partial(_withdrawn, setup, event))


def _withdrawn(setup: Setup, cause: Event, announcement: Announcement) -> Unit | None:
    ticket = setup.store.get("ticket", announcement.parent, FOLLOWING)
    if announcement.step == END or not isinstance(ticket, Ticket) or ticket.status in AT_WORK:
        return None  # somebody was faster, or the matter came back
    now, command = setup.world.now(), command_of(cause, announcement)
    effect = withdrawn(announcement, now)
    first = Draft("withdraw", "core", announcement.step, why={"because": "resolved"}, audience=effect.audience)
    after, drafts = applied(setup, announcement, effect, first, now=now)
    said = Draft("announcement", "core", ticket.step, "withdraw", {"announcement": announcement.number})
    changes = (
        child_change(setup, announcement, after, drafts, now, parent=ticket, cause=command),
        ticket_change(setup, ticket, ticket, (said,), now, cause=command),
    )
    return Unit(changes, command=command)
