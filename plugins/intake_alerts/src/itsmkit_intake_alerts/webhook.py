"""The payload of Alertmanager's webhook, version 4, checked piece by piece: it comes from outside."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from attrs import frozen

from itsmkit import ItsmError, instant

SIZE = 5 * 2**20
ALERTS = 10_000
VALUE = 2_000
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
_ZERO_YEAR = 1


class NotReadable(ItsmError):
    """It claims to be an Alertmanager notification and isn't a well-formed one; the raw message is kept."""


@frozen
class Alert:
    """One alert of a group: its labels and annotations as clean text, and when it began."""

    firing: bool
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    since: datetime | None
    link: str


@frozen
class Group:
    """What one notification is about: the alerts that Alertmanager holds for one matter."""

    receiver: str
    key: str
    firing: bool
    alerts: tuple[Alert, ...]
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    left_out: int


def read_group(raw: bytes) -> Group | None:
    """The group of a notification; None where it is none of version 4, NotReadable where it is a broken one."""
    if not (raw[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"groupKey"' in raw and b'"alerts"' in raw):
        return None
    if len(raw) > SIZE:
        raise NotReadable(f"the notification is larger than {SIZE} bytes; lower max_alerts of the receiver")
    payload = _json(raw)
    if payload.get("version") != "4" or "groupKey" not in payload or "alerts" not in payload:
        return None
    alerts = payload["alerts"]
    if not isinstance(alerts, list) or not 0 < len(alerts) <= ALERTS:
        raise NotReadable(f"`alerts` must be a list of 1 to {ALERTS} alerts")
    return Group(
        receiver=_text(payload, "receiver"),
        key=_text(payload, "groupKey"),
        firing=_firing(payload),
        alerts=tuple(_alert(alert) for alert in alerts),
        labels=_texts(payload, "commonLabels"),
        annotations=_texts(payload, "commonAnnotations"),
        left_out=_left_out(payload),
    )


def _json(raw: bytes) -> dict[str, Any]:
    try:
        payload = json.loads(raw.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise NotReadable(f"the notification is no valid JSON: {type(error).__name__}") from error
    if not isinstance(payload, dict):
        raise NotReadable("the notification is no JSON object")
    return payload


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _alert(alert: object) -> Alert:
    if not isinstance(alert, dict):
        raise NotReadable("an alert must be an object")
    return Alert(
        firing=_firing(alert),
        labels=_texts(alert, "labels"),
        annotations=_texts(alert, "annotations"),
        since=_moment(_text(alert, "startsAt")),
        link=_link(_text(alert, "generatorURL")),
    )


def _firing(holder: Mapping[str, Any]) -> bool:
    status = holder.get("status")
    if status not in ("firing", "resolved"):
        raise NotReadable("`status` must be firing or resolved")
    return bool(status == "firing")


def _text(holder: Mapping[str, Any], name: str) -> str:
    value = holder.get(name, "")
    if not isinstance(value, str):
        raise NotReadable(f"`{name}` must be a text")
    return clean(value)


def _texts(holder: Mapping[str, Any], name: str) -> Mapping[str, str]:
    value = holder.get(name) or {}
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise NotReadable(f"`{name}` must be an object of texts")
    return {clean(key): clean(one) for key, one in sorted(value.items())}


def clean(text: str) -> str:
    """The text on one line of at most 2,000 characters, without controls and marks of direction."""
    return _CONTROLS.sub(" ", text[:VALUE]).strip()


def _left_out(payload: Mapping[str, Any]) -> int:
    value = payload.get("truncatedAlerts", 0)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise NotReadable("`truncatedAlerts` must be a count")
    return value


def _moment(text: str) -> datetime | None:
    """The instant of an RFC 3339 text; None for Go's zero time and where there is none."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return instant(aware) if aware.year > _ZERO_YEAR else None
    except (ValueError, OverflowError) as error:
        raise NotReadable("`startsAt` must be a time of RFC 3339") from error


def _link(text: str) -> str:
    return text if text.startswith(("https://", "http://")) else ""
