"""The tiered organisation model: a service desk as line 1, specialists behind it, vendors at the end (ORG-04)."""

from types import MappingProxyType

from attrs import field, frozen

from itsmkit import USER, Duty, Organisation, RoleModel, Sees, hookimpl, role, vendor_role

PUBLIC = frozenset({"public"})
IMPERSONAL = frozenset({"public", "internal"})
PERSONAL = frozenset({"public", "personal"})
# The managers' duties of the table in requirements §5: in this model the two managers have them all.
_MANAGER = (
    *(Duty.RECORD, Duty.HANDLE, Duty.MANAGE, Duty.WATCH, Duty.CHAIR, Duty.READ_REPORTS),
    *(Duty.COLLECT, Duty.IMPROVE, Duty.DETERMINE, Duty.ENFORCE, Duty.COMMIT, Duty.TEMPLATES),
)
ROLES = MappingProxyType(
    {
        "user": USER,
        "service_desk": role(Duty.RECORD, Duty.HANDLE, sees=Sees.ALL),
        "support": role(Duty.HANDLE),
        "vendor_support": vendor_role(Duty.HANDLE),
        "incident_manager": role(*_MANAGER, Duty.IMPERSONATE, sees=Sees.ALL),
        "problem_manager": role(*_MANAGER, sees=Sees.ALL),
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
            "manager": "incident_manager",
            "is_manager": "incident_manager",
            "vendor_manager": "incident_manager",
            "department": "department_manager",
            "company": "company_management",
            "owner": "process_owner",
            "configuration": "configuration_manager",
        }
    )


class _Plugin:
    def __init__(self, settings: Settings) -> None:
        self._model = RoleModel("tiered", ROLES, settings.reach)

    @hookimpl
    def itsmkit_organisation(self) -> Organisation:
        """Lines 1 to n: everybody behind line 1 sees what their team has, line 1 and the managers see all."""
        return self._model


def plugin(settings: Settings) -> object:
    """The plugin for those settings."""
    return _Plugin(settings)
