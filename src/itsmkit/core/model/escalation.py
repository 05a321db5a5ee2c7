"""Escalation: the steps of a chain, and what a hook decides at one of them."""

from typing import Any

from attrs import field, frozen

OVERDUE = 100
"""The share of the target, in percent, at which it is missed: noted on the ticket whatever the chain says."""
LATEST_SHARE = 1000
"""Percent of the target: as late as a level can be."""


@frozen
class Level:
    """One step of an escalation chain (SLA-03): at a share of the target, in percent, whom to tell or hand to.

    `to` is a role or relation that the organisation model resolves ("team", "manager", "department" …), or
    "next_line" for a functional escalation.
    """

    share: int = field()
    to: str

    @share.validator
    def _share(self, _attribute: Any, value: int) -> None:
        if not 0 < value <= LATEST_SHARE:
            msg = f"an escalation level lies between 1 and {LATEST_SHARE} percent of the target, not {value}"
            raise ValueError(msg)


@frozen
class Escalation:
    """What a hook decides at a moment of a clock: whom to reach; `to` "" means nobody this time."""

    to: str
    why: str = ""
