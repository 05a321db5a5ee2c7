"""Reads Alertmanager notifications into an itsmkit desk."""

from attrs import Factory, frozen

from itsmkit import Message, Report, hookimpl


def _severities() -> dict[str, tuple[int, int]]:
    return {
        "critical": (1, 1),
        "page": (1, 1),
        "error": (1, 2),
        "high": (1, 2),
        "major": (1, 2),
        "warning": (2, 2),
        "minor": (2, 3),
        "info": (3, 3),
        "none": (3, 3),
    }


@frozen
class Settings:
    """How a site reads its alerts.

    `severities` gives impact and urgency for each value of the label `severity_label`; what isn't listed is left to
    the desk's rules. `ignore` names values of labels: a group whose alerts all match is received and set aside with
    that reason, and opens no ticket.
    """

    severities: dict[str, tuple[int, int]] = Factory(_severities)
    severity_label: str = "severity"
    service_label: str = "service"
    ci_label: str = "instance"
    ignore: dict[str, tuple[str, ...]] = Factory(dict)


@frozen
class IntakeAlerts:
    """The hook of this plugin, for one desk."""

    settings: Settings

    @hookimpl
    def itsmkit_intake(self, message: Message) -> Report | None:
        """Read a notification of Alertmanager's webhook, version 4, recognised by its content."""
        from itsmkit_intake_alerts.report import Reading, report_of
        from itsmkit_intake_alerts.webhook import read_group

        group = read_group(message.raw)
        if group is None:
            return None
        said = self.settings
        levels = {name.lower(): both for name, both in said.severities.items()}
        return report_of(group, Reading(levels, said.severity_label, said.service_label, said.ci_label, said.ignore))


def plugin(settings: Settings) -> IntakeAlerts:
    """The plugin as set up for one desk."""
    return IntakeAlerts(settings)
