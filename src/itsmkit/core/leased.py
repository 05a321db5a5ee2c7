"""Reading what leases are of: a batch in one question for each type, instead of one for each lease."""

from collections.abc import Callable, Sequence

from itsmkit.core.errors import NewerShape
from itsmkit.core.model.query import Op, Query, Scope, Test
from itsmkit.core.model.record import Record, Unreadable
from itsmkit.core.model.unit import Lease
from itsmkit.core.store import Store

Read = Callable[[Lease], Record | Unreadable | None]


def each(store: Store, scope: Scope) -> Read:
    """What a lease is of, as it is when asked."""
    return lambda lease: store.get(lease.type, lease.id, scope)


def together(store: Store, leases: Sequence[Lease], scope: Scope) -> Read:
    """What the leases are of, as all of them are now; those of a type that can't be read together as with `each`."""
    ids: dict[str, dict[str, None]] = {}
    for lease in leases:
        ids.setdefault(lease.type, {})[lease.id] = None
    found: dict[tuple[str, str], Record | Unreadable] = {}
    for type_, wanted in list(ids.items()):
        try:
            page = store.find(Query(type_, (Test("id", Op.ANY_OF, tuple(wanted)),)), scope, limit=len(wanted))
        except NewerShape:  # of one, which must not cost the others their turn
            del ids[type_]
            continue
        found |= {(type_, one.id): one for one in page.items}
    single = each(store, scope)
    return lambda lease: found.get((lease.type, lease.id)) if lease.type in ids else single(lease)
