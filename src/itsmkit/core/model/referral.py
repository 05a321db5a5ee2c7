"""The referral: a ticket given to a vendor, or a question about it to whoever may help, with a thread of its own."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from attrs import evolve, frozen

from itsmkit.core.model.child import Child, child_type
from itsmkit.core.model.event import PUBLIC
from itsmkit.core.model.record import Field, FieldKind
from itsmkit.core.model.ticket import Attachment, Ticket


class ReferralStatus(StrEnum):
    """What people are told of a referral's state."""

    REFERRED = "referred"
    ACKNOWLEDGED = "acknowledged"
    DISPUTED = "disputed"
    CLOSED = "closed"


@frozen(kw_only=True, slots=False)
class Referral(Child):
    """What one party has to do with a ticket; a child of it, seen by the house and that party alone.

    The party is a `vendor`, a `person` or a `team` of the site, or somebody of a `name` and `mail` whom the site
    doesn't know; `capacity` says as what, such as "manufacturer". With `help` the party was asked for help and the
    ticket stays where it is; without, the ticket itself was handed over to the vendor (INC-24, INC-26, INC-37).
    `title` is the ticket's matter in a line; `asked_by` who asked, and `asker` the vendor that they are of. `home` is
    the team that the ticket goes back to. `reference` is the vendor's own number for it. `evidence` is what "not ours"
    rests on, `ruling` what the manager said to that. `outcome` says how it ended: "done", "given_back", "not_theirs",
    "withdrawn".
    """

    type: ClassVar[str] = "referral"
    quotes: ClassVar[tuple[str, ...]] = (
        *("name", "mail", "title", "ci", "request", "reason", "evidence", "ruling", "solution", "files"),
    )
    watched: ClassVar[bool] = True
    tracked: ClassVar[bool] = False
    opens_for: ClassVar[str] = PUBLIC

    process: str = "referral"
    status: ReferralStatus = ReferralStatus.REFERRED
    help: bool = False
    vendor: str = ""
    person: str = ""
    team: str = ""
    name: str = ""
    mail: str = ""
    capacity: str = ""
    asked_by: str = ""
    asker: str = ""
    home: str = ""
    title: str = ""
    service: str = ""
    ci: str = ""
    request: str = ""
    reference: str = ""
    acknowledged: datetime | None = None
    reason: str = ""
    evidence: str = ""
    ruling: str = ""
    ruled_by: str = ""
    solution: str = ""
    files: tuple[Attachment, ...] = ()

    @property
    def begins(self) -> Mapping[str, Any]:
        """Whom it is with, and as what."""
        return {"help": self.help, "vendor": self.vendor, "capacity": self.capacity}

    @property
    def keys(self) -> tuple[str, ...]:
        """Those of the party."""
        return _named(("vendor", self.vendor), ("person", self.person), ("team", self.team))

    def seen_by(self, parent: Ticket | None) -> tuple[str, ...]:
        """The house's people who have the ticket, who asked, and the party.

        Neither the requester and their department, nor another vendor, though it has the ticket. A vendor's staff who
        asked somebody see the thread by their vendor's key, and as long as the vendor has the ticket.
        """
        if parent is None:
            return self.reach
        of_house = () if parent.vendor else (("person", parent.assignee), ("team", parent.team))
        who = ("vendor", self.asker if self.asker == parent.vendor else "") if self.asker else ("person", self.asked_by)
        return tuple(dict.fromkeys((*_named(("person", parent.owner), *of_house, who), *self.keys)))

    @property
    def party(self) -> tuple[str, ...]:
        """Whom it is with, so that two referrals of a ticket to the same one are told."""
        return self.vendor, self.person, self.team, self.mail.lower() or self.name

    @property
    def is_open(self) -> bool:
        """Whether the party still has it."""
        return self.status is not ReferralStatus.CLOSED


def _named(*keys: tuple[str, str]) -> tuple[str, ...]:
    return tuple(f"{sort}:{name}" for sort, name in keys if name)


def reference_key(vendor: str, reference: str) -> str:
    """The unique key of a vendor's own number, in which case doesn't count."""
    return f"reference:{vendor}:{reference.casefold()}"


def _keys(referral: Referral) -> tuple[str, ...]:
    known = (reference_key(referral.vendor, referral.reference),) if referral.vendor and referral.reference else ()
    return (f"number:{referral.number}", *known)


def _text(referral: Referral) -> str:
    return f"{referral.title}\n{referral.request}"


def _blobs(referral: Referral) -> tuple[str, ...]:
    return tuple(one.digest for one in referral.files)


def _impersonal(_referral: Referral) -> dict[str, Any]:
    return {"mail": ""}


REFERRAL = evolve(
    child_type(
        Referral,
        "V",
        Field("help", FieldKind.BOOL),
        Field("vendor", indexed=True),
        Field("person"),
        Field("team"),
        Field("reference"),
        internal=("asked_by", "asker", "home", "ruled_by"),
    ),
    keys=_keys,
    text=_text,
    blobs=_blobs,
    impersonal=_impersonal,
)
