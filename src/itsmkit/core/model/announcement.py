"""The announcement: public notice of a disturbance, made from its ticket and removed when that is resolved (INC-11)."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from attrs import frozen

from itsmkit.core.model.child import Child, child_type, persons
from itsmkit.core.model.record import Field, FieldKind
from itsmkit.core.model.ticket import Ticket

ALL = "all"
"""The audience that everybody belongs to."""
AUDIENCE = "audience:"
"""Keys that begin so are those of people whom something is announced to."""
AUDIENCES = ("customer", "department")
"""The sorts of narrower audiences: "customer:north", "department:fin"."""


class AnnouncementStatus(StrEnum):
    """What people are told of an announcement's state."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@frozen(kw_only=True, slots=False)
class Announcement(Child):
    """What is told to all who are hit, whether they have reported it or not; a child of the ticket it is about.

    Its ticket is not shown to those whom it is for. It is for everybody, for
    one customer or for one department, and told in English, in Chinese or in both. Before it is published, and once it
    is withdrawn, only who drafted it and those who see everything see it.
    """

    type: ClassVar[str] = "announcement"
    quotes: ClassVar[tuple[str, ...]] = ("title", "text", "title_zh", "text_zh")
    watched: ClassVar[bool] = True
    tracked: ClassVar[bool] = False

    process: str = "announcement"
    status: AnnouncementStatus = AnnouncementStatus.DRAFT
    service: str = ""
    audience: str = ALL
    title: str = ""
    text: str = ""
    title_zh: str = ""
    text_zh: str = ""
    drafted_by: str = ""
    published: datetime | None = None
    published_by: str = ""
    withdrawn: datetime | None = None

    def heard_by(self, told: str) -> tuple[str, ...]:
        """Who may be told of that event of it: those who see it, and of its end those who saw it until then."""
        return (*self.reach, f"{AUDIENCE}{self.audience}") if told == "withdraw" else self.reach

    def seen_by(self, parent: Ticket | None) -> tuple[str, ...]:  # noqa: ARG002 - whoever sees the ticket
        """Those whom it is for while it is published, and at any time whoever drafted it."""
        whom = (f"{AUDIENCE}{self.audience}",) if self.status == AnnouncementStatus.PUBLISHED else ()
        return (*whom, *persons(self.drafted_by))

    def told(self, language: str) -> tuple[str, str]:
        """Title and text in that language, or in the one that there is."""
        english, chinese = (self.title, self.text), (self.title_zh, self.text_zh)
        first, other = (chinese, english) if language == "zh" else (english, chinese)
        return first if first[0] else other


ANNOUNCEMENT = child_type(
    Announcement,
    "A",
    Field("service"),
    Field("audience"),
    Field("published", FieldKind.TIME),
    internal=("parent", "about", "drafted_by", "published_by"),
)
