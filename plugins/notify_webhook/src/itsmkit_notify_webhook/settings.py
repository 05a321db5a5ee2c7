"""The settings of this plugin, checked when they are read."""

from ipaddress import ip_network
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from attrs import field, frozen, validators

from itsmkit import Secret

SORTS = ("wecom", "dingtalk", "feishu", "slack", "json")


def _is_zone(_settings: Any, _attribute: Any, value: str) -> None:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as fault:
        raise ValueError(f"unknown time zone {value!r}; write it as: Asia/Shanghai") from fault


def _are_networks(_settings: Any, _attribute: Any, value: tuple[str, ...]) -> None:
    for one in value:
        try:
            ip_network(one)
        except ValueError as fault:
            raise ValueError(f"allow: {one!r} is no network; write it as: 10.1.2.0/24") from fault


@frozen
class Robot:
    """One robot: whose it is, its address, and what it signs with.

    `url` is a secret, since whoever knows it may write into the group: "env:NAME" or "file:PATH". `secret` is what
    DingTalk and Feishu call the signing key; for "json" it signs the body. `language` is used instead of the
    recipient's. A "json" service that finds its `persons` by their mail address is told whom a notice is for.
    """

    sort: str = field(validator=validators.in_(SORTS))
    url: Secret
    secret: Secret = field(default=Secret())
    language: str = field(default="", validator=validators.in_(("", "en", "zh")))
    persons: bool = False

    def __attrs_post_init__(self) -> None:
        if not self.url:
            raise ValueError('a robot needs a url; give it as "env:NAME" or "file:PATH", it is a secret')
        if self.persons and self.sort != "json":
            raise ValueError(f"a {self.sort} robot writes to its group, it knows no persons")


@frozen
class Settings:
    """Which robots there are, each a channel for rules by its name, and where they may be.

    Only public addresses by https are called. `allow` lists further networks of the site's own; inside them http will
    do. `ca_file` replaces the system's authorities. `templates` is a folder of the site whose
    `<language>/<template>.json` or `<language>/<sort>.json` win over the shipped payloads; `zone` is for times shown.
    """

    robots: dict[str, Robot] = field(factory=dict)
    allow: tuple[str, ...] = field(default=(), validator=_are_networks)
    ca_file: Path | None = None
    templates: Path | None = None
    zone: str = field(default="UTC", validator=_is_zone)
