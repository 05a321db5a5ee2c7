"""The announcement: public notice of a disturbance, made from its ticket and removed when that is resolved (INC-11)."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from attrs import frozen

from itsmkit.core.model.record import Field, FieldKind, Record, RecordType
from itsmkit.core.model.ticket import Wait

ALL = "all"
"""The audience that everybody belongs to."""
AUDIENCES = ("customer", "department")
"""The sorts of narrower audiences: "customer:north", "department:fin"."""


class AnnouncementStatus(StrEnum):
    """What people are told of an announcement's state."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@frozen(kw_only=True, slots=False)
class Announcement(Record):
    """What is told to all who are hit, whether they have reported it or not; a child of the ticket it is about.

    `parent` is the ticket's id, `about` its number; neither is shown to those whom it is for. It is for everybody, for
    one customer or for one department, and told in English, in Chinese or in both. Before it is published, and once it
    is withdrawn, only who drafted it and those who see everything see it.
    """

    type: ClassVar[str] = "announcement"

    number: str = ""
    parent: str = ""
    about: str = ""
    process: str = "announcement"
    step: str = ""
    status: AnnouncementStatus = AnnouncementStatus.DRAFT
    waits: tuple[Wait, ...] = ()
    service: str = ""
    audience: str = ALL
    title: str = ""
    text: str = ""
    title_zh: str = ""
    text_zh: str = ""
    opened: datetime | None = None
    drafted_by: str = ""
    published: datetime | None = None
    published_by: str = ""
    withdrawn: datetime | None = None
    erased: str = ""

    def told(self, language: str) -> tuple[str, str]:
        """Title and text in that language, or in the one that there is."""
        english, chinese = (self.title, self.text), (self.title_zh, self.text_zh)
        first, other = (chinese, english) if language == "zh" else (english, chinese)
        return first if first[0] else other


def _keys(announcement: Announcement) -> tuple[str, ...]:
    return (f"number:{announcement.number}",)


ANNOUNCEMENT = RecordType(
    "announcement",
    Announcement,
    prefix="A",
    fields=(
        Field("number"),
        Field("parent", indexed=True),
        Field("about"),
        Field("status", indexed=True),
        Field("step"),
        Field("service"),
        Field("audience"),
        Field("opened", FieldKind.TIME),
        Field("published", FieldKind.TIME),
    ),
    keys=_keys,
    internal=("parent", "about", "drafted_by", "published_by"),
)
