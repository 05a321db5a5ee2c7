"""Duties, principals, and what an organisation model must answer."""

from enum import StrEnum
from typing import Protocol

from attrs import frozen

from itsmkit.core.model.party import Person, Site
from itsmkit.core.model.query import Scope
from itsmkit.core.model.ticket import Ticket


class Duty(StrEnum):
    """What somebody may be charged with: a closed list that steps and verbs name instead of job titles."""

    REPORT = "report"  # a user's own part: report, add, confirm, reject (USR-01)
    RECORD = "record"  # line 1: take in, classify, first support, follow to the end (INC-46)
    HANDLE = "handle"  # lines 2, 3, n: accept, investigate, resolve
    MANAGE = "manage"  # the incident manager: steer, judge escalations (SLA-04)
    WATCH = "watch"  # whoever keeps an eye on open tickets: late, without a person, declined (ORG-03)
    CHAIR = "chair"  # who leads the review of the highest priority's tickets (ORG-02)
    COLLECT = "collect"  # exceptions in the process: collected and ruled on, not only reported (ORG-07)
    IMPROVE = "improve"  # improvements: carried out, not only suggested (ORG-07)
    DETERMINE = "determine"  # changes of the process itself: ruled on (ORG-02)
    ENFORCE = "enforce"  # non-compliance: settled, not only noticed (REP-05)
    COMMIT = "commit"  # resources: committed and allocated
    TEMPLATES = "templates"  # templates of records and reports: kept (ORG-06)
    DISPATCH = "dispatch"  # the project manager: decides whether somebody must go on site (INC-23)
    APPROVE = "approve"  # the technical director: approves a dispatch before anyone leaves (INC-23)
    LEAD = "lead"  # company management: approves staff and equipment, leads in major faults and disputes (INC-25)
    ARCHIVE = "archive"  # the archivist: takes work orders and signed records (INC-42)
    CONFIGURE = "configure"  # the configuration manager: takes over what changed, and what is wrong (INC-05, INC-43)
    OWN_PROCESS = "own_process"  # the process owner: measures, documents, reviews, policy (ORG-06)
    READ_REPORTS = "read_reports"
    ADMINISTER = "administer"  # people, plugins, the store
    IMPERSONATE = "impersonate"  # act as somebody else, journalled


def charged(duty: Duty, company: str | None = None) -> str:
    """The key of those who have the duty: everybody, or those of one company, "" being the house."""
    return f"duty:{duty}" if company is None else f"duty:{duty}:{company}"


def member(team: str) -> str:
    """The key of those who are in the team."""
    return f"member:{team}"


@frozen
class Principal:
    """Who is at the keyboard: a person or a service, with the duties and the scope that it has right now.

    `id` is "person:<id>" or "service:<name>"; `on_behalf` names the real person where somebody impersonates. `by_right`
    says, for the journal, by what beside the own roles: whom the person stands in for, or a broken glass. `teams` are
    those of the house that the person works in; a vendor's staff work for whose key their scope has. `vendor` is whom
    the person works for, "" for the house's own.
    """

    id: str
    duties: frozenset[Duty]
    scope: Scope
    name: str = ""
    on_behalf: str = ""
    by_right: str = ""
    teams: frozenset[str] = frozenset()
    vendor: str = ""

    @property
    def person(self) -> str:
        """The person's id, "" for a service."""
        return _person(self.id)

    @property
    def real(self) -> str:
        """The id of the person who acts, in whoever's name; "" for a service."""
        return _person(self.on_behalf or self.id)


def _person(id_: str) -> str:
    return id_.removeprefix("person:") if id_.startswith("person:") else ""


@frozen
class Assignment:
    """Who is to work on a ticket: a team of the site on one of its lines, perhaps a person or a vendor; and why."""

    team: str
    line: int = 1
    person: str = ""
    vendor: str = ""
    why: str = ""


class Organisation(Protocol):
    """What an organisation model is: it maps people to duties and scopes, and lines to teams (ORG-01).

    All answers are pure; the core enforces them.
    """

    @property
    def name(self) -> str:
        """What the model is called: the plugin is `model_<name>`."""
        ...

    def roles(self) -> tuple[str, ...]:
        """The role names that persons may carry under this model."""
        ...

    def duties(self, person: Person) -> frozenset[Duty]:
        """What the person is charged with."""
        ...

    def scope(self, person: Person) -> Scope:
        """What the person may see."""
        ...

    def lines(self, site: Site) -> tuple[int, ...]:
        """The lines there are, first to last (ORG-04)."""
        ...

    def assignment(self, ticket: Ticket, line: int, site: Site) -> Assignment | None:
        """The team of that line that the ticket belongs to, or None where the line has none."""
        ...

    def reporting_line(self, to: str, ticket: Ticket) -> str:
        """The role that an escalation addressed to `to` ("manager", "department" …) reaches."""
        ...
