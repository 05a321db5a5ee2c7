"""What a robot says: a payload in JSON, filled in after it was parsed, so that no text can break out of its place."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from string import Template
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen

from itsmkit import Notice, heading, label, one_line, paragraphs
from itsmkit_notify_webhook.settings import Robot, Settings

SHIPPED = Path(__file__).parent / "payloads"
MOST_TEMPLATE, MOST_OUT = 64 * 1024, 256 * 1024
MOST_TITLE, MOST_SAID = 150, 1_000
MOST_TEXT: Mapping[str, int] = MappingProxyType(
    {"wecom": 4_000, "dingtalk": 15_000, "feishu": 15_000, "slack": 15_000, "json": 15_000}
)
"""Bytes of a whole text, below what each robot takes."""
LINES = ("status", "priority", "team", "reporter", "due", "visit_at", "place", "visitor", "said", "solution", "report")
"""The facts that are told, in their order."""
_ENGLISH = {
    "status": "Status", "priority": "Priority", "team": "Team", "reporter": "Reporter", "due": "Due",
    "visit_at": "When", "place": "Where", "visitor": "Who", "said": "Said", "solution": "Solution",
    "report": "Report", "used": "{share} % of the {clock} are used up", "count": "{count} pieces of news", "mark": ": ",
}  # fmt: skip
_CHINESE = {
    "status": "状态", "priority": "优先级", "team": "处理团队", "reporter": "报告人", "due": "时限",
    "visit_at": "时间", "place": "地点", "visitor": "上门人员", "said": "说明", "solution": "解决方案",
    "report": "报告内容", "used": "{clock}已用去 {share}%", "count": "通知汇总（{count} 条）", "mark": "：",
}  # fmt: skip
_WORDS = {"en": _ENGLISH, "zh": _CHINESE}
# Mentions, links and emphasis are the robot's to make, not a reporter's. Where a chat has no way to quote them, the
# wide twins of its signs are shown.
_WIDE = str.maketrans({"<": "＜", ">": "＞", "[": "［", "]": "］", "*": "＊", "`": "'", "@": "＠"})  # noqa: RUF001 - as it says
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


@frozen
class Payload:
    """The body for a robot; `fault` says why the site's template gave way to the shipped one, "" where it didn't."""

    data: dict[str, Any]
    fault: str = ""


def payload(notice: Notice, robot: Robot, settings: Settings) -> Payload:
    """The body for a notice in its language. Never fails on content, nor on what a site's template holds."""
    language = robot.language or notice.language
    language = language if language in _WORDS else "en"
    words = _facts(notice, robot.sort, language, ZoneInfo(settings.zone))
    for path in _own(notice, robot, settings, language):
        try:
            return Payload(_filled_in(path, words))
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as fault:
            why = one_line(f"{type(fault).__name__}: {fault}", 200)
            return Payload(_filled_in(SHIPPED / f"{robot.sort}.json", words), f"{path.name} failed: {why}")
    return Payload(_filled_in(SHIPPED / f"{robot.sort}.json", words))


def _own(notice: Notice, robot: Robot, settings: Settings, language: str) -> list[Path]:
    if settings.templates is None or not notice.template.replace("_", "").replace("-", "").isalnum():
        return []
    folder = settings.templates / language
    return [folder / f"{notice.template}.json", folder / f"{robot.sort}.json"]


def _filled_in(path: Path, words: Mapping[str, str]) -> dict[str, Any]:
    with path.open("rb") as file:
        source = file.read(MOST_TEMPLATE + 1)
    if len(source) > MOST_TEMPLATE:
        raise ValueError(f"longer than {MOST_TEMPLATE} bytes")
    filled = _filled(json.loads(source), words)
    if not isinstance(filled, dict):
        raise TypeError("no JSON object")
    if len(json.dumps(filled)) > MOST_OUT:
        raise ValueError(f"would be longer than {MOST_OUT} bytes")
    return filled


def _filled(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return Template(value).substitute(words)
    if isinstance(value, list):
        return [_filled(one, words) for one in value]
    if isinstance(value, dict):
        return {name: _filled(one, words) for name, one in value.items()}
    return value


def _facts(notice: Notice, sort: str, language: str, zone: ZoneInfo) -> dict[str, str]:
    """Every fact as text that is safe in that chat, and `subject` and `text` made of them."""
    known = {"number": notice.number, "title": "", "status": "", "kind": "", "event": "", **notice.args}
    facts = {name: _safe(_shown(name, value, language, zone), sort) for name, value in known.items() if name != "items"}
    facts = {name: one for name, one in facts.items() if name.isidentifier()}
    about = {"id": notice.id, "rule": notice.rule, "recipient": notice.recipient, "address": notice.address}
    facts |= {name: _safe(value, sort) for name, value in about.items()}
    what = _safe(heading(notice.rule, language), sort)
    number = facts["number"] if notice.about else ""
    facts["subject"] = " ".join(filter(None, (what, number, facts["title"])))
    facts["text"] = _text(notice, facts, what, sort=sort, language=language)
    return facts


def _text(notice: Notice, facts: Mapping[str, str], what: str, *, sort: str, language: str) -> str:
    words = _WORDS[language]
    number = facts["number"] if notice.about else ""
    lines = [" ".join(filter(None, (_strong(what, sort), number, facts["title"])))]
    if isinstance(items := notice.args.get("items"), list):
        lines = [_strong(words["count"].format(count=len(items)), sort)]
        for one in items:
            title = _safe(one_line(str(one.get("title", "")), MOST_TITLE), sort)
            said = _safe(heading(str(one.get("rule", "")), language), sort)
            lines.append(f"- {_safe(str(one.get('number', '')), sort)} {said}{words['mark']}{title}")
    if facts.get("clock") and facts.get("share"):
        lines.append(words["used"].format(share=facts["share"], clock=facts["clock"]))
    lines += [f"{words[name]}{words['mark']}{facts[name]}" for name in LINES if facts.get(name) not in (None, "", "0")]
    # A single line end is none to DingTalk.
    text = ("\n\n" if sort == "dingtalk" else "\n").join(lines)
    return _cut(text, MOST_TEXT[sort])


def _strong(text: str, sort: str) -> str:
    mark = {"wecom": "**", "dingtalk": "**", "slack": "*"}.get(sort, "")
    return f"{mark}{text}{mark}" if text else ""


def _shown(name: str, value: Any, language: str, zone: ZoneInfo) -> str:
    if not isinstance(value, str):
        return "" if value is None or isinstance(value, bool) else str(value)[:MOST_TITLE]
    if name in ("kind", "status", "clock"):
        return label(one_line(value, MOST_TITLE), language)
    if name in ("due", "visit_at") and value:
        try:
            return f"{datetime.fromisoformat(value).astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})"
        except (ValueError, OverflowError):
            return one_line(value, MOST_TITLE)
    if name in ("said", "solution", "report"):
        return paragraphs(value, MOST_SAID).strip()
    return one_line(value, MOST_TITLE)


def _safe(text: str, sort: str) -> str:
    if sort == "json":
        return text
    return text.translate(_ENTITIES if sort == "slack" else _WIDE)


def _cut(text: str, most: int) -> str:
    data = text.encode("utf-8", "replace")
    return text if len(data) <= most else f"{data[: most - 3].decode('utf-8', 'ignore')}…"
