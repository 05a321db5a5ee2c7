"""The verbs: where each fits, whose duty it is, what it takes."""

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

What people do to a ticket: `itsmkit ticket VERB NUMBER` on the command line, `desk.do(VERB, NUMBER, by=…)` in a
program. A verb fits where the ticket stands at one of its steps, or has one of its statuses, and needs one of the
duties named. A parameter in **bold** must be given. Steps are those of the [incident process](incident.md)."""
WORDS = {str: "text", int: "whole number", bool: "yes or no", datetime: "moment", bytes: "bytes", type(None): ""}


def page(_root: Path) -> str:
    """The page of verbs."""
    rows = [
        (f"[`{one.name}`](#{one.name})", one.title, where(one), code(*sorted(one.duties))) for one in VERBS.values()
    ]
    parts = [INTRO, table(("verb", "does", "fits", "needs one of the duties"), rows)]
    for verb in VERBS.values():
        parts += [f"## {verb.name}", f"{verb.title}.", parameters(verb)]
    return "\n\n".join(parts)


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
