"""Reasons to let a ticket rest: whose turn it is, for how long at most, and which clocks rest with it (SLA-02)."""

from typing import Any

from attrs import field, frozen

from itsmkit.core.model.agreement import KINDS, OLA, SLA

CUSTOMER, CHANGE, VENDOR, APPOINTMENT = "customer", "change", "vendor", "appointment"


@frozen
class PauseReason:
    """A reason of the site by its name, which is what `wait` takes.

    `owner` says whose turn it is while the ticket waits: "customer", "change", "vendor", "is" or another word of the
    site. `pauses` are the kinds of clocks that rest with it. After `longest_hours` the ticket goes on by itself, and
    every `follow_up_hours` before that whoever it waits for is asked how it stands; both are working hours of the
    site's calendar, 0 is never. `en` and `zh` are what people read instead of the name.
    """

    name: str = field()
    owner: str = CUSTOMER
    pauses: tuple[str, ...] = field(default=(SLA, OLA))
    longest_hours: int = field(default=0)
    follow_up_hours: int = field(default=0)
    en: str = ""
    zh: str = ""

    @name.validator
    def _name(self, _attribute: Any, value: str) -> None:
        if not value.strip():
            msg = "a reason to wait needs a name"
            raise ValueError(msg)

    @pauses.validator
    def _pauses(self, _attribute: Any, value: tuple[str, ...]) -> None:
        if unknown := [one for one in value if one not in KINDS]:
            msg = f"reason {self.name!r} pauses clocks of the unknown kind {unknown[0]!r}; kinds: {', '.join(KINDS)}"
            raise ValueError(msg)

    @longest_hours.validator
    @follow_up_hours.validator
    def _hours(self, attribute: Any, value: int) -> None:
        if value < 0:
            msg = f"reason {self.name!r}: {attribute.name} is less than 0"
            raise ValueError(msg)

    def __attrs_post_init__(self) -> None:
        if self.longest_hours and self.follow_up_hours >= self.longest_hours:
            msg = f"reason {self.name!r}: its follow-up comes no sooner than its end after {self.longest_hours} hours"
            raise ValueError(msg)


SHIPPED = (
    PauseReason(CUSTOMER),
    PauseReason(APPOINTMENT),
    PauseReason(CHANGE, CHANGE),
    PauseReason(VENDOR, VENDOR),
    PauseReason("part", VENDOR, pauses=(OLA,)),
)
"""The reasons that every site has until it says otherwise: a customer's word, an agreed time, a change, a vendor's
word, a spare part, which is no matter of the customer's."""
