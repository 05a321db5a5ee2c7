"""From a group of alerts to a report."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from itertools import islice

from attrs import frozen

from itsmkit import Report
from itsmkit_intake_alerts.webhook import Alert, Group

_SHOWN = 50
_FINGERPRINT = 32


@frozen
class Reading:
    """How labels are read: the levels of severities, which labels name service and CI, which alerts are filtered."""

    severities: Mapping[str, tuple[int, int]]
    severity_label: str
    service_label: str
    ci_label: str
    ignore: Mapping[str, tuple[str, ...]]


def report_of(group: Group, reading: Reading) -> Report:
    """The report on a group (INC-06): one fingerprint for the matter however often it is told, firing or recovered.

    Levels are those of its worst severity. Service and CI are named where all its alerts agree on them.
    """
    current = tuple(alert for alert in group.alerts if alert.firing) or group.alerts
    impact, urgency = _levels(current, reading)
    begun = [alert.since for alert in current if alert.since]
    return Report(
        title=_title(group),
        text="\n".join(_lines(group)),
        ignored=_filtered(group, reading),
        channel="alert",
        service=_agreed(group, reading.service_label),
        ci=_agreed(group, reading.ci_label),
        impact=impact,
        urgency=urgency,
        happened=min(begun, default=None),
        detected=True,
        fingerprint=fingerprint(group),
        firing=group.firing,
    )


def fingerprint(group: Group) -> str:
    """The matter: the receiver and the group's key, 128 bits of their digest."""
    matter = json.dumps([group.receiver, group.key]).encode()
    return hashlib.sha256(matter).hexdigest()[:_FINGERPRINT]


def _title(group: Group) -> str:
    name = _agreed(group, "alertname") or group.key or "alert"
    if len(group.alerts) > 1:
        said = _said(group.annotations)
        return f"{name} ({len(group.alerts) + group.left_out} alerts)" + (f": {said}" if said else "")
    said = _said(group.alerts[0].annotations) or _said(group.annotations) or group.alerts[0].labels.get("instance", "")
    return f"{name}: {said}" if said else name


def _said(annotations: Mapping[str, str]) -> str:
    names = ("summary", "title", "message", "description")
    return next((annotations[name] for name in names if annotations.get(name)), "")


def _agreed(group: Group, label: str) -> str:
    values = {alert.labels.get(label, "") for alert in group.alerts}
    return values.pop() if len(values) == 1 else group.labels.get(label, "")


def _levels(alerts: tuple[Alert, ...], reading: Reading) -> tuple[int, int]:
    named = (alert.labels.get(reading.severity_label, "").lower() for alert in alerts)
    known = [reading.severities[name] for name in named if name in reading.severities]
    return min(known, key=sum) if known else (0, 0)


def _filtered(group: Group, reading: Reading) -> str:
    reasons = [_matcher(alert, reading.ignore) for alert in group.alerts]
    return f"filtered by {', '.join(sorted(set(reasons)))}" if all(reasons) and not group.left_out else ""


def _matcher(alert: Alert, ignore: Mapping[str, tuple[str, ...]]) -> str:
    matched = (label for label, values in ignore.items() if alert.labels.get(label) in values)
    return next((f"{label}={alert.labels[label]}" for label in matched), "")


def _lines(group: Group) -> Iterator[str]:
    yield f"{'Firing' if group.firing else 'Resolved'}, told by receiver {group.receiver or '-'}, group {group.key}"
    for alert in islice(group.alerts, _SHOWN):
        yield ""
        since = f" since {alert.since:%Y-%m-%d %H:%M:%S} UTC" if alert.since else ""
        yield f"{'firing' if alert.firing else 'resolved'}{since}: {_said(alert.annotations) or '-'}"
        yield from (f"  {name}: {value}" for name, value in alert.annotations.items() if value)
        yield "  labels: " + ", ".join(f"{name}={value}" for name, value in alert.labels.items())
        if alert.link:
            yield f"  {alert.link}"
    hidden = max(0, len(group.alerts) - _SHOWN) + group.left_out
    if hidden:
        yield ""
        yield f"and {hidden} more alerts"
