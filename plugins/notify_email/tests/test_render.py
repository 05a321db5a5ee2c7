"""Templates: each in both languages, the site's own, and those that try to get out."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from itsmkit import RULES, Clock, Contact, Draft, Notice, Referral, Status, Target, Ticket, drafts_by_rules
from itsmkit.testing import AT, change, notice, ticket
from itsmkit_notify_email import Settings
from itsmkit_notify_email.render import MOST_OUT, Renderer, Text

SETTINGS = Settings(zone="Asia/Shanghai")
RENDERER = Renderer(SETTINGS)


def a_ticket() -> Ticket:
    return ticket(
        title="打印机 3 is on fire",
        text="It burns.\n\nStill.",
        kind="incident",
        status=Status.IN_PROGRESS,
        priority=1,
        major=True,
        team="net",
        assignee="ed",
        requester="ann",
        owner="bob",
        contact=Contact("Ann", "ann@example.org"),
        solution="Water.\nA lot of it.",
        workaround=True,
        place="Room 4",
        clocks=(Clock(Target("resolution", 3600, "office"), AT, due=AT),),
    )


A_REFERRAL = Referral(id="1", number="V26-000001", about="T26-000001", title="打印机 3 is on fire", vendor="acme",
                      asked_by="bob", reference="SR-4711")  # fmt: skip
ARGS = {"channel": "email", "requester": True, "at": AT.isoformat(), "line": 1, "priority": 1, "suggest": "db",
        "role": "manager", "clock": "resolution", "share": 80}  # fmt: skip

PEOPLE = {"people": ["carol"]}


def notices() -> list[Notice]:
    """A notice of each shipped rule, drafted from an event that the rule is for; and the two that are about none."""
    made = []
    for rule in RULES:
        on = rule.on[0]
        draft = Draft(
            on.code,
            "core",
            on.step,
            on.outcome,
            {**ARGS, **on.args},
            PEOPLE,
            {"text": "said\nso", "who": "Ed"},
            "public",
        )
        about = a_ticket()
        events = change(about, draft).events
        told = drafts_by_rules([rule], "email", events[0], about, A_REFERRAL if rule.about == "referral" else None)
        made += [notice(template=one.template, rule=one.rule, args=dict(one.args)) for one in told]
    items = [{"number": "T26-000001", "rule": "resolved", "title": "打印机"},
             {"number": "T26-000002", "rule": "our-own", "title": "a\r\nb"}]  # fmt: skip
    made.append(notice(number="DESK", template="digest", rule="digest", args={"count": 2, "items": items}))
    trouble = {"title": "channel robot is shut", "said": "channel robot is shut: 401"}
    made.append(notice(number="DESK", template="trouble", rule="operators", args=trouble))
    return made


def text_of(source: str, tmp_path: Path, **values: Any) -> Text:
    """What a site's template of that source makes of a notice."""
    (tmp_path / "en").mkdir(exist_ok=True)
    (tmp_path / "en" / "own.txt").write_text(source, encoding="utf-8")
    args = {"title": "printer", "event": "opened", "text": "t", "number": "T26-000001", **values}
    return Renderer(Settings(templates=tmp_path)).text(notice(template="own", args=args))


def test_every_rule_makes_a_notice() -> None:
    assert [one.rule for one in notices()] == [*(rule.name for rule in RULES), "digest", "operators"]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("about", notices(), ids=lambda one: str(one.template))
def test_each_template(about: Notice, language: str, snapshot: SnapshotAssertion) -> None:
    from attrs import evolve

    text = RENDERER.text(evolve(about, language=language))
    assert text.fault == ""
    assert f"{text.subject}\n\n{text.body}" == snapshot


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_template_stands_facts_that_are_empty(rule: Any, language: str) -> None:
    on = rule.on[0]
    named = {"major": rule.major, "priority": next(iter(rule.priorities), 0)}
    bare = ticket(title="x", team="net", contact=Contact(mail="x@example.org"), **named)
    event = change(
        bare, Draft(on.code, "core", on.step, on.outcome, on.args, PEOPLE, audience=on.audience or "internal")
    ).events[0]
    side = Referral(id="1", title="x", name="y", mail="y@example.org") if rule.about == "referral" else None
    (draft,) = drafts_by_rules([rule], "email", event, bare, side)
    args = dict(draft.args)
    text = RENDERER.text(notice(template=rule.name, args=args, language=language))
    assert text.fault == ""
    assert "x" in text.subject


@pytest.mark.parametrize(
    ("language", "hello"),
    [("zh", "您好"), ("zh-CN", "您好"), ("ZH_cn", "您好"), ("fr", "Hello"), ("", "Hello"), ("../", "Hello")],
)
def test_the_recipient_s_language_or_the_desk_s(language: str, hello: str) -> None:
    text = RENDERER.text(notice(template="reopened", args={"title": "x"}, language=language))
    assert text.body.startswith(hello)


def test_the_desk_s_language_counts_where_the_recipient_states_none() -> None:
    text = Renderer(Settings(language="zh")).text(notice(template="reopened", args={"title": "x"}))
    assert text.body.startswith("您好")


def test_a_site_s_own_template_wins(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "reopened.txt").write_text("Again: {{ title }}\n\nOur own words.\n", encoding="utf-8")
    renderer = Renderer(Settings(templates=tmp_path))
    assert renderer.text(notice(template="reopened", args={"title": "x"})) == Text("Again: x", "Our own words.\n")
    assert renderer.text(notice(template="reopened", args={"title": "x"}, language="zh")).body.startswith("您好")


@pytest.mark.parametrize("name", ["absent", "../en/received", "/etc/passwd", "received.txt", "", "a\nb", "."])
def test_a_template_that_is_none_gives_plain_text(name: str) -> None:
    text = RENDERER.text(notice(template=name, args={"title": "printer", "event": "opened"}))
    assert (text.subject, text.body) == ("printer", "T26-000001\nprinter\nopened\n")
    assert "failed" in text.fault


ESCAPES = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{{ config.items() }}",
    "{{ request['__class__'] }}",
    "{{ title|attr('__class__') }}",
    "{{ title['__class__'] }}",
    "{{ title.__class__ }}",
    "{{ '%s'|format(title) }}",
    "{{ title.format(title) }}",
    "{{ ()|map(attribute='__class__')|list }}",
    "{{ [1]|first }}",
    "{{ {'a': 1} }}",
    "{{ namespace() }}",
    "{{ range(10**9)|list }}",
    "{{ 'x' * 10**9 }}",
    "{{ 'x' ~ 'y' }}",
    "{{ 9 ** 999999 }}",
    "{{ title|center(999999999) }}",
    "{% for a in title %}{% for b in title %}x{% endfor %}{% endfor %}",
    "{% set a = title %}{{ a }}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% include '/etc/passwd' %}",
    "{% include 'en/received.txt' %}",
    "{% extends 'en/received.txt' %}",
    "{% import 'en/received.txt' as a %}{{ a }}",
    "{% filter upper %}x{% endfilter %}",
    "{% with a = 1 %}{{ a }}{% endwith %}",
    "{% block b %}{% endblock %}",
    "{% call title() %}{% endcall %}",
    "{% raw %}{% endraw %}{{ absent }}",
    "{{ absent or 'x' }}",
    "{{ title > 3 }}",
    "{{ title|moment }}",
    "{{ title is callable }}",
    "{% if %}",
    "{{ unended",
    "(" * 3 + "{{ " + "(" * 20_000 + "1" + ")" * 20_000 + " }}",
]


@pytest.mark.parametrize("source", ESCAPES, ids=lambda source: source[:40])
@pytest.mark.parametrize("place", ["subject", "body"])
def test_a_template_that_tries_more_than_showing_gives_plain_text(source: str, place: str, tmp_path: Path) -> None:
    text = text_of(f"{source}\n\nbody\n" if place == "subject" else f"hello\n\n{source}\n", tmp_path)
    assert (text.subject, text.body) == ("printer", "T26-000001\nprinter\nopened\n")
    assert text.fault.startswith("template 'own' failed: ")
    assert "\n" not in text.fault


@pytest.mark.parametrize("payload", ESCAPES, ids=lambda source: source[:40])
def test_what_reporters_write_is_never_a_template(payload: str) -> None:
    text = RENDERER.text(notice(template="progress", args={"title": "x", "status": "open", "said": payload}))
    assert text.fault == ""
    assert f"> {payload}"[:8_000] in text.body


def test_a_mail_has_an_end(tmp_path: Path) -> None:
    text = text_of("hello\n\n" + "{{ text }}" * 1_000, tmp_path, text="长" * 1_000_000)
    assert str(MOST_OUT) in text.fault
    assert "长" * 8_000 not in text_of("hello\n\n{{ text }}", tmp_path, text="字" + "长" * 1_000_000).body


def test_a_template_that_is_no_utf8_gives_plain_text(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "own.txt").write_bytes(b"\xff\xfe\n\nbody")
    text = Renderer(Settings(templates=tmp_path)).text(notice(template="own", args={"title": "x"}))
    assert "UnicodeDecodeError" in text.fault


def test_a_changed_template_is_read_anew(tmp_path: Path) -> None:
    import os

    (tmp_path / "en").mkdir()
    file = tmp_path / "en" / "own.txt"
    renderer = Renderer(Settings(templates=tmp_path))
    for moment, word in enumerate(("one", "two"), 1):
        file.write_text(f"{word}\n\nbody\n", encoding="utf-8")
        os.utime(file, (moment, moment))
        assert renderer.text(notice(template="own")).subject == word


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(), st.text(), st.sampled_from(["received", "progress", "assigned", "resolved"]))
@example("a\u2028b\x00\ud800", "\u202egnp.exe\r\n\r\n", "received")
def test_no_text_makes_a_shipped_template_fail(title: str, said: str, template: str) -> None:
    args = {"title": title, "said": said, "solution": said, "report": said, "reporter": title, "status": "open",
            "kind": "x", "priority": 0, "team": "", "due": "", "workaround": False}  # fmt: skip
    text = RENDERER.text(notice(template=template, args=args))
    assert text.fault == ""
    assert len(text.subject.splitlines()) <= 1
    assert (text.subject + text.body).encode()
    assert not set(text.body) & set("\x00\x0b\x0c\r\x1b\x85\u2028\u2029\u202e")


@pytest.mark.parametrize("source", ["{{ priority | quoted }}", "{{ items | listed }}", "{{ title | listed }}"])
def test_a_filter_on_a_fact_of_another_sort_gives_way_to_plain_text(source: str, tmp_path: Path) -> None:
    text = text_of(f"hello\n\n{source}\n", tmp_path, priority=1, items=[{"number": "T26-000001"}])
    assert (text.subject, "failed" in text.fault) == ("printer", True)
