"""The verbs: where each fits, whose duty it is, what it takes."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_type_hints

import attrs
from pages.text import code, table

from itsmkit.core.model.ticket import Status
from itsmkit.core.verb import Verb
from itsmkit.core.verbs import VERBS

FILE = "verbs.md"
INTRO = """# Verbs

What people do to a ticket or to another record: `itsmkit ticket VERB NUMBER` on the command line (or
`itsmkit work-order …`, `itsmkit referral …`, by the record's type), `desk.do(VERB, NUMBER, by=…)` in a program. A verb
fits where the record stands at one of its steps, or has one of its statuses, and needs one of the duties named. A
parameter in **bold** must be given. Steps are those of the record's process: see [incident](incident.md), or let
`itsmkit process show NAME` print one."""
WORDS = {str: "text", int: "whole number", bool: "yes or no", datetime: "moment", bytes: "bytes", type(None): ""}


def page(_root: Path) -> str:
    """The page of verbs, type by type."""
    return "\n\n".join([INTRO, *(part for type_, verbs in VERBS.items() for part in _of(type_, verbs.values()))])


def _of(type_: str, verbs: Iterable[Verb]) -> Iterator[str]:
    name = type_.replace("_", "-")
    rows = [(f"[`{one.name}`](#{name}-{one.name})", one.title, where(one), code(*sorted(one.duties))) for one in verbs]
    yield f"## {name}"
    yield table(("verb", "does", "fits", "needs one of the duties"), rows)
    for verb in verbs:
        yield from (f"### {name} {verb.name}", f"{verb.title}.", parameters(verb))


def where(verb: Verb) -> str:
    """Where the verb fits, steps or statuses."""
    if set(verb.statuses) == set(Status):
        return "always"
    return " ".join(verb.steps) or ", ".join(verb.statuses)


def parameters(verb: Verb) -> str:
    """The table of a verb's parameters."""
    hints = get_type_hints(verb.params)
    rows = [(_name(one), _words(hints[one.name]), one.metadata["help"]) for one in attrs.fields(verb.params)]
    return table(("parameter", "is", "meaning"), rows) if rows else "It takes no parameters."


def _name(parameter: Any) -> str:
    return f"**`{parameter.name}`**" if parameter.default is attrs.NOTHING else f"`{parameter.name}`"


def _words(hint: Any) -> str:
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return ", ".join(filter(None, (WORDS[one] for one in kinds)))
