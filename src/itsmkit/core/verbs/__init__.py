"""The verbs of the incident process: the one list that command line, permissions and reference are made from."""

from types import MappingProxyType

from itsmkit.core.verb import Verb
from itsmkit.core.verbs import at_any_time, closure, correcting, first_support, handling

VERBS: MappingProxyType[str, Verb] = MappingProxyType(
    {one.name: one for part in (first_support, handling, closure, at_any_time, correcting) for one in part.VERBS}
)
"""Every verb by name, those of steps in the order a ticket meets them first."""
