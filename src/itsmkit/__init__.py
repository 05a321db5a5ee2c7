"""itsmkit: an IT service desk as a library.

This is the whole public surface, for those who embed it and those who write plugins. Names are loaded when
they are first asked for.
"""

from importlib import import_module
from typing import Any

_WHERE = {
    "itsmkit.desk": "Desk",
    "itsmkit.operating": "Operator",
    "itsmkit.keeping": "copy_store keeper",
    "itsmkit.settings": "Secret Settings load_settings",
    "itsmkit.hookspecs": "API Classification Look Prioritisation hookimpl hookspec",
    "itsmkit.core.access": "masked masked_history",
    "itsmkit.core.asked": "check_query check_tally column page_end page_start shown stored",
    "itsmkit.core.calendar": (
        "BusinessHours Calendar Combined Shift add always between difference intersection intervals is_open "
        "next_opening subtract union"
    ),
    "itsmkit.core.calendar_table": "calendar_from_dict calendars_from_dict",
    "itsmkit.core.chain_table": "level",
    "itsmkit.core.codec": "canonical dump load plain value",
    "itsmkit.core.deciding": "Seen decide expected holds settled slot",
    "itsmkit.core.delta": "Delta check_change delta",
    "itsmkit.core.copying": "Copied",
    "itsmkit.core.erasing": "Erased",
    "itsmkit.core.errors": (
        "BadInput BudgetSpent CalendarError Degraded ItsmError KeyTaken NewerShape NotAllowed NotFound OutcomeUnknown "
        "PluginError QueryError Reentrant Refused SettingsError Stale StoreError StoreOutdated UnknownVerb WrongStep"
    ),
    "itsmkit.core.inbox": "Waiting",
    "itsmkit.core.incident": "INCIDENT",
    "itsmkit.core.ledger": "Ledger Share ledger",
    "itsmkit.core.invitation": "Invitation calendar_file invited",
    "itsmkit.core.journal": "faults read seal",
    "itsmkit.core.labels": "heading label",
    "itsmkit.core.mailid": "message_id verified_number",
    "itsmkit.core.memory": "COMMAND_LIFE MemoryStore",
    "itsmkit.core.model.agreement": "Clock Fact Moment Target",
    "itsmkit.core.model.catalogue": "CATALOGUE_ITEM CatalogueItem",
    "itsmkit.core.model.configuration": "CI ConfigurationItem",
    "itsmkit.core.model.days_off": "DaysOff",
    "itsmkit.core.model.entry": "Entry EntryKind EntryStatus",
    "itsmkit.core.model.escalation": "Escalation Level",
    "itsmkit.core.model.event": "Draft Event",
    "itsmkit.core.model.message": "Attached Message Receipt Received Report Source",
    "itsmkit.core.model.notice": "Channel NOTICE NotDelivered Notice NoticeDraft Sent Subscription",
    "itsmkit.core.model.organisation": "Assignment Duty Organisation Principal",
    "itsmkit.core.model.party": "Contract PERSON Person ROTA Rota SERVICE Service Site TEAM Team Vendor",
    "itsmkit.core.model.pause": "PauseReason",
    "itsmkit.core.model.process": "END Process Step Way",
    "itsmkit.core.model.query": "Count LIKE_LIMIT Op Page Query Scope Tally Test",
    "itsmkit.core.model.record": "Blob Field FieldKind Record RecordType Unreadable from_ms instant revised to_ms",
    "itsmkit.core.model.referral": "REFERRAL Referral",
    "itsmkit.core.model.report": "ReportDefinition Table",
    "itsmkit.core.model.ticket": "Attachment Contact Kind Likeness Status TICKET Ticket Wait",
    "itsmkit.core.model.unit": (
        "Change Conflict Done Duplicate Erase FENCE_STEP Given LAPSES Lane LaneView Late Lease Outcome Ref Settle "
        "Standing Todo Unit"
    ),
    "itsmkit.core.notice_rules": "Notification NotifyRule On RULES drafts_by_rules",
    "itsmkit.core.outbox": "Letter",
    "itsmkit.core.outgoing": "one_line paragraphs",
    "itsmkit.core.policy": "ClassifyRule Retention Rules",
    "itsmkit.core.readers": "Reader",
    "itsmkit.core.reassigning": "Reassigned",
    "itsmkit.core.roles": "Role RoleModel Sees USER best_team by_contract role team_fits vendor_role",
    "itsmkit.core.rota": "on_duty",
    "itsmkit.core.store": "Finding Store StoreKeeper",
    "itsmkit.core.text": "likeness terms",
    "itsmkit.core.verb": "Verb",
    "itsmkit.core.verify": "Breach Verified verify",
    "itsmkit.core.visiting": "Hours Offer Slot",
    "itsmkit.core.world": "World seeded_world system_world",
}
_HOME = {name: module for module, names in _WHERE.items() for name in names.split()}

__all__ = sorted(_HOME)  # noqa: PLE0605 - one list, kept once
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    try:
        home = _HOME[name]
    except KeyError:
        msg = f"module 'itsmkit' has no attribute {name!r}"
        raise AttributeError(msg) from None
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return list(__all__)
