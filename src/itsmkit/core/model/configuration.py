"""Configuration items as the site's table has them, and what is told the configuration manager of them (INC-05)."""

from enum import StrEnum
from typing import ClassVar

from attrs import frozen

from itsmkit.core.model.child import Child, child_type, persons
from itsmkit.core.model.record import Field, Record, RecordType


@frozen(kw_only=True, slots=False)
class ConfigurationItem(Record):
    """Something under configuration management, loaded from the site's files.

    `aliases` are other names that reports use for it. A line of `standard` is what it ought to be like: "os = Windows
    11", "memory = 16 GB" (INC-28). `customer` has it, at `place`.
    """

    type: ClassVar[str] = "ci"

    name: str
    aliases: tuple[str, ...] = ()
    service: str = ""
    customer: str = ""
    place: str = ""
    standard: tuple[str, ...] = ()


def ci_key(name: str) -> str:
    """The unique key of the item that goes by that id or alias."""
    return f"ci:{' '.join(name.split()).lower()}"


def _keys(item: ConfigurationItem) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ci_key(one) for one in (item.id, *item.aliases)))


CI = RecordType("ci", ConfigurationItem, fields=(Field("name"), Field("service"), Field("customer")), keys=_keys)


class NoticeStatus(StrEnum):
    """Whether the configuration manager has seen to a notice."""

    OPEN = "open"
    CLOSED = "closed"


class About(StrEnum):
    """What a notice to the configuration manager is about."""

    CORRECTION = "correction"
    CHANGED = "changed"


@frozen(kw_only=True, slots=False)
class CiNotice(Child):
    """One thing told the configuration manager: an item's data are wrong (INC-05), or changed by the work (INC-43).

    `text` is what is right now, `result` what the configuration manager made of it.
    """

    type: ClassVar[str] = "ci_notice"
    quotes: ClassVar[tuple[str, ...]] = ("ci", "text", "result")

    process: str = "configuration"
    status: NoticeStatus = NoticeStatus.OPEN
    sort: About = About.CORRECTION
    ci: str = ""
    text: str = ""
    told_by: str = ""
    result: str = ""

    @property
    def title(self) -> str:
        """What a work list shows of it."""
        return f"{self.ci}: {' '.join(self.text.split())}" if self.ci else " ".join(self.text.split())

    @property
    def keys(self) -> tuple[str, ...]:
        """Who told it."""
        return persons(self.told_by)


CI_NOTICE = child_type(CiNotice, "CN", Field("sort"), internal=("text", "told_by", "result"))
