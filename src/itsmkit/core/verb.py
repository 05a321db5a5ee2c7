"""Verbs: what people do with a record. Each records outcomes of steps, or holds in certain statuses."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from itsmkit.core.errors import BadInput
from itsmkit.core.model.child import Child
from itsmkit.core.model.configuration import ConfigurationItem
from itsmkit.core.model.event import INTERNAL, NOTHING
from itsmkit.core.model.organisation import Duty, Organisation, Principal
from itsmkit.core.model.party import Person, Site
from itsmkit.core.model.record import Blob
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.policy import Policy


@frozen
class Act:
    """The circumstances of a verb: who does it, when, by which rules.

    `parent` is the ticket that the record belongs to; of a ticket, the master that it is, or shall be, linked to. `ci`
    is the configuration item of a ticket. `person` is the one that the parameters name, `technicians` are the names of
    those whom a work order sends.
    """

    by: Principal
    now: datetime
    policy: Policy
    site: Site
    organisation: Organisation
    parent: Ticket | None = None
    ci: ConfigurationItem | None = None
    person: Person | None = None
    technicians: tuple[str, ...] = ()


@frozen
class Effect:
    """What a verb comes to: field changes, the steps it answers, perhaps a jump to a step first.

    `answers` maps step ids to outcomes; they are taken as the walk comes by them. `args` are codes for the event,
    `why` those that only the desk itself is shown, `personal` what quotes or names people. A command of the verb with
    nothing to change leaves its event only.
    `makes` is a record that begins with it, a child of this one, still without id, number and reach; `parent` is what
    it comes to for the ticket that the record belongs to, or is linked to. All of it is one unit.
    """

    changes: Mapping[str, Any] = NOTHING
    answers: Mapping[str, str] = NOTHING
    jump: str | None = None
    args: Mapping[str, Any] = NOTHING
    why: Mapping[str, Any] = NOTHING
    personal: Mapping[str, Any] = NOTHING
    audience: str = INTERNAL
    blobs: tuple[Blob, ...] = ()
    makes: Child | None = None
    parent: "Effect | None" = None


@frozen
class Verb:
    """One thing that can be done: where it fits, whose duty it is, what it takes, and the pure function that does it.

    It fits where a record stands at one of `steps`, or, without steps, in one of `statuses`. `params` is
    a frozen attrs class: the command line, the permissions and the reference page are made from it.
    """

    name: str
    title: str
    params: type
    apply: Callable[[Any, Any, Act], Effect]
    duties: frozenset[Duty]
    steps: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()


def param(
    help_: str,
    *,
    default: Any = None,
    required: bool = False,
    multiline: bool = False,
    names: str = "",
    duties: frozenset[Duty] = frozenset(),
) -> Any:
    """A parameter of a verb, with the line that tells what it is for.

    `names` is the type of record it may name; the person it names must have one of the `duties`, where there are any.
    """
    metadata = {"help": help_, "multiline": multiline, "names": names, "duties": duties}
    return field(metadata=metadata) if required else field(default=default, metadata=metadata)


@frozen
class Nothing:
    """No parameters."""


def check_known(what: str, value: str, known: tuple[str, ...]) -> None:
    """BadInput where the site knows no such value; it lists those there are."""
    if value not in known:
        msg = f"unknown {what} {value!r}; the site knows {', '.join(known) or 'none'}"
        raise BadInput(msg)


def verb(
    name: str,
    title: str,
    params: type,
    apply: Callable[[Any, Any, Act], Effect],
    duties: frozenset[Duty],
    *where: str,
) -> Verb:
    """A verb that fits at the steps and in the statuses given; a status is a member of a record's own enumeration."""
    steps = tuple(one for one in where if not isinstance(one, StrEnum))
    return Verb(name, title, params, apply, duties, steps, tuple(one for one in where if isinstance(one, StrEnum)))
