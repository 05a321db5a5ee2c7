"""How much an address may get: what ends every mail loop, whether the other side says that it is a machine or not.

A machine that answers each of our notices either keeps to one ticket or opens a new one each time. So notices are
counted by ticket and by address; and confirmations, which are all that answers a message by itself, stop after some
until somebody at the desk has something to say, or the address was quiet for a week.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from itsmkit.core.model.notice import Allowance, Slot
from itsmkit.core.model.record import revised
from itsmkit.core.notice_rules import Notification

HOUR = timedelta(hours=1)
QUIET = timedelta(days=7)


def allowance_id(channel: str, address: str) -> str:
    """The id of an address's allowance: it tells nothing of whose it is."""
    return sha256(f"{channel}\n{address.lower()}".encode()).hexdigest()[:32]


def free_at(held: Allowance, notice: str, about: Iterable[str], now: datetime, bounds: Notification) -> datetime:
    """From when on that notice about those tickets may go to the address: `now`, or when enough time has gone."""
    others = [slot for slot in held.slots if slot.notice != notice and slot.at > now - HOUR]
    free = [others[-bounds.per_hour].at + HOUR] if len(others) >= bounds.per_hour else []
    pause, tickets = timedelta(minutes=bounds.per_ticket_minutes), set(about)
    free += [slot.at + pause for slot in held.slots if slot.notice != notice and not tickets.isdisjoint(slot.about)]
    return max(now, *free) if free else now


def answered_by_a_machine(held: Allowance, notice: str, now: datetime, bounds: Notification) -> bool:
    """Whether one more confirmation is one too many."""
    if any(slot.notice == notice for slot in held.slots):
        return False
    return held.confirmed >= bounds.confirmations and not _quiet(held, now)


def _quiet(held: Allowance, now: datetime) -> bool:
    return held.asked is None or now - held.asked > QUIET


def taken(
    held: Allowance, slot: Slot, bounds: Notification, *, confirms: bool = False, by_hand: bool = False
) -> Allowance:
    """The allowance after that slot; of the old ones only those that still count are kept."""
    oldest = slot.at - max(HOUR, timedelta(minutes=bounds.per_ticket_minutes))
    kept = tuple(one for one in held.slots if one.at > oldest and one.notice != slot.notice)
    confirmed, asked = (0, held.asked) if by_hand else (held.confirmed, held.asked)
    if confirms and not any(one.notice == slot.notice for one in held.slots):
        confirmed, asked = (1 if _quiet(held, slot.at) else confirmed + 1), slot.at
    return revised(held, slots=(*kept, slot), confirmed=confirmed, asked=asked)


def refused(held: Allowance, now: datetime) -> Allowance:
    """The allowance after a confirmation that was parked: a machine that goes on isn't quiet."""
    return revised(held, asked=now)
