"""What an operator does to a desk beside its daily work: outbox, inbox, parked work, erasure, retention."""

from collections.abc import Iterator
from datetime import datetime

from attrs import frozen

from itsmkit.core import inbox, outbox, parked
from itsmkit.core.erasing import Erased, Request, erase
from itsmkit.core.errors import BadInput
from itsmkit.core.model.message import Receipt, Received
from itsmkit.core.model.notice import Notice
from itsmkit.core.model.organisation import Principal
from itsmkit.core.model.unit import Lane, Lease
from itsmkit.core.plugins import refuse_inside_hook
from itsmkit.core.retaining import retain
from itsmkit.core.setup import Setup


@frozen
class Operator:
    """One who administers a desk: `Desk.operator(by)` gives it to those whose duty it is."""

    setup: Setup
    by: Principal

    def outbox(self, *stands: str, channel: str = "", limit: int = 1000) -> tuple[outbox.Letter, ...]:
        """Notices that are on their way or given up, the oldest first: "waiting", "failed", "dead" or "parked"."""
        return outbox.letters(self.setup, stands, channel, limit)

    def retry_notice(self, id_: str, *, dry_run: bool = False) -> Notice:
        """Try a notice again at once, as if for the first time."""
        refuse_inside_hook()
        return outbox.retry(self.setup, id_, self.by, dry_run=dry_run)

    def drop_notice(self, id_: str, reason: str, *, dry_run: bool = False) -> Notice:
        """Give a notice up for good; its journal keeps the reason."""
        refuse_inside_hook()
        return outbox.drop(self.setup, id_, self.by, reason, dry_run=dry_run)

    def inbox(self, limit: int = 1000) -> Iterator[inbox.Waiting]:
        """Messages that are kept and not finished, the oldest first: "leased", "waiting" or "parked"."""
        return inbox.waiting(self.setup, limit)

    def replay_message(self, id_: str, *, dry_run: bool = False) -> Receipt:
        """Run a message that is kept and not finished through intake again; what became of it, or would."""
        refuse_inside_hook()
        return inbox.replay(self.setup, id_, self.by, dry_run=dry_run)

    def drop_message(self, id_: str, reason: str, *, dry_run: bool = False) -> Received:
        """Give a message up for good; its journal keeps the reason."""
        refuse_inside_hook()
        return inbox.drop(self.setup, id_, self.by, reason, dry_run=dry_run)

    def parked(self, *lanes: Lane) -> Iterator[Lease]:
        """What workers gave up on those lanes, or on all."""
        return parked.parked(self.setup, lanes or tuple(Lane))

    def put_back(self, lease: Lease, *, dry_run: bool = False) -> tuple[Lease, ...]:
        """Put whatever of the lease's record is parked on its lane back there; what that was."""
        refuse_inside_hook()
        return parked.put_back(self.setup, lease.lane, lease.type, lease.id, self.by, dry_run=dry_run)

    def erase(self, person: str, reason: str, *, open_too: bool = False, dry_run: bool = False) -> Iterator[Erased]:
        """Erase a person's data: their tickets, messages and notices, then the person; each record as it is done.

        Numbers, times, classes, links and results stay. Nothing happens by a call whose result nobody iterates over;
        one that was stopped goes on when it is repeated.
        """
        refuse_inside_hook()
        return erase(self.setup, Request(person, self.by, reason, open_too, dry_run))

    def retain(self, until: datetime | None = None, *, dry_run: bool = False) -> Iterator[Erased]:
        """Erase now what the settings keep no longer; each record as it is done. Workers do so once a day."""
        refuse_inside_hook()
        now = self.setup.world.now()
        if until is not None and until > now and not dry_run:
            msg = "what runs out later can be foreseen in a dry run, but not be erased now"
            raise BadInput(msg)
        return retain(self.setup, until or now, self.by.id, dry_run=dry_run)
