"""A desk for tests in one call: on the store in memory, with a moved clock, ids that repeat, and a few people.

It takes no plugin but those it is given, so that a test says all that it depends on.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from attrs import evolve, frozen

from itsmkit.core.calendar_table import calendars_from_dict
from itsmkit.core.discovery import installed
from itsmkit.core.model.organisation import Assignment, Duty
from itsmkit.core.model.party import Person, Service, Site, Team
from itsmkit.core.model.query import Scope
from itsmkit.core.model.record import Record
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.policy import FOREVER, Retention, Rules
from itsmkit.core.store import Store
from itsmkit.core.world import seeded_world
from itsmkit.desk import Desk
from itsmkit.hookspecs import hookimpl
from itsmkit.opening import open_desk
from itsmkit.settings import OrganisationSettings, PluginSettings, Secret, Settings, SiteSettings, StoreSettings
from itsmkit.testing.clock import MovedClock

OFFICE_TABLE: Mapping[str, Any] = MappingProxyType({"zone": "UTC", "week": {"mon-fri": ["09:00-17:00"]}})
"""Eight hours a day from Monday to Friday, without holidays; every test desk has it as "office"."""

PEOPLE = (
    Person(id="ann", name="Ann User", mails=("ann@example.org",), employee="E1", phone="+10", department="fin"),
    Person(id="otto", name="Otto Other", mails=("otto@example.org",), department="it"),
    Person(id="bob", name="Bob Desk", mails=("bob@example.org",), roles=("desk",), teams=("desk",)),
    Person(id="carol", name="Carol Net", mails=("carol@example.org",), roles=("support",), teams=("net",)),
    Person(id="dave", name="Dave Data", mails=("dave@example.org",), roles=("support",), teams=("db",)),
    Person(id="mia", name="Mia Manager", mails=("mia@example.org",), roles=("manager",)),
    Person(id="root", name="Rose Root", mails=("root@example.org",), roles=("admin",), logins=("root",)),
)
"""Two users, the service desk, a specialist of either line-2 team, the incident manager, the administrator."""

TEAMS = (
    Team(id="desk", name="Service desk", line=1, mail="desk@example.org"),
    Team(id="net", name="Networks", line=2, categories=("network",)),
    Team(id="db", name="Databases", line=2, categories=("database",)),
    Team(id="acme", name="Acme Inc.", line=3, vendor="acme"),
)
SERVICES = (Service(id="mail", name="Mail"), Service(id="payroll", name="Payroll", urgency=1))

_DUTIES: Mapping[str, frozenset[Duty]] = MappingProxyType(
    {
        "desk": frozenset({Duty.REPORT, Duty.RECORD, Duty.HANDLE}),
        "support": frozenset({Duty.REPORT, Duty.HANDLE}),
        "manager": frozenset({Duty.REPORT, Duty.MANAGE, Duty.WATCH, Duty.CHAIR, Duty.READ_REPORTS, Duty.IMPERSONATE}),
        "admin": frozenset(Duty),
    }
)


@frozen
class PlainModel:
    """As little of an organisation as a desk can do with: a role is a duty, a line's first fitting team takes all."""

    name: str = "plain"

    def roles(self) -> tuple[str, ...]:
        """Its roles."""
        return tuple(_DUTIES)

    def duties(self, person: Person) -> frozenset[Duty]:
        """Those of the person's roles; everybody may report."""
        return frozenset({Duty.REPORT}).union(*(_DUTIES.get(role, frozenset()) for role in person.roles))

    def scope(self, person: Person) -> Scope:
        """Users see their own, support its teams', the rest everything."""
        audiences = frozenset({"public", "personal", "internal"} if person.roles else {"public", "personal"})
        keys = frozenset({f"person:{person.id}", *(f"team:{team}" for team in person.teams)})
        return Scope(keys, audiences, everything=not {"desk", "manager", "admin"}.isdisjoint(person.roles))

    def lines(self, site: Site) -> tuple[int, ...]:
        """The lines that have a team."""
        return tuple(sorted({team.line for team in site.teams}))

    def assignment(self, ticket: Ticket, line: int, site: Site) -> Assignment | None:
        """The line's team for the category, else its first."""
        teams = [team for team in site.teams if team.line == line]
        fitting = [team for team in teams if ticket.category in team.categories]
        chosen = next(iter((*fitting, *teams)), None)
        return Assignment(chosen.id, line, vendor=chosen.vendor, why=f"line {line}") if chosen else None

    def reporting_line(self, to: str, ticket: Ticket) -> str:  # noqa: ARG002 - the port's
        """The role of that name."""
        return to if to in _DUTIES else ""


@frozen
class PlainOrganisation:
    """The plugin whose model is `PlainModel`."""

    @hookimpl
    def itsmkit_organisation(self) -> PlainModel:
        """The plain model."""
        return PlainModel()


@frozen
class _Held:
    store: Store

    @hookimpl
    def itsmkit_open_store(self, url: str) -> Store | None:
        return self.store if url == "held:" else None


def desk_settings(
    *,
    rules: Rules | None = None,
    retention: Retention = FOREVER,
    use: Iterable[str] = (),
    order: tuple[str, ...] = (),
    model: str = "plain",
    store: str = "memory:",
    plugin: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> Settings:
    """Settings of a desk in memory with the calendar "office"; of the installed plugins only those in `use`.

    It keeps everything for ever unless told otherwise.
    """
    return Settings(
        site=SiteSettings(name="Test desk", domain="desk.example.org", secret=Secret("not a secret")),
        store=StoreSettings(store),
        organisation=OrganisationSettings(model),
        plugins=PluginSettings(order, tuple(one.name for one in installed() if one.name not in set(use))),
        rules=rules or Rules(default_category="network"),
        retention=retention,
        plugin={name: dict(table) for name, table in plugin.items()},
        calendars=calendars_from_dict({"office": OFFICE_TABLE}),
    )


def desk(
    clock: MovedClock | None = None,
    plugins: Mapping[str, object] = MappingProxyType({}),
    *,
    settings: Settings | None = None,
    records: Iterable[Record] = (*TEAMS, *SERVICES, *PEOPLE),
    store: Store | None = None,
    seed: int = 0,
    on_point: Callable[[str], None] | None = None,
    **choices: Any,
) -> Desk:
    """A desk with those plugins, asked first and in that order, and those people, teams and services.

    `choices` are those of `desk_settings`. With `store` it takes over what another desk left there (give it another
    `seed`, so that ids differ). `on_point` is called at the points of the flow where a process may die.
    """
    clock = clock or MovedClock()
    settings = settings or desk_settings(**{"order": tuple(plugins), **choices})
    given: dict[str, object] = {**plugins, "model_plain": PlainOrganisation()}
    if store is not None:
        settings = evolve(settings, store=StoreSettings("held:"))
        given["store_held"] = _Held(store)
    opened = open_desk(settings, seeded_world(clock, seed), clock, given)
    if on_point is not None:
        opened = evolve(opened, setup=evolve(opened.setup, on_point=on_point))
    made = Desk(opened)
    for _ in made.load(records, made.service("test kit")):
        pass
    return made
