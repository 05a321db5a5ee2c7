"""Every verb: the one list that command line, permissions and reference are made from."""

from types import MappingProxyType

from itsmkit.core.verb import Verb
from itsmkit.core.verbs import at_any_time, closure, company, correcting, dispatch, first_support, handling, referral

_TICKET = (
    first_support.VERBS,
    handling.VERBS,
    dispatch.ASKING,
    referral.ASKING,
    closure.VERBS,
    at_any_time.VERBS,
    company.VERBS,
    correcting.VERBS,
)


def _named(*parts: tuple[Verb, ...]) -> MappingProxyType[str, Verb]:
    return MappingProxyType({one.name: one for part in parts for one in part})


VERBS: MappingProxyType[str, MappingProxyType[str, Verb]] = MappingProxyType(
    {"ticket": _named(*_TICKET), "work_order": _named(dispatch.VERBS), "referral": _named(referral.VERBS)}
)
"""Verbs by record type and name, those of steps in the order that a record meets them first."""
