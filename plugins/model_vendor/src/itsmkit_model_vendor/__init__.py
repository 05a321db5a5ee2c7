"""The IS / vendor managers model: the house decides and controls, vendors' managers execute and report (ORG-01)."""

from types import MappingProxyType

from attrs import field, frozen

from itsmkit import (
    USER,
    Duty,
    Organisation,
    RoleModel,
    Sees,
    Ticket,
    hookimpl,
    role,
    vendor_role,
)

PUBLIC = frozenset({"public"})
IMPERSONAL = frozenset({"public", "internal"})
PERSONAL = frozenset({"public", "personal"})
# "Not a duty is no prohibition": IS managers see all and may always act. What open tickets need is watched by whose
# vendor has them, so WATCH is the vendors' managers', and so is COMMIT: resources are the vendors', IS asks for them.
_IS = (
    *(Duty.RECORD, Duty.HANDLE, Duty.MANAGE, Duty.CHAIR, Duty.READ_REPORTS),
    *(Duty.COLLECT, Duty.IMPROVE, Duty.TEMPLATES),
)
_VENDOR = (Duty.HANDLE, Duty.MANAGE, Duty.WATCH, Duty.COMMIT, Duty.ENFORCE)
ROLES = MappingProxyType(
    {
        "user": USER,
        "service_desk": role(Duty.RECORD, Duty.HANDLE, sees=Sees.ALL),
        "analyst": role(Duty.HANDLE),
        "vendor_analyst": vendor_role(Duty.HANDLE),
        "is_incident_manager": role(*_IS, Duty.DETERMINE, Duty.ENFORCE, Duty.IMPERSONATE, sees=Sees.ALL),
        "is_problem_manager": role(*_IS, sees=Sees.ALL),
        "vendor_incident_manager": vendor_role(*_VENDOR, Duty.IMPROVE, Duty.TEMPLATES, Duty.READ_REPORTS),
        "vendor_problem_manager": vendor_role(*_VENDOR),
        "company_management": role(Duty.LEAD, Duty.HANDLE, Duty.READ_REPORTS, sees=Sees.ALL),
        "project_manager": role(Duty.DISPATCH, sees=Sees.ALL),
        "technical_director": role(Duty.APPROVE, Duty.READ_REPORTS, sees=Sees.ALL, shown=IMPERSONAL),
        "archivist": role(Duty.ARCHIVE, sees=Sees.ALL),
        "configuration_manager": role(Duty.CONFIGURE, sees=Sees.ALL, shown=IMPERSONAL),
        "department_manager": role(Duty.READ_REPORTS, sees=Sees.DEPARTMENT, shown=PUBLIC),
        "process_owner": role(Duty.OWN_PROCESS, Duty.READ_REPORTS, sees=Sees.ALL, shown=IMPERSONAL),
        "administrator": role(
            Duty.ADMINISTER, Duty.IMPERSONATE, Duty.READ_REPORTS, sees=Sees.OWN, shown=PERSONAL
        ),
    }
)  # fmt: skip
"""The model's roles."""


@frozen
class Settings:
    """Which role an escalation reaches, by the word that a chain uses for it."""

    reach: dict[str, str] = field(
        factory=lambda: {
            "desk": "service_desk",
            "manager": "is_incident_manager",
            "is_manager": "is_incident_manager",
            "vendor_manager": "vendor_incident_manager",
            "department": "department_manager",
            "company": "company_management",
            "owner": "process_owner",
            "configuration": "configuration_manager",
        }
    )


@frozen(slots=False)
class VendorManaged(RoleModel):
    """Line 1 is the service desk; what it passes on goes to the vendor whose contract covers it, else in-house."""

    def reporting_line(self, to: str, ticket: Ticket) -> str:
        """The role behind a word; while no vendor has the ticket its manager is IS."""
        return super().reporting_line("is_manager" if to == "vendor_manager" and not ticket.vendor else to, ticket)


class _Plugin:
    def __init__(self, settings: Settings) -> None:
        self._model = VendorManaged("vendor", ROLES, settings.reach)

    @hookimpl
    def itsmkit_organisation(self) -> Organisation:
        """The model of IS and vendor managers."""
        return self._model


def plugin(settings: Settings) -> object:
    """The plugin for those settings."""
    return _Plugin(settings)
