"""Which rules hold for a ticket: the most specific first, clock by clock, and why."""

from collections.abc import Iterator
from itertools import combinations
from types import MappingProxyType

from attrs import evolve, frozen

from itsmkit import Fact, SettingsError, Target
from itsmkit_sla_default.settings import Own, Rule, Settings

MINUTE = 60
CONDITIONS = MappingProxyType(
    {
        "vendors": "vendor",
        "teams": "team",
        "customers": "customer",
        "services": "service",
        "kinds": "kind",
        "priorities": "priority",
    }
)
"""From the most specific down: a rule that names the customer goes before one that names the service, and so on."""
_PARTIES = {"ola": "teams", "contract": "vendors"}
_ANY_PRIORITY = 0
_CLOCKS = {
    "response": Own(1, stops=("responded", "resolved"), pauses=False),
    "resolution": Own(1),
    "update": Own(1, restarts=("told",)),
    "acknowledgement": Own(1, stops=("accepted", "resolved"), pauses=False),
    "arrival": Own(1, starts=("dispatched",), stops=("arrived", "resolved")),
    "follow_up": Own(1, starts=("resolved",), stops=("called",), pauses=False),
}
"""The clocks that a rule names by their own keys, as a site would write them for itself."""


@frozen
class Case:
    """What of a ticket the rules go by."""

    priorities: int
    kinds: str
    services: str
    customers: str
    teams: str
    vendors: str


@frozen
class Ruled:
    """A rule with what it promises, as it is read once: its clocks, where it stands, and how specific it is."""

    rule: Rule
    where: str
    clocks: tuple[tuple[str, Own], ...]
    of_table: bool = False

    @property
    def rank(self) -> tuple[bool, ...]:
        """Sorts the more specific first, and of equals those of the short table last."""
        return (*(not getattr(self.rule, name) for name in CONDITIONS), self.of_table)

    @property
    def told(self) -> str:
        """The rule as a why names it: its name and what it asks for."""
        conditions = ((one, getattr(self.rule, name)) for name, one in CONDITIONS.items())
        asked = "; ".join(f"{one} {' or '.join(map(str, wanted))}" for one, wanted in conditions if wanted)
        return f"{self.rule.name or self.where} ({asked or 'any ticket'})"

    def holds(self, case: Case) -> bool:
        """Whether the ticket is one of those that the rule is for."""
        conditions = ((getattr(self.rule, name), getattr(case, name)) for name in CONDITIONS)
        return all(not wanted or is_ in wanted for wanted, is_ in conditions)


def checked(settings: Settings) -> tuple[Ruled, ...]:
    """The rules of the settings, the most specific first; SettingsError names one that can't be, or two that clash."""
    rules = [*_by_priority(settings), *_written(settings)]
    for one in rules:
        try:
            _check(one)
        except ValueError as fault:
            msg = f"[plugin.sla_default] {one.where}: {fault}"
            raise SettingsError(msg) from None
    for one, other in combinations(rules, 2):
        if clash := _clash(one, other):
            both = f"{one.where} and {other.where} both set {clash} for the same tickets"
            msg = f"[plugin.sla_default] {both}; make one of them more specific"
            raise SettingsError(msg)
    return tuple(sorted(rules, key=lambda one: one.rank))


def _by_priority(settings: Settings) -> Iterator[Ruled]:
    for level, one in settings.priorities.items():
        where = f"priorities.{level}"
        if not level.isdigit() or int(level) < 1:
            msg = f"[plugin.sla_default] {where}: a priority is a whole number from 1"
            raise SettingsError(msg)
        rule = Rule(
            "the site's table", priorities=(int(level),), calendar=one.calendar,
            chains={"response": one.response_chain, "resolution": one.resolution_chain},
        )  # fmt: skip
        clocks = (("response", one.response), ("resolution", one.resolution))
        promised = tuple((name, evolve(_CLOCKS[name], minutes=minutes)) for name, minutes in clocks)
        yield Ruled(rule, where, promised, of_table=True)


def _written(settings: Settings) -> Iterator[Ruled]:
    for number, rule in enumerate(settings.agreements, 1):
        named = tuple(
            (name, evolve(own, minutes=getattr(rule, name))) for name, own in _CLOCKS.items() if getattr(rule, name)
        )
        quoted = f" {rule.name!r}" if rule.name else ""
        yield Ruled(rule, f"agreements[{number}]{quoted}", (*named, *rule.own.items()))


def _check(one: Ruled) -> None:
    rule = one.rule
    if not one.clocks:
        msg = f"it promises nothing; name {', '.join(_CLOCKS)} or one of its own"
        raise ValueError(msg)
    if wrong := [level for level in rule.priorities if level < 1]:
        msg = f"priority {wrong[0]} is none; they run from 1, the highest"
        raise ValueError(msg)
    if rule.kind in _PARTIES and not getattr(rule, _PARTIES[rule.kind]):
        msg = f"an agreement of kind {rule.kind} names its {_PARTIES[rule.kind]}"
        raise ValueError(msg)
    if twice := {name for name, _ in one.clocks if [known for known, _ in one.clocks].count(name) > 1}:
        msg = f"it sets {min(twice)} twice"
        raise ValueError(msg)
    if unknown := set(rule.chains) - {name for name, _ in one.clocks}:
        msg = f"a chain is set for {min(unknown)}, which it doesn't promise"
        raise ValueError(msg)
    for name, own in one.clocks:
        _target(one, name, own, "", "")


def _clash(one: Ruled, other: Ruled) -> str:
    """The clock that both would set for a ticket that both hold for, without one being the more specific."""
    if one.rule.kind != other.rule.kind or one.rank != other.rank:
        return ""
    if any(
        getattr(one.rule, name) and not set(getattr(one.rule, name)) & set(getattr(other.rule, name))
        for name in CONDITIONS
    ):
        return ""
    return min({name for name, _ in one.clocks} & {name for name, _ in other.clocks}, default="")


def chosen(rules: tuple[Ruled, ...], case: Case) -> tuple[Target, ...]:
    """The targets that hold for a ticket: of each clock of each kind that of the most specific rule."""
    found: dict[tuple[str, str], tuple[Ruled, Own, list[str]]] = {}
    if case.priorities == _ANY_PRIORITY:
        return ()
    for one in rules:
        if one.holds(case):
            for name, own in one.clocks:
                winner = found.setdefault((one.rule.kind, name), (one, own, []))
                if winner[0] is not one:
                    winner[2].append(one.told)
    parties = {"sla": "", "ola": case.teams, "contract": case.vendors}
    return tuple(
        _target(one, name, own, parties[kind], one.told + (f" before {'; '.join(losers)}" if losers else ""))
        for (kind, name), (one, own, losers) in found.items()
    )


def _target(one: Ruled, name: str, own: Own, party: str, why: str) -> Target:
    return Target(
        name,
        own.minutes * MINUTE,
        one.rule.calendar,
        one.rule.kind,
        _facts(own.stops),
        own.pauses,
        why=why,
        party=party,
        starts=_facts(own.starts),
        restarts=_facts(own.restarts),
        escalation=one.rule.chains.get(name, one.rule.chain),
    )


def _facts(names: tuple[str, ...]) -> tuple[Fact, ...]:
    try:
        return tuple(Fact(name) for name in names)
    except ValueError as fault:
        msg = f"{fault}; facts: {', '.join(Fact)}"
        raise ValueError(msg) from None
