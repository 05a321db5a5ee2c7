"""What a site writes: the short table by priority, and the rules beside it."""

from attrs import field, frozen
from attrs.validators import in_


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


@frozen
class Own:
    """A clock of the site's own: which facts start, stop and begin it anew, and whether it rests with the ticket.

    Facts: opened, responded, accepted, dispatched, arrived, told, heard, resolved, called, closed.
    """

    minutes: int
    starts: tuple[str, ...] = ("opened",)
    stops: tuple[str, ...] = ("resolved",)
    restarts: tuple[str, ...] = ()
    pauses: bool = True


@frozen
class Rule:
    """One agreement: for which tickets, whose promise, and minutes of its calendar for each clock it names.

    Conditions left empty hold for all. Of kind "sla" it is the desk's promise to the customer; of kind "ola" that of
    `teams`, of kind "contract" that of `vendors`, from when the party gets the ticket until the ticket leaves it.
    Clocks: `response` (a first answer), `resolution`, `update` (a public word at least so often), `acknowledgement`
    (the party takes it on), `arrival` (on site, once sent for), `follow_up` (the call once resolved); 0 names none.
    `chain`, named as in the site's escalation.toml, holds for all of them, `chains` by clock before it; "" escalates
    nothing.
    """

    name: str = ""
    kind: str = field(default="sla", validator=in_(("sla", "ola", "contract")))
    priorities: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()
    calendar: str = "office"
    response: int = 0
    resolution: int = 0
    update: int = 0
    acknowledgement: int = 0
    arrival: int = 0
    follow_up: int = 0
    own: dict[str, Own] = field(factory=dict)
    chain: str = ""
    chains: dict[str, str] = field(factory=dict)


def _shipped() -> dict[str, Agreement]:
    return {
        "1": Agreement(15, 240, "always", resolution_chain="critical"),
        "2": Agreement(60, 480),
        "3": Agreement(240, 1440, resolution_chain="calm"),
        "4": Agreement(480, 2400, resolution_chain="calm"),
    }


@frozen
class Settings:
    """An agreement for each priority, by its number, whose table replaces the shipped one; and rules beside it.

    The table is no more than rules that name a priority and nothing else: whatever is more specific goes before it.
    """

    priorities: dict[str, Agreement] = field(factory=_shipped)
    agreements: tuple[Rule, ...] = ()
