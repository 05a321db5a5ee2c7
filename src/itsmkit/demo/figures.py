"""The figures that the demo shows: all of them tallies of the store, none kept by hand."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from itsmkit.core.model.query import Op, Tally, Test
from itsmkit.core.model.ticket import Status
from itsmkit.demo.stage import MONTH, YEAR, Stage

PERIOD = f"{YEAR}-{MONTH:02d}"


def tallied(stage: Stage, type_: str, by: str, *where: Test) -> Mapping[str | int, int]:
    """How many records per value of a field."""
    return {row.key[0]: row.n for row in stage.desk.tally(Tally(type_, (by,), where), stage.watcher)}


def counted(stage: Stage, type_: str, *where: Test) -> int:
    """How many records there are of that sort."""
    return sum(row.n for row in stage.desk.tally(Tally(type_, (), where), stage.watcher))


def week(stage: Stage, since: datetime) -> None:
    """Tell the sums of the seven days since then."""
    until = since + timedelta(days=7)

    def between(field: str) -> tuple[Test, Test]:
        return Test(field, Op.AT_LEAST, since), Test(field, Op.LESS, until)

    channels = tallied(stage, "ticket", "channel", *between("opened"))
    open_ = tuple(str(one) for one in Status if one not in (Status.RESOLVED, Status.CLOSED))
    stage.teller.out("")
    stage.teller.line(
        "week_sum",
        opened=sum(channels.values()),
        channels=_listed(stage, "channel", channels),
        resolved=counted(stage, "ticket", *between("resolved")),
        open=counted(stage, "ticket", Test("status", Op.ANY_OF, open_)),
        overdue=len(stage.desk.queue("overdue", stage.who("manager"))),
        notices=counted(stage, "notice", *between("queued")),
    )


def month(stage: Stage) -> None:
    """Tell the month: the report of counts, and what else the store can be asked."""
    (table,) = stage.desk.tables("month", PERIOD, stage.who("owner"))
    columns = [stage.teller.words.get(f"column_{one}", one) for one in table.columns]
    words = stage.teller.words
    rows = [(words.get(kind, kind), level if level or kind == "all" else words[""], *counts)
            for kind, level, *counts in table.rows]  # fmt: skip
    stage.teller.table(columns, rows)
    stage.teller.out("")
    received = tallied(stage, "received", "state")
    solved = tallied(stage, "ticket", "resolved_line", Test("resolved_month", value=PERIOD))
    escalations, late, followed = _walked(stage)
    stage.teller.line(
        "figures",
        received=sum(received.values()),
        states=_listed(stage, "state", received),
        share=round(100 * solved.get(1, 0) / max(sum(solved.values()), 1)),
        resolved=sum(solved.values()),
        followed=followed,
        reopened=counted(stage, "ticket", Test("reopened", Op.AT_LEAST, 1)),
        notices=_listed(stage, "notice", tallied(stage, "notice", "state")),
        escalations=escalations,
        late=late,
    )


def _walked(stage: Stage) -> tuple[int, int, int]:
    """Escalations by clocks, follow-up calls that are late, and known solutions followed: read off the tickets."""
    from itsmkit.core.model.query import Query
    from itsmkit.core.model.ticket import Ticket

    escalations = late = followed = 0
    after: str | None = None
    while True:
        page = stage.desk.find(Query("ticket"), stage.watcher, after, 200)
        for one in page.items:
            if isinstance(one, Ticket):
                escalations += sum(len(clock.fired) for clock in one.clocks)
                late += one.follow_up_late
                followed += bool(one.followed)
        if (after := page.after) is None:
            return escalations, late, followed


def _listed(stage: Stage, prefix: str, counts: Mapping[str | int, int]) -> str:
    comma = stage.teller.word("comma")
    return comma.join(stage.teller.word(f"{prefix}_{name}", n=n) for name, n in sorted(counts.items(), key=str) if n)
