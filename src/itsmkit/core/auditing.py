"""The auditor (SLA-06): proves that everything due has run, by other ways than the worker's.

A worker follows its lanes. The auditor starts from the tickets: by the index of their next moments it finds what is
past and not done; it counts records against lanes; and round by round it works out some tickets' next moments anew,
all of them at once where the counts differ. It changes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from attrs import frozen

from itsmkit.core.dues import due_moment
from itsmkit.core.model.commitment import Commitment
from itsmkit.core.model.query import Op, Query, Scope, Tally, Test
from itsmkit.core.model.record import Unreadable
from itsmkit.core.model.ticket import Status, Ticket
from itsmkit.core.model.unit import Lane
from itsmkit.core.policy import Policy
from itsmkit.core.store import Store

GRACE = timedelta(seconds=120)
"""As late as due work may be while a worker runs: two leases that lapse."""
SLICE = 500
"""So many tickets are worked out anew in a round, where the counts agree."""
MOST = 100
"""So many findings of a sort are named; one is enough to be woken by."""
COUNTS = 3
"""So often a difference is counted before it is believed: at a busy desk two readings are never of one moment."""
_SCOPE = Scope.system("audit")
_OPEN = Test("status", Op.ANY_OF, tuple(str(one) for one in Status if one is not Status.CLOSED))
_COUNTED = (
    (
        ("ticket", "commitment", "routine"),
        Test("due", Op.SET),
        Lane.DUE,
        "tickets, promises and routines that are due",
    ),
    (("notice",), Test("state", value="waiting"), Lane.POST, "notices waiting"),
    (("received",), Test("state", value="waiting"), Lane.INTAKE, "messages waiting"),
)


@frozen
class Audited:
    """What a round found amiss, a line each, and behind which ticket the next one looks on."""

    found: tuple[str, ...]
    cursor: str = ""


def audit(store: Store, policy: Policy, now: datetime, cursor: str = "") -> Audited:
    """One round: whatever should have run by now, or never will, is found; nothing where all is well.

    `now` should be the store's time; what is younger than `GRACE` is left alone.
    """
    found = dict.fromkeys((*_overdue(store, now), *_lanes(store, now)))
    counts = tuple(_counts(store))
    found.update(dict.fromkeys(said for _, said in counts))
    everything = any(lane is Lane.DUE for lane, _ in counts)
    after: str | None = None if everything else cursor or None
    while True:
        said, after = _recomputed(store, policy, now, after, Query("ticket", () if everything else (_OPEN,)))
        found.update(dict.fromkeys(said))
        if after is None or not everything:
            return Audited(tuple(found), after or "")


def _overdue(store: Store, now: datetime) -> Iterator[str]:
    """The tickets and promises whose next moment is past, and nobody did it."""
    past = (Test("due", Op.LESS, now - GRACE),)
    pages = (store.find(Query(type_, past, order="due"), _SCOPE, limit=MOST) for type_ in ("ticket", "commitment"))
    for one in (one for page in pages for one in page.items):
        if isinstance(one, Unreadable):
            yield f"{one.type} {one.id} can't be read: {one.why}"
        elif isinstance(one, Ticket | Commitment) and one.due:
            yield f"{one.number} should have been looked at by {_told(one.due)}"


def _lanes(store: Store, now: datetime) -> Iterator[str]:
    for lane in Lane:
        view = store.peek(lane, MOST)
        yield from (f"lane {lane}: {one.type} {one.id} {one.part}".rstrip() + " is parked" for one in view.parked)
        if view.soonest is not None and view.soonest < now - GRACE:
            yield f"lane {lane}: something waits since {_told(view.soonest)}, or its lease has lapsed"


def _counts(store: Store) -> Iterator[tuple[Lane, str]]:
    """Where there are as many too many or too few todos each time one counts; somebody may come between once."""
    for types, test, lane, words in _COUNTED:
        counted = [_both(store, types, test, lane)]
        while len(counted) < COUNTS and counted[-1][0] - counted[-1][1] == counted[0][0] - counted[0][1] != 0:
            counted.append(_both(store, types, test, lane))
        records, todos = counted[-1]
        if len(counted) == COUNTS and records - todos == counted[0][0] - counted[0][1]:
            yield lane, f"{records} {words}, but {todos} todos on lane {lane}"


def _both(store: Store, types: Sequence[str], test: Test, lane: Lane) -> tuple[int, int]:
    """How many records there are, and how many todos."""
    view = store.peek(lane, 100_000)
    records = sum(one.n for type_ in types for one in store.tally(Tally(type_, where=(test,)), _SCOPE))
    return records, view.waiting + len(view.parked)


def _recomputed(
    store: Store, policy: Policy, now: datetime, after: str | None, query: Query
) -> tuple[list[str], str | None]:
    """Some tickets' next moments worked out anew and held against their todos; and where to go on, None at the end."""
    page = store.find(query, _SCOPE, after, SLICE)
    tickets = [one for one in page.items if isinstance(one, Ticket)]
    todos = _todos(store, tickets)
    suspects = [one for one in tickets if _wrong(policy, now, one, todos)]
    # Read again one by one: somebody may have changed them while we looked.
    again = [one for each in suspects if isinstance(one := store.get("ticket", each.id, _SCOPE), Ticket)]
    wrong = ((one, _wrong(policy, now, one, _todos(store, [one]))) for one in again)
    return [f"{one.number}: {said}" for one, said in wrong if said], page.after


def _todos(store: Store, tickets: Sequence[Ticket]) -> Mapping[str, datetime]:
    """When the todos of these tickets, which are in the order of their ids, bring a worker; those parked never do."""
    found: dict[str, datetime] = {}
    # Places are compared as texts: what is shorter comes before all that begin with it.
    behind = ("ticket", tickets[0].id[:-1], "") if tickets else ("", "", "")
    while tickets and (part := store.todos(Lane.DUE, behind, SLICE)):
        found |= {one.lease.id: one.lease.due for one in part if not one.parked and one.lease.type == "ticket"}
        behind = part[-1].place
        if behind[1] >= tickets[-1].id:
            break
    return found


def _wrong(policy: Policy, now: datetime, ticket: Ticket, todos: Mapping[str, datetime]) -> str:
    due, expected = ticket.due, due_moment(ticket, policy)
    if due is None:
        return f"its next moment, {_told(expected)}, isn't noted" if expected is not None else ""
    if expected is not None and expected < min(due, now - GRACE):
        return f"it is noted for {_told(due)}, but was due at {_told(expected)}"
    todo = todos.get(ticket.id)
    if todo is None:
        return f"it is due at {_told(due)}, but no worker will come: it has no todo"
    return f"it is due at {_told(due)}, but its todo waits until {_told(todo)}" if todo > due + GRACE else ""


def _told(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
