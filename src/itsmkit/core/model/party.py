"""People and the groups they belong to: records of the site, loaded from its files and changed by verbs."""

from datetime import datetime
from typing import Any, ClassVar

from attrs import frozen

from itsmkit.core.model.catalogue import CatalogueItem
from itsmkit.core.model.record import Field, FieldKind, Record, RecordType


@frozen
class Deputy:
    """Whom somebody stands in for, from when to when."""

    person: str
    since: datetime
    until: datetime


@frozen
class Glass:
    """An administrator's look into everything: why, and until when."""

    reason: str
    until: datetime


@frozen(kw_only=True, slots=False)
class Person(Record):
    """Somebody who reports, works or decides (INC-02).

    `employee` and `phone` identify a person and are unique where given; so are the addresses in `mails` and
    the operating-system `logins`. `roles` are the organisation model's words; `vendor` is whom a vendor's staff work
    for; `language` is "en" or "zh". `fields` are the categories and services that somebody is expert in, `languages`
    those they speak, by their codes (INC-17). `deputises` names those the person stands in for, `glass` an
    administrator's look. Of who is `erased` nothing but the id is left, by which records still hang together.
    """

    type: ClassVar[str] = "person"

    name: str
    mails: tuple[str, ...] = ()
    employee: str = ""
    phone: str = ""
    department: str = ""
    customer: str = ""
    language: str = ""
    roles: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    vendor: str = ""
    fields: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    logins: tuple[str, ...] = ()
    active: bool = True
    deputises: tuple[Deputy, ...] = ()
    glass: Glass | None = None
    erased: bool = False

    @property
    def expert(self) -> bool:
        """Whether their team's tickets may come to them for what they know."""
        return bool(self.teams and (self.fields or self.languages))


@frozen(kw_only=True, slots=False)
class Team(Record):
    """A group that tickets are assigned to: its line, what it knows (INC-17), and its calendar's name."""

    type: ClassVar[str] = "team"

    name: str
    line: int = 1
    categories: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    calendar: str = ""
    mail: str = ""
    vendor: str = ""


@frozen(kw_only=True, slots=False)
class Service(Record):
    """Something of the service tree (INC-18) that a ticket can hit."""

    type: ClassVar[str] = "service"

    name: str
    parent: str = ""
    category: str = ""
    urgency: int = 0
    words: tuple[str, ...] = ()


@frozen(kw_only=True, slots=False)
class Vendor(Record):
    """A company under contract, whose staff stand behind the house's own lines (INC-24).

    `mail` is where its cases are taken in, `contact` whom the house talks to about the contract.
    """

    type: ClassVar[str] = "vendor"

    name: str
    mail: str = ""
    phone: str = ""
    contact: str = ""
    language: str = ""


@frozen(kw_only=True, slots=False)
class Contract(Record):
    """What a vendor is under contract for, for whom, and from when to when (INC-13).

    It covers a ticket that names one of its `services`, `categories` or `cis`, of one of its `customers` where it
    names any, and that was opened on one of its days: `since` and `until` are dates such as "2026-12-31", both
    included, "" without a limit. What it covers goes to `team`, or to the vendor's team that fits it best. What the
    vendor promises stands with the other service levels, as an agreement of kind "contract".
    """

    type: ClassVar[str] = "contract"

    name: str
    vendor: str
    team: str = ""
    services: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    cis: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    contact: str = ""


@frozen(kw_only=True, slots=False)
class Rota(Record):
    """A duty roster (ORG-09): who is on duty when, perhaps for a team, whose tickets go to them then.

    A line of `week` is "mon-fri 09:00-18:00 ann bob": days, a shift of the wall clock in `zone`, persons by their
    ids. A shift that ends at or before its beginning runs over midnight. "mon-sun 18:00-08:00 in turn ann bob" has
    one of them each week, Monday to Sunday. A line of `dates` is "2026-12-24 09:00-12:00 ann", or "2026-12-25" for
    nobody: what begins on that date is then what these lines say, and not the week's.
    """

    type: ClassVar[str] = "rota"

    name: str
    team: str = ""
    zone: str = ""
    week: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()


def _person_keys(person: Person) -> tuple[str, ...]:
    return (
        *(f"mail:{one.lower()}" for one in person.mails),
        *(f"login:{one}" for one in person.logins),
        *((f"employee:{person.employee}",) if person.employee else ()),
        *((f"phone:{person.phone}",) if person.phone else ()),
    )


def _impersonal(_person: Person) -> dict[str, Any]:
    return {"mails": (), "phone": "", "employee": "", "logins": ()}


PERSON = RecordType(
    "person",
    Person,
    fields=(Field("name"), Field("department"), Field("customer"), Field("expert", FieldKind.BOOL, indexed=True)),
    keys=_person_keys,
    internal=("roles", "logins", "teams", "fields", "languages"),
    impersonal=_impersonal,
)
TEAM = RecordType("team", Team, fields=(Field("name"),))
ROTA = RecordType("rota", Rota, fields=(Field("name"),))
SERVICE = RecordType("service", Service, fields=(Field("name"), Field("parent")))
VENDOR = RecordType("vendor", Vendor, fields=(Field("name"),))
CONTRACT = RecordType("contract", Contract, fields=(Field("name"), Field("vendor")))


@frozen
class Site:
    """The organisation as the desk sees it while it decides: names, zone, language, and the records it is made of.

    Of its people only the `experts` are there, whom tickets may come to for what they know (INC-17).
    """

    name: str
    zone: str
    language: str
    domain: str
    teams: tuple[Team, ...] = ()
    services: tuple[Service, ...] = ()
    rotas: tuple[Rota, ...] = ()
    vendors: tuple[Vendor, ...] = ()
    contracts: tuple[Contract, ...] = ()
    catalogue: tuple[CatalogueItem, ...] = ()
    experts: tuple[Person, ...] = ()

    @property
    def companies(self) -> tuple[str, ...]:
        """The ids of the vendors that there are, by a record or by a team that works for them, each once."""
        return tuple(
            dict.fromkeys((*(one.id for one in self.vendors), *(one.vendor for one in self.teams if one.vendor)))
        )

    def team(self, key: str) -> Team | None:
        """The team of that id, or None."""
        return next((one for one in self.teams if one.id == key), None)

    def service(self, key: str) -> Service | None:
        """The service of that id, or None."""
        return next((one for one in self.services if one.id == key), None)

    def rota(self, key: str) -> Rota | None:
        """The duty roster of that id, or None."""
        return next((one for one in self.rotas if one.id == key), None)

    def vendor(self, key: str) -> Vendor | None:
        """The vendor of that id, or None."""
        return next((one for one in self.vendors if one.id == key), None)

    def item(self, key: str) -> CatalogueItem | None:
        """The item of the service catalogue of that id, or None."""
        return next((one for one in self.catalogue if one.id == key), None)
