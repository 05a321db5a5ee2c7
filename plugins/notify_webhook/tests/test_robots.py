"""Robots: payloads that nothing breaks out of, signatures as each wants them, and answers that are understood."""

import base64
import hashlib
import hmac
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit import NotDelivered, Notice, Secret, Sent
from itsmkit.testing import AT, PluginContract, notice
from itsmkit_notify_webhook import NotifyWebhook, Robot, Settings, plugin
from itsmkit_notify_webhook.delivery import request
from itsmkit_notify_webhook.settings import SORTS
from itsmkit_notify_webhook.texts import MOST_TEXT, payload

ALLOW = ("127.0.0.0/8",)
KEY = "SEC123"
NOW = 1_772_442_000.5
FACTS = {
    "title": "打印机 3 is on fire", "kind": "incident", "status": "in_progress", "event": "escalated", "priority": 1,
    "team": "net", "reporter": "Ann", "due": AT.isoformat(), "clock": "resolution", "share": 80, "said": "so\nthere",
}  # fmt: skip


def a_notice(**values: Any) -> Notice:
    known = {"channel": "ops", "rule": "escalated", "template": "escalated", "args": FACTS, "language": "en"}
    return notice(**{**known, **values})


def robot(sort: str, url: str = "https://robot.example/hook?key=k", **values: Any) -> Robot:
    return Robot(sort, Secret(url), **values)


def deliver(sort: str, server: Any, secret: str = "", **values: Any) -> Sent:
    own = Settings({"ops": robot(sort, server.url(), secret=Secret(secret))}, allow=ALLOW)
    sent = NotifyWebhook(own, lambda: NOW).itsmkit_deliver(a_notice(**values))
    assert isinstance(sent, Sent)
    return sent


def text_of(sort: str, data: dict[str, Any]) -> str:
    place = {"wecom": ("markdown", "content"), "dingtalk": ("markdown", "text"), "feishu": ("content", "text")}
    for name in place.get(sort, ("text",)):
        data = data[name]
    assert isinstance(data, str)
    return data


class TestContract(PluginContract):
    def plugin(self) -> object:
        return plugin(Settings({"ops": robot("wecom")}))


# what they are told


@pytest.mark.parametrize("sort", SORTS)
def test_a_robot_is_told_in_its_own_form(start: Any, sort: str) -> None:
    server = start()
    assert deliver(sort, server).reply.startswith("200")
    (told,) = server.told
    assert told.path == "/hook?key=k"
    assert told.headers["content-type"] == "application/json; charset=utf-8"
    assert told.headers["idempotency-key"] == a_notice().id
    text = text_of(sort, json.loads(told.body))
    for words in (
        "escalated",
        "T26-000001",
        "打印机 3 is on fire",
        "80 % of the resolution time",
        "Priority: 1",
        "2026-03-02",
    ):
        assert words in text


def test_in_chinese() -> None:
    data = payload(a_notice(language="zh"), robot("wecom"), Settings(zone="Asia/Shanghai")).data
    assert data["markdown"]["content"] == (
        "**事件升级** T26-000001 打印机 3 is on fire\n解决时限已用去 80%\n状态：处理中\n优先级：1\n"
        "处理团队：net\n报告人：Ann\n时限：2026-03-02 17:00 (Asia/Shanghai)\n说明：so\nthere"
    )


def test_a_digest_lists_what_it_collected() -> None:
    items = [
        {"number": "T26-000001", "title": "a <b>", "rule": "resolved"},
        {"number": "T26-000002", "title": "c", "rule": "own"},
    ]
    about = a_notice(rule="digest", template="digest", number="DESK", about="", args={"count": 2, "items": items})
    assert payload(about, robot("slack"), Settings()).data["text"] == (
        "*2 pieces of news*\n- T26-000001 resolved: a &lt;b&gt;\n- T26-000002 own: c"
    )


@pytest.mark.parametrize("sort", ["wecom", "dingtalk", "feishu"])
def test_a_reporter_can_mention_link_and_shout_at_nobody(sort: str) -> None:
    evil = '<@all> @all <at user_id="all"></at> [click](https://evil.example) **now** `x`'
    text = text_of(sort, payload(a_notice(args={**FACTS, "title": evil}), robot(sort), Settings()).data)
    first = text.split("\n")[0].replace("**escalated**", "")
    assert not set("<>[]@`*") & set(first)


def test_slack_s_signs_are_quoted() -> None:
    text = text_of(
        "slack", payload(a_notice(args={"title": "<!channel> & <https://x|y>"}), robot("slack"), Settings()).data
    )
    assert "&lt;!channel&gt; &amp; &lt;https://x|y&gt;" in text


@settings(max_examples=150, deadline=None)
@given(st.text(), st.text(), st.sampled_from(SORTS), st.sampled_from(["en", "zh", "", "fr"]))
def test_no_content_breaks_a_payload_or_makes_it_fail(title: str, said: str, sort: str, language: str) -> None:
    about = a_notice(
        args={"title": title, "said": said * 50, "share": title, "due": said, "x y": 1, "$": said}, language=language
    )
    made = payload(about, robot(sort), Settings())
    assert made.fault == ""
    _, body, _ = request(about, robot(sort), made.data, NOW)
    data = json.loads(body)
    assert len(text_of(sort, data).encode()) <= MOST_TEXT[sort]
    assert data.keys() == payload(a_notice(), robot(sort), Settings()).data.keys()


# a site's own payloads


def own(tmp_path: Path, name: str, source: str) -> Settings:
    (tmp_path / "en").mkdir(exist_ok=True)
    (tmp_path / "en" / name).write_text(source, "utf-8")
    return Settings(templates=tmp_path)


@pytest.mark.parametrize("name", ["escalated.json", "slack.json"])
def test_a_site_s_own_payload_wins(tmp_path: Path, name: str) -> None:
    chosen = own(tmp_path, name, '{"text": "$number!", "more": [{"a": "$title"}, 1, null, true]}')
    made = payload(a_notice(args={"title": 'x", "b": "y'}), robot("slack"), chosen)
    assert made.data == {"text": "T26-000001!", "more": [{"a": 'x", "b": "y'}, 1, None, True]}


@pytest.mark.parametrize(
    "source",
    ["{", "[]", '{"a": "$absent"}', '{"a": "$"}', "\xff", '{"a": ' * 100_000, '{"a": "' + "x" * 70_000 + '"}', "7",
     '{"a": "${title.__class__}"}', '{"a": [' + '"$said",' * 4_000 + '"x"]}'],
    ids=range(10),
)  # fmt: skip
def test_a_payload_that_fails_gives_the_shipped_one_and_a_warning(tmp_path: Path, source: str, start: Any) -> None:
    chosen = own(tmp_path, "slack.json", source)
    about = a_notice(args={**FACTS, "said": "y" * 1_000})
    made = payload(about, robot("slack"), chosen)
    assert made.fault.startswith("slack.json failed: ")
    assert made.data == payload(about, robot("slack"), Settings()).data
    server = start()
    from attrs import evolve

    there = evolve(chosen, robots={"ops": robot("slack", server.url())}, allow=ALLOW)
    sent = NotifyWebhook(there, lambda: NOW).itsmkit_deliver(about)
    assert sent is not None
    assert "got the shipped payload, since slack.json failed" in sent.warning


def test_no_template_leads_out_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text('{"text": "out"}')
    chosen = own(tmp_path, "x.json", "{}")
    assert payload(a_notice(template="../secret"), robot("slack"), chosen).data["text"] != "out"


# signatures


def test_dingtalk_is_signed_in_the_address(start: Any) -> None:
    server = start()
    deliver("dingtalk", server, secret=KEY)
    query = parse_qs(urlsplit(server.told[0].path).query)
    wanted = hmac.new(KEY.encode(), f"1772442000500\n{KEY}".encode(), hashlib.sha256).digest()
    assert query == {"key": ["k"], "timestamp": ["1772442000500"], "sign": [base64.b64encode(wanted).decode()]}


def test_feishu_is_signed_in_the_body(start: Any) -> None:
    server = start()
    deliver("feishu", server, secret=KEY)
    body = json.loads(server.told[0].body)
    wanted = hmac.new(f"1772442000\n{KEY}".encode(), b"", hashlib.sha256).digest()
    assert (body["timestamp"], body["sign"]) == ("1772442000", base64.b64encode(wanted).decode())


def test_a_json_service_can_check_time_and_body(start: Any) -> None:
    server = start()
    deliver("json", server, secret=KEY)
    (told,) = server.told
    stamp = told.headers["x-itsmkit-timestamp"]
    wanted = hmac.new(KEY.encode(), stamp.encode() + b"." + told.body, hashlib.sha256).hexdigest()
    assert told.headers["x-itsmkit-signature"] == f"sha256={wanted}"


def test_a_repeated_delivery_has_the_same_key(start: Any) -> None:
    server = start()
    deliver("json", server)
    deliver("json", server, tries=3)
    assert len({one.headers["idempotency-key"] for one in server.told}) == 1


# answers


@pytest.mark.parametrize(
    ("sort", "status", "body", "permanent", "shut", "again"),
    [
        ("wecom", 200, '{"errcode":45009,"errmsg":"api freq out of limit"}', False, True, 60),
        ("wecom", 200, '{"errcode":93000,"errmsg":"invalid webhook url"}', False, True, 0),
        ("wecom", 200, '{"errcode":40058,"errmsg":"invalid param"}', True, False, 0),
        ("wecom", 200, '{"errcode":-1,"errmsg":"system busy"}', False, False, 0),
        ("wecom", 200, "<html>captive portal</html>", False, True, 0),
        ("wecom", 200, '{"errcode":"0"}', False, True, 0),
        ("dingtalk", 200, '{"errcode":310000,"errmsg":"sign not match"}', False, True, 0),
        ("dingtalk", 200, '{"errcode":130101,"errmsg":"send too fast"}', False, True, 60),
        ("dingtalk", 200, '{"errcode":400105,"errmsg":"unsupported msgtype"}', True, False, 0),
        ("feishu", 200, '{"code":19021,"msg":"sign match fail"}', False, True, 0),
        ("feishu", 200, '{"code":11232,"msg":"frequency limited"}', False, True, 60),
        ("feishu", 400, '{"code":9499,"msg":"Bad Request"}', True, False, 0),
        ("slack", 400, "invalid_payload", True, False, 0),
        ("slack", 403, "action_prohibited", False, True, 0),
        ("slack", 404, "no_service", False, True, 0),
        ("slack", 410, "channel_is_archived", False, True, 0),
        ("slack", 500, "rollup_error", False, True, 0),
        ("json", 422, "{}", True, False, 0),
        ("json", 401, "", False, True, 0),
        ("json", 302, "", False, True, 0),
        ("json", 503, "", False, True, 60),
        ("json", 500, "[" * 100_000, False, True, 0),
    ],
)
def test_what_an_answer_means(
    start: Any, sort: str, status: int, body: str, *, permanent: bool, shut: bool, again: float
) -> None:
    server = start()
    server.status, server.body = status, body.encode()
    with pytest.raises(NotDelivered) as caught:
        deliver(sort, server)
    fault = caught.value
    assert (fault.permanent, fault.shut, fault.again) == (permanent, shut, again)
    assert str(fault).startswith("robot ops answered")
    assert "key=k" not in str(fault)


@pytest.mark.parametrize(
    ("said", "again"), [("7", 7), ("0", 60), ("-1", 60), ("soon", 60), ("9" * 400, 3600), ("٣", 60)]
)
def test_when_a_busy_robot_wants_to_be_asked_again(start: Any, said: str, again: float) -> None:
    server = start()
    server.status, server.headers = 429, {"Retry-After": said.encode().decode("latin-1")}
    with pytest.raises(NotDelivered) as caught:
        deliver("slack", server)
    assert (caught.value.shut, caught.value.again) == (True, again)


def test_a_feishu_robot_may_answer_in_its_older_words(start: Any) -> None:
    server = start()
    server.body = b'{"StatusCode":0,"StatusMessage":"success"}'
    assert deliver("feishu", server).reply.startswith("200")


def test_a_robot_that_isn_t_there_shuts_its_channel_and_its_key_isn_t_told() -> None:
    for url in ("http://127.0.0.1:9/hook?key=k", "https://10.0.0.1/hook?key=k", "nonsense key=k"):
        own = Settings({"ops": robot("wecom", url)}, allow=ALLOW)
        with pytest.raises(NotDelivered) as caught:
            plugin(own).itsmkit_deliver(a_notice())
        assert caught.value.shut
        assert "key=k" not in str(caught.value)


def test_other_channels_are_others_business() -> None:
    assert plugin(Settings()).itsmkit_deliver(a_notice()) is None


# settings


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: Robot("icq", Secret("https://x")), "sort"),
        (lambda: Robot("wecom", Secret("")), "url"),
        (lambda: robot("wecom", persons=True), "knows no persons"),
        (lambda: robot("wecom", language="fr"), "language"),
        (lambda: Settings(allow=("10.0.0.0/99",)), "write it as: 10.1.2.0/24"),
        (lambda: Settings(zone="Mars/Base"), "Asia/Shanghai"),
    ],
)
def test_what_can_t_be_is_refused_with_what_to_do(wrong: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        wrong()


def test_an_address_is_never_shown() -> None:
    assert "key=k" not in repr(Settings({"ops": robot("wecom")}))


def test_each_robot_is_a_channel() -> None:
    made = plugin(Settings({"ops": robot("wecom"), "sms": robot("json", persons=True)}))
    assert [(one.name, one.group) for one in made.itsmkit_channels()] == [("ops", True), ("sms", False)]


def test_naming_the_plugin_loads_no_network() -> None:
    make = "import sys, itsmkit_notify_webhook as p; p.plugin(p.Settings())"
    code = f"{make}; print([one for one in 'http.client ssl socket'.split() if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603 - ours
    assert done.stdout.strip() == "[]"
