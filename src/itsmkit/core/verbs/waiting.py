"""A rest of the ticket by one of the site's reasons: until when, with which follow-up, and which clocks rest."""

from datetime import datetime

from itsmkit.core.calendar import add
from itsmkit.core.errors import BadInput
from itsmkit.core.model.ticket import Wait
from itsmkit.core.policy import HOUR, Policy
from itsmkit.core.verb import Act, check_known


def waiting(reason: str, text: str, until: datetime | None, act: Act) -> Wait:
    """The wait by the site's reason of that name; BadInput where there is none or it would take too long."""
    rules = act.policy.rules
    check_known("reason to wait", reason, tuple(rules.reasons))
    known = rules.reasons[reason]
    calendar = act.policy.calendars[rules.calendar]
    if until is not None and until <= act.now:
        msg = f"a wait until {until:%Y-%m-%d %H:%M} is over before it begins; give a later moment"
        raise BadInput(msg)
    longest = add(calendar, act.now, known.longest_hours * HOUR) if known.longest_hours else None
    if longest and until and until > longest:
        msg = f"a wait for {reason} lasts {known.longest_hours} working hours, so until {longest.isoformat()} at most"
        raise BadInput(msg)
    follow_up = next_follow_up(act.policy, reason, act.now)
    return Wait(reason, known.owner, act.now, until or longest, known.pauses, text, follow_up)


def next_follow_up(policy: Policy, reason: str, now: datetime) -> datetime | None:
    """When whoever a wait is for is asked next; None for a reason that never asks, or that the site has given up."""
    known = policy.rules.reasons.get(reason)
    hours = known.follow_up_hours if known else 0
    return add(policy.calendars[policy.rules.calendar], now, hours * HOUR) if hours else None
