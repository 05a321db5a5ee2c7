"""Escalates a late first answer by department: the board's goes to the department manager, a low one to nobody."""

from itsmkit import Clock, Escalation, Ticket, hookimpl

VIP = ("board", "legal")
LOWEST = 4


@hookimpl
def itsmkit_escalate(record: Ticket, clock: Clock) -> Escalation | None:
    """Decide for clocks of the first response only; the rest goes as the chain says."""
    if clock.target.name != "response":
        return None
    if record.department in VIP:
        return Escalation("department", why=f"{record.department} is answered at once")
    if record.priority == LOWEST:
        return Escalation("", why="a late answer of low priority waits")
    return None
