"""What every stored thing has in common, and how a type of record is declared."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from attrs import field, frozen

R = TypeVar("R")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(at: datetime) -> datetime:
    """The moment as the model keeps it: UTC, cut to milliseconds; a naive one is refused with ValueError."""
    if at.tzinfo is not UTC:
        if at.tzinfo is None:
            msg = "a moment needs a time zone"
            raise ValueError(msg)
        at = at.astimezone(UTC)
    spare = at.microsecond % 1000
    return at.replace(microsecond=at.microsecond - spare) if spare else at


def to_ms(at: datetime) -> int:
    """Milliseconds since 1970-01-01 UTC."""
    gone = at - EPOCH
    return (gone.days * 86_400 + gone.seconds) * 1000 + gone.microseconds // 1000


def from_ms(ms: int) -> datetime:
    """The UTC moment so many milliseconds after 1970."""
    return EPOCH + timedelta(0, ms // 1000, ms % 1000 * 1000)


@frozen(kw_only=True, slots=False)
class Record:
    """One stored thing: the header that the store keeps in columns; subclasses add the body.

    `version` counts the record's events (0: not stored yet); `head` is the digest of the newest one.
    `reach` are opaque keys ("person:17", "team:net"): who holds one of them may see the record. Subclasses are
    declared with `@frozen(kw_only=True, slots=False)`.
    """

    type: ClassVar[str]

    id: str
    version: int = 0
    head: str = ""
    reach: tuple[str, ...] = ()


def revised(record: R, **changes: Any) -> R:
    """The value with those fields changed, like `attrs.evolve` but ten times as fast; validators don't run.

    For values declared with `slots=False`, as records are: dictionaries inside, so that a step of the process
    costs a microsecond.
    """
    fields = record.__dict__
    if not changes.keys() <= fields.keys():
        msg = f"{type(record).__name__} has no field {', '.join(sorted(changes.keys() - fields.keys()))}"
        raise TypeError(msg)
    new = object.__new__(type(record))
    new.__dict__.update(fields)
    new.__dict__.update(changes)
    return new


HEADER = ("id", "version", "head", "reach")


class FieldKind(StrEnum):
    """How a queried field is stored and compared."""

    TEXT = "text"
    INT = "int"
    TIME = "time"
    BOOL = "bool"


@frozen
class Field:
    """A queried field: an attribute of the record that stores keep in a typed column.

    An `indexed` field is cheap to filter and order by; the others are filtered by reading.
    """

    name: str
    kind: FieldKind = FieldKind.TEXT
    indexed: bool = False


def _no_keys(_record: Any) -> tuple[str, ...]:
    return ()


def _no_text(_record: Any) -> str:
    return ""


def _nothing_personal(_record: Any) -> dict[str, Any]:
    return {}


@frozen
class RecordType:
    """The one declaration of a type: stores make their tables or collections from it.

    `keys(record)` are unique over the whole store ("number:T26-000001"); `text(record)` is what `Query.like`
    searches; `blobs(record)` are digests whose bytes live as long as the record names them; `internal` names
    the fields that only a scope with the audience "internal" is shown, `vendor` those of them that "vendor" is shown as
    well; `impersonal(record)` are the changes that take out how people are reached, for scopes without "personal",
    and `personal` names the fields that these aren't shown at all.
    Of a `private` type nobody sees a record but by a key of its own, not even who sees everything else.
    `upgrades[n]` turns a body of shape n into one of shape n + 1.
    """

    name: str
    value: type[Record]
    fields: tuple[Field, ...] = ()
    keys: Callable[[Any], tuple[str, ...]] = _no_keys
    text: Callable[[Any], str] = _no_text
    blobs: Callable[[Any], tuple[str, ...]] = _no_keys
    internal: tuple[str, ...] = ()
    vendor: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    impersonal: Callable[[Any], dict[str, Any]] = _nothing_personal
    private: bool = False
    prefix: str = ""
    upgrades: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = ()
    _by_name: dict[str, Field] = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {one.name: one for one in self.fields})

    @property
    def shape(self) -> int:
        """The shape that bodies are written in: one more than the number of upgrades."""
        return len(self.upgrades) + 1

    def field(self, name: str) -> Field | None:
        """The queried field of that name, or None."""
        return self._by_name.get(name)


@frozen
class Unreadable:
    """Stands in a result for a record whose body can't be read; never skipped, so that nothing goes missing."""

    type: str
    id: str
    why: str


@frozen
class Blob:
    """Raw bytes by their SHA-256 (hex)."""

    digest: str
    data: bytes
