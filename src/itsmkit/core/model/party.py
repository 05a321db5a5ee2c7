"""People and the groups they belong to: records of the site, loaded from its files and changed by verbs."""

from typing import ClassVar

from attrs import frozen

from itsmkit.core.model.record import Field, Record, RecordType


@frozen(kw_only=True, slots=False)
class Person(Record):
    """Somebody who reports, works or decides (INC-02).

    `employee` and `phone` identify a person and are unique where given; so are the addresses in `mails` and
    the operating-system `logins`. `roles` are the organisation model's words; `language` is "en" or "zh". Of who is
    `erased` nothing but the id is left, by which records still hang together.
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
    logins: tuple[str, ...] = ()
    active: bool = True
    erased: bool = False


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


def _person_keys(person: Person) -> tuple[str, ...]:
    return (
        *(f"mail:{one.lower()}" for one in person.mails),
        *(f"login:{one}" for one in person.logins),
        *((f"employee:{person.employee}",) if person.employee else ()),
        *((f"phone:{person.phone}",) if person.phone else ()),
    )


PERSON = RecordType(
    "person",
    Person,
    fields=(Field("name"), Field("department"), Field("customer")),
    keys=_person_keys,
    internal=("roles", "logins", "teams"),
)
TEAM = RecordType("team", Team, fields=(Field("name"),))
SERVICE = RecordType("service", Service, fields=(Field("name"), Field("parent")))


@frozen
class Site:
    """The organisation as the desk sees it while it decides: names, zone, language, teams and services."""

    name: str
    zone: str
    language: str
    domain: str
    teams: tuple[Team, ...] = ()
    services: tuple[Service, ...] = ()

    def team(self, key: str) -> Team | None:
        """The team of that id, or None."""
        return next((one for one in self.teams if one.id == key), None)

    def service(self, key: str) -> Service | None:
        """The service of that id, or None."""
        return next((one for one in self.services if one.id == key), None)
