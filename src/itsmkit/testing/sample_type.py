"""A record type made for tests: one queried field of each kind, keys, a text, files, and something internal."""

from datetime import datetime
from typing import Any, ClassVar

from attrs import frozen

from itsmkit.core.model.record import Field, FieldKind, Record, RecordType


@frozen(kw_only=True, slots=False)
class Sample(Record):
    """Anything. `codes` are unique keys, `files` are digests of blobs.

    `remark` is internal, `note` for vendors as well, `phone` personal.
    """

    type: ClassVar[str] = "sample"

    word: str | None = None
    number: int | None = None
    at: datetime | None = None
    flag: bool | None = None
    group: str = ""
    text: str = ""
    codes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    remark: str = ""
    note: str = ""
    phone: str = ""


FIELDS = (
    Field("word", indexed=True),
    Field("number", FieldKind.INT, indexed=True),
    Field("at", FieldKind.TIME, indexed=True),
    Field("flag", FieldKind.BOOL),
    Field("group"),
)

SAMPLE = RecordType(
    "sample",
    Sample,
    fields=FIELDS,
    keys=lambda one: tuple(f"code:{code}" for code in one.codes),
    text=lambda one: one.text,
    blobs=lambda one: one.files,
    internal=("remark", "note"),
    vendor=("note",),
    impersonal=lambda _: {"phone": ""},
)


@frozen(kw_only=True, slots=False)
class Confided(Record):
    """Something private: seen by its own keys only."""

    type: ClassVar[str] = "confided"

    word: str = ""


CONFIDED = RecordType("confided", Confided, fields=(Field("word"),), private=True)


def sample(serial: int = 1, **values: Any) -> Sample:
    """The sample of that serial number, with the values given."""
    return Sample(id=f"{serial:032x}", **values)
