"""The verbs of the incident process: the one list that command line, permissions and reference are made from."""

from types import MappingProxyType

from itsmkit.core.verb import Verb
from itsmkit.core.verbs import at_any_time, closure, first_support, handling

VERBS: MappingProxyType[str, Verb] = MappingProxyType(
    {one.name: one for part in (first_support.VERBS, handling.VERBS, closure.VERBS, at_any_time.VERBS) for one in part}
)
"""Every verb by name, those of steps in the order a ticket meets them first."""
