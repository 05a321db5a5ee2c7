"""Service levels as rules: by priority, kind, service, customer, team and vendor, the most specific first (SLA-01)."""

from collections.abc import Sequence
from functools import lru_cache

from itsmkit import Target, Ticket, hookimpl
from itsmkit_sla_default.choosing import Case, checked, chosen
from itsmkit_sla_default.settings import Agreement, Rule, Settings

__all__ = ["Agreement", "Rule", "Settings", "plugin"]
REMEMBERED = 10_000


class _Plugin:
    def __init__(self, settings: Settings) -> None:
        rules = checked(settings)
        # Equal answers are one object, so that what was found sound for one ticket is sound for the next.
        same: dict[tuple[Target, ...], tuple[Target, ...]] = {}

        @lru_cache(REMEMBERED)
        def targets(case: Case) -> tuple[Target, ...]:
            found = chosen(rules, case)
            return same.setdefault(found, found)

        self._targets = targets

    @hookimpl
    def itsmkit_agreements(self, record: Ticket) -> Sequence[Target]:
        """The targets of the most specific rules, those of the team and the vendor that have the ticket among them."""
        return self._targets(
            Case(record.priority, record.kind, record.service, record.customer, record.team, record.vendor)
        )


def plugin(settings: Settings) -> object:
    """The plugin for those settings; SettingsError for targets, steps or rules that can't be."""
    return _Plugin(settings)
