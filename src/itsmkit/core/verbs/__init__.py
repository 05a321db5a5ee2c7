"""Every verb: the one list that command line, permissions and reference are made from."""

from types import MappingProxyType

from itsmkit.core.verb import Verb
from itsmkit.core.verbs import (
    announcing,
    at_any_time,
    change,
    closure,
    company,
    compliance,
    configuration,
    correcting,
    dispatch,
    first_support,
    handling,
    masters,
    promising,
    publishing,
    referral,
    registers,
    remote,
    requests,
    resources,
    task,
)

_TICKET = (
    first_support.VERBS,
    requests.VERBS,
    handling.VERBS,
    change.ASKING,
    dispatch.ASKING,
    referral.ASKING,
    task.SPLITTING,
    remote.ASKING,
    configuration.TELLING,
    masters.VERBS,
    announcing.ANNOUNCING,
    promising.PROMISING,
    closure.VERBS,
    at_any_time.VERBS,
    company.VERBS,
    correcting.VERBS,
    registers.NOTING,
)
_ENTRIES = (registers, compliance, resources, publishing)


def _named(*parts: tuple[Verb, ...]) -> MappingProxyType[str, Verb]:
    return MappingProxyType({one.name: one for part in parts for one in part})


VERBS: MappingProxyType[str, MappingProxyType[str, Verb]] = MappingProxyType(
    {
        "ticket": _named(*_TICKET),
        "work_order": _named(dispatch.VERBS),
        "referral": _named(referral.VERBS),
        "change": _named(change.VERBS),
        "task": _named(task.VERBS),
        "remote_session": _named(remote.VERBS),
        "ci_notice": _named(configuration.VERBS),
        "announcement": _named(announcing.VERBS),
        "commitment": _named(promising.VERBS),
        "entry": _named(*(one.VERBS for one in _ENTRIES)),
    }
)
"""Verbs by record type and name, those of steps in the order that a record meets them first."""

BEGINNINGS: MappingProxyType[str, Verb] = _named(*(one.BEGINNING for one in _ENTRIES))
"""What begins a record by itself, by name; what begins on a ticket is a verb of tickets."""
