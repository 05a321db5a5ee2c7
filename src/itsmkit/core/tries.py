"""What line 1 tries, and in which order: by phone, by a remote session, by line 2, on site (INC-16)."""

from collections.abc import Mapping
from datetime import datetime

from itsmkit.core.errors import NotAllowed
from itsmkit.core.model.ticket import Ticket, Try
from itsmkit.core.policy import Policy

PHONE, REMOTE, LINE, ON_SITE = "by_phone", "by_session", "next_line", "on_site"
ORDER = (PHONE, REMOTE, LINE, ON_SITE)
_BEFORE: Mapping[str, tuple[str, ...]] = {
    PHONE: (),
    REMOTE: (PHONE,),
    LINE: (PHONE, REMOTE),
    ON_SITE: (PHONE, REMOTE),
}


def skipped(ticket: Ticket, way: str) -> list[str]:
    """What ought to have been tried before that, and was not."""
    tried = {one.way for one in ticket.tries}
    return [one for one in _BEFORE[way] if one not in tried]


def check_order(ticket: Ticket, way: str, policy: Policy) -> None:
    """NotAllowed where the site wants the order kept and something was left out."""
    left_out = skipped(ticket, way)
    if policy.rules.tries == "in_order" and left_out:
        ways = " and ".join(left_out).replace("_", " ")
        msg = f"INC-16: before that {ticket.number} is tried {ways}, and each try is logged"
        raise NotAllowed(msg)


def tried(ticket: Ticket, way: str, by: str, now: datetime, *, helped: bool = False) -> Mapping[str, tuple[Try, ...]]:
    """The ticket's tries with one more."""
    return {"tries": (*ticket.tries, Try(way, now, by, helped))}
