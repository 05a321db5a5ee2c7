"""Service levels by priority: targets to respond and resolve, with calendars and escalation chains (SLA-01, SLA-03)."""

from collections.abc import Sequence

from attrs import field, frozen

from itsmkit import Fact, Target, Ticket, hookimpl

MINUTE = 60


@frozen
class Agreement:
    """What holds for one priority: minutes of the calendar's open time to respond and to resolve.

    The chains are named as in the site's escalation.toml; "" escalates nothing.
    """

    response: int
    resolution: int
    calendar: str = "office"
    response_chain: str = "answer"
    resolution_chain: str = "close"


def _shipped() -> dict[str, Agreement]:
    return {
        "1": Agreement(15, 240, "always", resolution_chain="critical"),
        "2": Agreement(60, 480),
        "3": Agreement(240, 1440, resolution_chain="calm"),
        "4": Agreement(480, 2400, resolution_chain="calm"),
    }


@frozen
class Settings:
    """An agreement for each priority, by its number; a site's table replaces the shipped one."""

    priorities: dict[str, Agreement] = field(factory=_shipped)


class _Plugin:
    def __init__(self, settings: Settings) -> None:
        self._targets = {int(level): _targets(level, one) for level, one in settings.priorities.items()}

    @hookimpl
    def itsmkit_agreements(self, record: Ticket) -> Sequence[Target]:
        """The two targets of the ticket's priority; none where the site agreed on none."""
        return self._targets.get(record.priority, ())


def _targets(level: str, agreement: Agreement) -> tuple[Target, ...]:
    why = f"priority {level} by the site's agreement"
    respond = Target(
        "response",
        agreement.response * MINUTE,
        agreement.calendar,
        stops=(Fact.RESPONDED, Fact.RESOLVED),
        pauses=False,
        escalation=agreement.response_chain,
        why=why,
    )
    resolve = Target(
        "resolution",
        agreement.resolution * MINUTE,
        agreement.calendar,
        escalation=agreement.resolution_chain,
        why=why,
    )
    return respond, resolve


def plugin(settings: Settings) -> object:
    """The plugin for those settings; ValueError for targets that can't be."""
    return _Plugin(settings)
