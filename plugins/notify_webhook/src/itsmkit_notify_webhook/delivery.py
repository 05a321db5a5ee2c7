"""One notice to one robot: signed as it asks for, called through the guarded door, and its answer understood."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from itsmkit import NotDelivered, Notice, Sent, one_line
from itsmkit_notify_webhook.egress import Answer, Door, Refused, Unreachable
from itsmkit_notify_webhook.settings import Robot, Settings
from itsmkit_notify_webhook.texts import payload

OK, REDIRECT, MISTAKE = range(200, 300), range(300, 400), (400, 413, 415, 422)
BUSY, BUSY_SECONDS, LONGEST_BUSY = (429, 503), 60.0, 3600.0
RATE = MappingProxyType({"wecom": (45009, 45033), "dingtalk": (130101, 410100, 660026), "feishu": (11232, 9499001)})
"""Codes that mean: too much at once."""
SHUT = MappingProxyType(
    {
        "wecom": (93000, 93004, 93008, 93017, 40014, 42001),
        "dingtalk": (310000, 300001, 300005, 400013, 400101, 400102),
        "feishu": (19001, 19021, 19022, 19024),
    }
)
"""Codes that speak of the robot: its key, its signature, its list of addresses, a group that is gone."""
BAD = MappingProxyType(
    {"wecom": (40008, 40033, 40058, 44004, 45002), "dingtalk": (40035, 43004, 400105), "feishu": (9499,)}
)
"""Codes that speak of this message: it will be no better the next time."""


def deliver(notice: Notice, robot: Robot, settings: Settings, now: float, door: Door | None = None) -> Sent:
    """What the robot said to a notice; NotDelivered where it didn't take it. `now` are the seconds signatures carry."""
    made = payload(notice, robot, settings)
    url, body, headers = request(notice, robot, made.data, now)
    door = door or Door(settings.allow, settings.ca_file)
    try:
        answer = door.post(url, body, headers)
    except (Refused, Unreachable) as fault:
        raise NotDelivered(f"robot {notice.channel}: {one_line(str(fault), 300)}", shut=True) from fault
    reply = verdict(answer, robot, notice.channel)
    return Sent(
        reply, warning=f"robot {notice.channel} got the shipped payload, since {made.fault}" if made.fault else ""
    )


def request(notice: Notice, robot: Robot, data: dict[str, Any], now: float) -> tuple[str, bytes, dict[str, str]]:
    """URL, body and headers of the call, signed where the robot has a secret."""
    url, secret = robot.url.reveal(), robot.secret.reveal()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "itsmkit", "Idempotency-Key": notice.id}
    if secret and robot.sort == "dingtalk":
        stamp = str(int(now * 1000))
        sign = base64.b64encode(_mac(secret.encode(), f"{stamp}\n{secret}".encode())).decode()
        url = f"{url}{'&' if '?' in url else '?'}timestamp={stamp}&sign={quote(sign, safe='')}"
    if secret and robot.sort == "feishu":
        stamp = str(int(now))
        sign = base64.b64encode(_mac(f"{stamp}\n{secret}".encode(), b"")).decode()
        data = {"timestamp": stamp, "sign": sign, **data}
    body = json.dumps(data, ensure_ascii=False).encode()
    if secret and robot.sort == "json":
        stamp = str(int(now))
        headers["X-Itsmkit-Timestamp"] = stamp
        headers["X-Itsmkit-Signature"] = f"sha256={_mac(secret.encode(), f'{stamp}.'.encode() + body).hex()}"
    return url, body, headers


def _mac(key: bytes, said: bytes) -> bytes:
    return hmac.new(key, said, hashlib.sha256).digest()


def verdict(answer: Answer, robot: Robot, name: str) -> str:
    """What a robot said that took the message; NotDelivered with its reason where it didn't, whatever its status."""
    said = one_line(answer.body[:2000].decode("utf-8", "replace"), 200)
    shown = f"robot {name} answered {answer.status} {said}".strip()
    code = _code(answer.body, robot.sort)
    if code and robot.sort in RATE:
        _by_code(code, robot.sort, shown, answer)
    if answer.status in OK:
        if robot.sort in RATE and code is None:
            raise NotDelivered(f"{shown}, which is no answer of a {robot.sort} robot", shut=True)
        return f"{answer.status} {said}".strip()
    if answer.status in BUSY:
        raise NotDelivered(shown, shut=True, again=_again(answer.headers))
    if answer.status in REDIRECT:
        raise NotDelivered(
            f"{shown}: it points elsewhere, and redirects aren't followed; give the address itself", shut=True
        )
    raise NotDelivered(shown, permanent=answer.status in MISTAKE, shut=answer.status not in MISTAKE)


def _by_code(code: int, sort: str, shown: str, answer: Answer) -> None:
    if code in RATE[sort]:
        raise NotDelivered(shown, shut=True, again=_again(answer.headers))
    raise NotDelivered(shown, permanent=code in BAD[sort], shut=code in SHUT[sort])


def _code(body: bytes, sort: str) -> int | None:
    """The robot's own code: 0 where it took the message, None where there is none in the answer."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    for name in ("code", "StatusCode") if sort == "feishu" else ("errcode",):
        if isinstance(found := data.get(name), int) and not isinstance(found, bool):
            return found
    return None


def _again(headers: Mapping[str, str]) -> float:
    """Seconds after which it wants to be asked again, by its own word where that is a sound number."""
    said = headers.get("retry-after", "")
    return min(float(said), LONGEST_BUSY) if said.isascii() and said.isdecimal() and said != "0" else BUSY_SECONDS
