"""Verbs: what people do with a ticket. Each records outcomes of steps, or holds in certain statuses."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen

from itsmkit.core.errors import BadInput
from itsmkit.core.model.event import INTERNAL, NOTHING
from itsmkit.core.model.organisation import Duty, Organisation, Principal
from itsmkit.core.model.party import Site
from itsmkit.core.model.record import Blob
from itsmkit.core.model.ticket import Status, Ticket
from itsmkit.core.policy import Policy


@frozen
class Act:
    """The circumstances of a verb: who does it, when, and by which rules."""

    by: Principal
    now: datetime
    policy: Policy
    site: Site
    organisation: Organisation


@frozen
class Effect:
    """What a verb comes to: field changes, the steps it answers, perhaps a jump to a step first.

    `answers` maps step ids to outcomes; they are taken as the walk comes by them. `args` are codes for the event,
    `personal` what quotes or names people. A command of the verb with nothing to change leaves its event only.
    """

    changes: Mapping[str, Any] = NOTHING
    answers: Mapping[str, str] = NOTHING
    jump: str | None = None
    args: Mapping[str, Any] = NOTHING
    personal: Mapping[str, Any] = NOTHING
    audience: str = INTERNAL
    blobs: tuple[Blob, ...] = ()


@frozen
class Verb:
    """One thing that can be done: where it fits, whose duty it is, what it takes, and the pure function that does it.

    It fits where the ticket stands at one of `steps`, or, without steps, in one of `statuses`. `params` is a
    frozen attrs class: the command line, the permissions and the reference page are made from it.
    """

    name: str
    title: str
    params: type
    apply: Callable[[Ticket, Any, Act], Effect]
    duties: frozenset[Duty]
    steps: tuple[str, ...] = ()
    statuses: tuple[Status, ...] = ()


def param(help_: str, *, default: Any = None, required: bool = False, multiline: bool = False) -> Any:
    """A parameter of a verb, with the line that tells what it is for."""
    metadata = {"help": help_, "multiline": multiline}
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
    apply: Callable[[Ticket, Any, Act], Effect],
    duties: frozenset[Duty],
    *where: str | Status,
) -> Verb:
    """A verb that fits at the steps and in the statuses given."""
    steps = tuple(one for one in where if not isinstance(one, Status))
    return Verb(name, title, params, apply, duties, steps, tuple(one for one in where if isinstance(one, Status)))
