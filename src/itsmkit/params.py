"""A verb's parameters: structured from plain values, each refusal naming the parameter."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, get_args, get_type_hints

import attrs

from itsmkit.core.errors import BadInput
from itsmkit.core.model.record import instant
from itsmkit.core.text import clean
from itsmkit.core.verb import Verb

LONGEST = 1_000_000


def parameters(verb: Verb, given: Mapping[str, Any]) -> Any:
    """The frozen parameters of the verb; BadInput names what is missing, unknown, ill-typed or too long."""
    known = {one.name: one for one in attrs.fields(verb.params)}
    unknown = sorted(set(given) - set(known))
    if unknown:
        msg = f"{verb.name} has no parameter {', '.join(unknown)}; it takes {', '.join(known) or 'none'}"
        raise BadInput(msg)
    lacking = [
        name for name, one in known.items() if one.default is attrs.NOTHING and given.get(name) in (None, "", b"")
    ]
    if lacking:
        msg = f"{verb.name} needs {', '.join(lacking)}"
        raise BadInput(msg)
    hints = get_type_hints(verb.params)
    return verb.params(**{name: _fitting(verb, name, value, hints[name]) for name, value in given.items()})


def _fitting(verb: Verb, name: str, value: Any, hint: Any) -> Any:
    kinds = get_args(hint) or (hint,)
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        wanted = " or ".join("nothing" if kind is type(None) else kind.__name__ for kind in kinds)
        msg = f"{verb.name}: {name} must be {wanted}, not {type(value).__name__}"
        raise BadInput(msg)
    if isinstance(value, str):
        if len(value) > LONGEST:
            msg = f"{verb.name}: {name} is longer than {LONGEST} characters"
            raise BadInput(msg)
        return clean(value).strip() if hint is str else value
    if isinstance(value, datetime):
        return instant(value if value.tzinfo else value.replace(tzinfo=UTC))
    return value
