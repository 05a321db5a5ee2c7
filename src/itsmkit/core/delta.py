"""What a change adds and takes away beside the record itself: keys, reach, terms, blobs."""

from attrs import frozen

from itsmkit.core.errors import StoreError
from itsmkit.core.model.record import Record, RecordType
from itsmkit.core.model.unit import Change
from itsmkit.core.text import terms


@frozen
class Delta:
    """Added and dropped, per index, so that a store needn't read what it holds."""

    keys: tuple[str, ...]
    keys_gone: tuple[str, ...]
    reach: tuple[str, ...]
    reach_gone: tuple[str, ...]
    terms: tuple[str, ...]
    terms_gone: tuple[str, ...]
    blobs: tuple[str, ...]
    blobs_gone: tuple[str, ...]


def check_change(change: Change) -> None:
    """StoreError where the events don't lead from `before` to `after`: numbered on, the last one its head."""
    after, events = change.after, change.events
    before = change.before.version if change.before is not None else 0
    numbers = range(before + 1, after.version + 1)
    if not events or [event.seq for event in events] != list(numbers) or events[-1].digest != after.head:
        msg = (
            f"{after.type} {after.id}: a change needs events, numbered on to its new version and sealed up to its head"
        )
        raise StoreError(msg)


def delta(type_: RecordType, before: Record | None, after: Record) -> Delta:
    """The difference between two versions of a record; everything is added where there was none."""
    text = type_.text(after)
    old_text = type_.text(before) if before is not None else ""
    new_terms: tuple[str, ...] = ()
    old_terms: tuple[str, ...] = ()
    if text != old_text:
        new_terms, old_terms = terms(text), terms(old_text)
    return Delta(
        *_apart(type_.keys(after), type_.keys(before) if before is not None else ()),
        *_apart(after.reach, before.reach if before is not None else ()),
        *_apart(new_terms, old_terms),
        *_apart(type_.blobs(after), type_.blobs(before) if before is not None else ()),
    )


def _apart(new: tuple[str, ...], old: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if new == old:
        return (), ()
    if not old:
        return tuple(dict.fromkeys(new)), ()
    fresh, gone = set(new), set(old)
    return tuple(dict.fromkeys(one for one in new if one not in gone)), tuple(one for one in old if one not in fresh)
