"""Todos as they stand, lane by lane: read through, beside the records they belong to, or of one record alone."""

from collections.abc import Iterator

from itsmkit.core.model.unit import Lane, Standing
from itsmkit.core.store import Store

PAGE = 500


def standings(store: Store, lane: Lane, after: tuple[str, str, str] = ("", "", "")) -> Iterator[Standing]:
    """Every todo of a lane behind that place, sorted by record type, id and part, page by page."""
    while page := store.todos(lane, after, PAGE):
        yield from page
        after = page[-1].place


def of_record(store: Store, type_: str, id_: str) -> tuple[Standing, ...]:
    """The todos of one record on all lanes."""
    found: list[Standing] = []
    # A place just before all of the record's: only ids that differ in their last character can lie between.
    before = (type_, id_[:-1], "\U0010ffff")
    for lane in Lane:
        for one in standings(store, lane, before):
            if one.place[:2] > (type_, id_):
                break
            if one.place[:2] == (type_, id_):
                found.append(one)
    return tuple(found)


class Alongside:
    """The todos of all lanes, read beside records that come in the order of type and id, in bounded memory."""

    def __init__(self, store: Store) -> None:
        self._rest = {lane: standings(store, lane) for lane in Lane}
        self._next = {lane: next(rest, None) for lane, rest in self._rest.items()}

    def before(self, type_: str, id_: str) -> Iterator[Standing]:
        """The todos in front of that record, behind the one asked for last: they belong to no record that came by."""
        for lane in Lane:
            while (one := self._next[lane]) is not None and one.place[:2] < (type_, id_):
                yield one
                self._next[lane] = next(self._rest[lane], None)

    def of(self, type_: str, id_: str) -> tuple[Standing, ...]:
        """The todos of that record, once those before it are taken."""
        found: list[Standing] = []
        for lane in Lane:
            while (one := self._next[lane]) is not None and one.place[:2] == (type_, id_):
                found.append(one)
                self._next[lane] = next(self._rest[lane], None)
        return tuple(found)

    def left(self) -> Iterator[Standing]:
        """The todos behind the last record."""
        return self.before("\U0010ffff", "")
