"""What becomes of Alertmanager's notifications."""

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit import ItsmError, Message, Report
from itsmkit_intake_alerts import Settings, plugin

DOWN = {
    "status": "firing",
    "labels": {"alertname": "InstanceDown", "instance": "web-1:9100", "severity": "critical", "service": "shop"},
    "annotations": {"summary": "web-1 is down", "runbook_url": "https://example.org/down"},
    "startsAt": "2026-11-02T09:00:00.123456789Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "generatorURL": "https://prometheus.example.org/graph",
    "fingerprint": "0011223344556677",
}


def notification(*alerts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "version": "4",
        "groupKey": '{}:{alertname="InstanceDown"}',
        "receiver": "desk",
        "status": "firing",
        "alerts": list(alerts or (DOWN,)),
        "groupLabels": {"alertname": "InstanceDown"},
        "commonLabels": {"alertname": "InstanceDown"},
        "commonAnnotations": {},
        "externalURL": "https://alerts.example.org",
        "truncatedAlerts": 0,
    } | changes


def read(payload: Any, settings: Settings | None = None) -> Report | None:
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return plugin(settings or Settings()).itsmkit_intake(Message(raw))


def report(payload: Any, settings: Settings | None = None) -> Report:
    found = read(payload, settings)
    assert found is not None
    return found


def other(**changes: Any) -> dict[str, Any]:
    labels = DOWN["labels"] | changes.pop("labels", {})  # type: ignore[operator]
    return DOWN | {"labels": labels} | changes


@pytest.mark.requirement("INC-06", "alerts of monitoring tools are recognised before they become tickets")
def test_a_notification_becomes_a_report() -> None:
    found = report(notification())
    assert found.title == "InstanceDown: web-1 is down"
    assert found.happened == datetime(2026, 11, 2, 9, 0, 0, 123000, tzinfo=UTC)
    assert (found.channel, found.detected, found.firing) == ("alert", True, True)
    assert (found.service, found.ci, found.impact, found.urgency) == ("shop", "web-1:9100", 1, 1)
    for said in (
        "web-1 is down",
        "runbook_url: https://example.org/down",
        "severity=critical",
        "prometheus.example.org",
    ):
        assert said in found.text


@pytest.mark.requirement("INC-06", "repeats fold into one ticket and recoveries are noted")
def test_repeats_and_the_recovery_carry_the_fingerprint_of_their_matter() -> None:
    first = report(notification())
    again = report(notification(DOWN, other(labels={"instance": "web-2:9100"})))
    over = report(notification(DOWN | {"status": "resolved"}, status="resolved"))
    elsewhere = report(notification(groupKey='{}:{alertname="DiskFull"}'))
    for_others = report(notification(receiver="others"))
    assert first.fingerprint == again.fingerprint == over.fingerprint
    assert len({first.fingerprint, elsewhere.fingerprint, for_others.fingerprint}) == 3
    assert (first.firing, again.firing, over.firing) == (True, True, False)


def test_a_group_names_only_what_its_alerts_agree_on() -> None:
    later = other(labels={"instance": "web-2:9100", "severity": "warning"}, startsAt="2026-11-02T08:30:00+01:00")
    found = report(notification(DOWN, later, truncatedAlerts=3))
    assert found.title == "InstanceDown (5 alerts)"
    assert (found.service, found.ci) == ("shop", "")
    assert (found.impact, found.urgency) == (1, 1)
    assert found.happened == datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
    assert "and 3 more alerts" in found.text


def test_only_what_still_fires_counts_for_the_levels() -> None:
    found = report(notification(DOWN | {"status": "resolved"}, other(labels={"severity": "info"})))
    assert (found.impact, found.urgency) == (3, 3)


def test_an_unknown_severity_is_left_to_the_rules_of_the_desk() -> None:
    found = report(notification(other(labels={"severity": "purple"})))
    assert (found.impact, found.urgency) == (0, 0)


def test_a_site_names_its_own_labels_and_levels() -> None:
    settings = Settings(severities={"P1": (1, 2)}, severity_label="prio", service_label="app", ci_label="host")
    found = report(notification(other(labels={"prio": "p1", "app": "mail", "host": "mx1"})), settings)
    assert (found.impact, found.urgency, found.service, found.ci) == (1, 2, "mail", "mx1")


@pytest.mark.requirement("INC-06", "alerts are filtered before they become tickets")
def test_a_filtered_group_says_why_and_one_that_holds_more_is_not_filtered() -> None:
    settings = Settings(ignore={"severity": ("info", "none")})
    quiet = other(labels={"severity": "info"})
    assert report(notification(quiet), settings).ignored == "filtered by severity=info"
    assert report(notification(quiet, DOWN), settings).ignored == ""
    assert report(notification(quiet, truncatedAlerts=1), settings).ignored == ""
    assert report(notification(quiet)).ignored == ""


def test_control_characters_and_turns_of_direction_stay_outside() -> None:
    found = report(notification(DOWN | {"annotations": {"summary": "a\r\nBcc: b\u202eexe\ud800"}}))
    assert found.title == "InstanceDown: a Bcc: b exe"


def test_a_link_that_is_no_web_address_is_left_out() -> None:
    assert "javascript" not in report(notification(DOWN | {"generatorURL": "javascript:alert(1)"})).text


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"From: a@example.org\r\nDate: x\r\n\r\nhello",
        b"[]",
        b'{"message": "demo"}',
        json.dumps(notification(version="1")).encode(),
        json.dumps({"about": '"groupKey" "alerts"'}).encode(),
    ],
)
def test_anything_else_is_left_to_others(raw: bytes) -> None:
    assert read(raw) is None


BROKEN: list[Any] = [
    notification(alerts={}),
    notification(alerts=[]),
    notification(alerts=[1]),
    notification(alerts=[None]),
    notification(alerts=[DOWN] * 10_001),
    notification(groupKey=7),
    notification(receiver=None),
    notification(status="maybe"),
    notification(status=["firing"]),
    notification(commonLabels=[1]),
    notification(commonAnnotations={"a": {"b": 1}}),
    notification(truncatedAlerts="many"),
    notification(truncatedAlerts=True),
    notification(truncatedAlerts=-1),
    notification(DOWN | {"startsAt": "yesterday"}),
    notification(DOWN | {"startsAt": "9999-12-31T23:59:59-23:00"}),
    notification(DOWN | {"startsAt": 5}),
    notification(DOWN | {"labels": {"a": 1}}),
    notification(DOWN | {"labels": "a=1"}),
    notification(DOWN | {"status": None}),
    b'{"groupKey": "x", "alerts": NaN, "version": "4"}',
    b'{"groupKey": "x", "alerts": [' + b"9" * 5000 + b'], "version": "4"}',
    b'{"groupKey": "x", "alerts": [',
    b'{"groupKey": "\xff", "alerts": []}',
    b'{"groupKey": "x", "alerts": ' + b"[" * 100_000,
    b'{"groupKey": "x", "alerts": ' + b'{"a":' * 100_000,
    b'{"groupKey": "x", "alerts": "' + b"x" * 10_000_000 + b'"}',
]


@pytest.mark.parametrize("payload", BROKEN, ids=[str(at) for at in range(len(BROKEN))])
def test_a_broken_notification_is_said_to_be_one_quickly(payload: Any) -> None:
    start = time.process_time()
    with pytest.raises(ItsmError):
        read(payload)
    assert time.process_time() - start < 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(name=st.sampled_from(sorted(notification())), value=JSON, within=st.sampled_from([None, *sorted(DOWN)]))
def test_whatever_stands_in_a_field_it_is_a_report_or_a_clear_error(name: str, value: Any, within: str | None) -> None:
    payload = notification(**{name: value}) if within is None else notification(DOWN | {within: value})
    try:
        found = read(payload)
    except ItsmError:
        return
    assert found is None or (found.title.isprintable() and found.fingerprint)


@given(st.binary())
def test_any_bytes_are_survived(raw: bytes) -> None:
    for before in (b"", b'{"groupKey": "alerts", "alerts": '):
        try:
            read(before + raw)
        except ItsmError:
            continue


@pytest.mark.skipif("ITSMKIT_DATA" not in os.environ, reason="ITSMKIT_DATA names no folder of webhook examples")
def test_real_examples_of_version_4_are_read_and_other_tools_left_alone() -> None:
    folder = Path(os.environ["ITSMKIT_DATA"])
    examples = json.loads((folder / "webhooks_oncall.json").read_text())
    ours = {name for name, one in examples.items() if one["example_payload"].get("version") == "4"}
    assert {"alertmanager", "legacy_alertmanager"} <= ours
    for name, one in examples.items():
        found = read(one["example_payload"])
        assert (found is not None) == (name in ours), name
        if found:
            alert = one["example_payload"]["alerts"][0]
            assert alert["labels"]["alertname"] in found.title
            assert found.firing
            assert found.happened is not None
    rules = json.loads((folder / "webhooks_keep.json").read_text())
    for name, rule in rules["prometheus_provider"]["ALERTS"].items():
        said = rule["payload"]
        alert = {
            "status": "firing",
            "labels": said["labels"] | {"alertname": name},
            "annotations": {"summary": said["summary"]},
        }
        found = report(notification(alert))
        assert found.title == f"{name}: {said['summary']}"
        assert found.impact > 0
    assert not [name for name, one in rules.items() if read(one) is not None]
