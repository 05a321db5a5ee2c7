"""Work that was given up after its leases lapsed again and again: listed, and put back on its lane."""

from collections.abc import Iterable, Iterator

from itsmkit.core.errors import BadInput, NotFound, Stale
from itsmkit.core.model.event import Draft
from itsmkit.core.model.organisation import Principal
from itsmkit.core.model.query import Scope
from itsmkit.core.model.record import Record
from itsmkit.core.model.unit import Done, Lane, Lease, Todo, Unit
from itsmkit.core.sealing import sealed
from itsmkit.core.setup import Setup
from itsmkit.core.standings import of_record, standings

ALL = Scope.system("parked")


def parked(setup: Setup, lanes: Iterable[Lane] = tuple(Lane)) -> Iterator[Lease]:
    """What is parked on those lanes."""
    for lane in lanes:
        yield from (one.lease for one in standings(setup.store, lane) if one.parked)


def put_back(
    setup: Setup, lane: Lane, type_: str, id_: str, by: Principal, *, dry_run: bool = False
) -> tuple[Lease, ...]:
    """Schedule what of a record is parked on the lane for its old moment, which is past; what was put back."""
    record = setup.store.get(type_, id_, ALL) if type_ in setup.types and ":" not in id_ else None
    if not isinstance(record, Record):
        raise NotFound(type_, id_)
    leases = tuple(one.lease for one in of_record(setup.store, type_, id_) if one.parked and one.lease.lane is lane)
    if not leases:
        msg = f"nothing of {type_} {id_} is parked on lane {lane}; `itsmkit lanes list` shows what is"
        raise BadInput(msg)
    draft = Draft("put_back", by.id, args={"lane": lane.value, "lapses": max(one.lapses for one in leases)})
    todos = tuple(Todo(lane, one.due, one.part) for one in leases)
    change = sealed(setup.world, record, record, (draft,), setup.world.now(), todos=todos)
    if not dry_run and not isinstance(setup.store.commit(Unit((change,)))[0], Done):
        raise Stale(f"{type_} {id_}", record.version, record.version + 1)
    return leases
