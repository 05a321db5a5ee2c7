"""What a desk survives of its plugins: each hook with each hostile plugin, through the desk's own doors."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from itsmkit import (
    Assignment,
    Classification,
    Contact,
    Desk,
    Event,
    Lane,
    Level,
    NotDelivered,
    Notice,
    NoticeDraft,
    Query,
    Receipt,
    Reentrant,
    Sent,
    Target,
    Ticket,
    hookimpl,
)
from itsmkit.core.plugins import Plugins, hook_names, in_order
from itsmkit.testing import (
    GARBAGE,
    Hanging,
    MovedClock,
    Mutating,
    Unspeakable,
    answering,
    desk,
    endless,
    greedy,
    plugin_at,
    raising,
    recursing,
    reentering,
    reported,
)

ON_TICKETS = (
    "itsmkit_intake",
    "itsmkit_lookup",
    "itsmkit_classify",
    "itsmkit_prioritise",
    "itsmkit_agreements",
    "itsmkit_match",
    "itsmkit_assign",
    "itsmkit_escalate",
)
"""Hooks whose faults belong in a ticket's journal."""
IN_A_LIFE = (*ON_TICKETS, "itsmkit_notify", "itsmkit_deliver", "itsmkit_reports", "itsmkit_sources")


class Sound:
    """Answers every hook of a ticket's life, and keeps what it delivered."""

    def __init__(self) -> None:
        self.told: list[str] = []

    @hookimpl
    def itsmkit_agreements(self) -> list[Target]:
        return [Target("resolution", 3600, "always", chain=(Level(50, "manager"),))]

    @hookimpl
    def itsmkit_notify(self, event: Event) -> list[NoticeDraft]:
        return [NoticeDraft("opened", "requester", "list", "opened")] if event.code == "opened" else []

    @hookimpl
    def itsmkit_deliver(self, notice: Notice) -> Sent | None:
        if notice.channel != "list":
            return None
        self.told.append(notice.address)
        return Sent("told")


def live(plugins: dict[str, object], clock: MovedClock) -> tuple[Desk, Ticket, Sound]:
    """A ticket's way past every hook: reported, matched, escalated, told of; CI and person are looked up."""
    sound = Sound()
    made = desk(clock, {**plugins, "sound": sound})
    made.poll()
    ticket = reported(made, contact=Contact(mail="stranger@example.org"), ci="router-1", kind="incident")
    made.tick()
    clock.advance(minutes=31)
    made.tick()
    made.tables("month", "2026-03", made.principal("mia"))
    return made, made.ticket(ticket.number, made.principal("bob")), sound


def faults_on(made: Desk, ticket: Ticket) -> set[tuple[str, str]]:
    return {
        (event.args["hook"], event.outcome)
        for event in made.history(ticket.number, made.principal("bob"))
        if event.code == "plugin_fault"
    }


def settled_as_if_nothing(made: Desk, ticket: Ticket, sound: Sound) -> None:
    """The ticket is where the sound plugins and the defaults alone bring it, and nothing was lost."""
    assert (ticket.title, ticket.kind, ticket.category) == ("The network is down", "incident", "network")
    assert (ticket.priority, ticket.team, ticket.step) == (4, "desk", "IM2.9")
    assert [clock.fired for clock in ticket.clocks] == [("50% manager",)]
    assert sound.told == ["stranger@example.org"]
    assert made.verify().breaches == ()


@pytest.mark.parametrize("hook", IN_A_LIFE)
@pytest.mark.parametrize(
    "misbehave",
    [
        raising,
        recursing,
        lambda hook: raising(hook, SystemExit(3)),
        lambda hook: raising(hook, GeneratorExit()),
        lambda hook: raising(hook, Unspeakable()),
        lambda hook: raising(hook, ValueError("half a pair: \ud800")),
        lambda hook: raising(hook, ExceptionGroup("several", [ValueError("one")])),
    ],
    ids=["raises", "recurses", "exits", "generator-exit", "unspeakable", "surrogate", "group"],
)
def test_a_plugin_that_raises_is_as_if_it_weren_t_there(
    hook: str, misbehave: Callable[[str], object], clock: MovedClock
) -> None:
    made, ticket, sound = live({"hostile": misbehave(hook)}, clock)
    settled_as_if_nothing(made, ticket, sound)
    assert any(one.plugin == "hostile" and one.hook == hook for one in made.setup.plugins.faults)
    if hook in ON_TICKETS:
        assert (hook, "raised") in faults_on(made, ticket)


@pytest.mark.parametrize(
    ("hook", "which"), [(hook, which) for hook in IN_A_LIFE for which in range(len(GARBAGE[hook]))]
)
def test_garbage_counts_as_no_answer(hook: str, which: int, clock: MovedClock) -> None:
    answer = GARBAGE[hook][which]
    made, ticket, sound = live({"hostile": answering(hook, answer)}, clock)
    settled_as_if_nothing(made, ticket, sound)
    assert any(one.plugin == "hostile" and one.hook == hook for one in made.setup.plugins.faults)
    if hook in ON_TICKETS:
        assert (hook, "garbage") in faults_on(made, ticket)


@pytest.mark.parametrize("hook", IN_A_LIFE)
def test_an_answer_without_end_is_cut_off(hook: str, clock: MovedClock) -> None:
    made, ticket, sound = live({"hostile": endless(hook)}, clock)
    settled_as_if_nothing(made, ticket, sound)


@pytest.mark.parametrize("hook", IN_A_LIFE)
def test_values_can_t_be_changed_by_who_is_asked(hook: str, clock: MovedClock) -> None:
    hostile = Mutating(hook)
    made, ticket, sound = live({"hostile": hostile}, clock)
    settled_as_if_nothing(made, ticket, sound)
    # A deliverer gets a copy of a notice's arguments, which it may do with as it likes.
    assert hostile.done == (["notice.args[]"] if hook == "itsmkit_deliver" else [])
    notices = made.find(Query("notice"), made.principal("root")).items
    assert [one.args for one in notices if isinstance(one, Notice)] == [{}]


@pytest.mark.parametrize("hook", ON_TICKETS)
@pytest.mark.parametrize("act", ["receive", "do", "load", "tick"])
def test_a_hook_that_calls_back_into_the_desk_is_refused_and_the_desk_goes_on(
    hook: str, act: str, clock: MovedClock
) -> None:
    doors: list[Desk] = []

    def back() -> object:
        made = doors[0]
        calls: dict[str, Callable[[], object]] = {
            "receive": lambda: made.receive(b"again"),
            "do": lambda: made.do("log", "T26-000001", made.service("me"), text="again"),
            "load": lambda: list(made.load((), made.service("me"))),
            "tick": made.tick,
        }
        return calls[act]()

    made = desk(clock, {"hostile": reentering(hook, back), "sound": Sound()})
    doors.append(made)
    ticket = reported(made, contact=Contact(mail="stranger@example.org"), ci="router-1", kind="incident")
    made.tick()
    clock.advance(minutes=31)
    made.tick()
    assert (hook, "raised") in faults_on(made, ticket)
    details = [one.detail for one in made.setup.plugins.faults if one.hook == hook]
    assert all(one.startswith(Reentrant.__name__) for one in details)
    assert made.verify().records["ticket"] == 1


@pytest.mark.parametrize("hook", ["itsmkit_classify", "itsmkit_prioritise", "itsmkit_match", "itsmkit_assign"])
def test_looking_without_measure_is_cut_off(hook: str, clock: MovedClock) -> None:
    made, ticket, sound = live({"hostile": greedy(hook)}, clock)
    settled_as_if_nothing(made, ticket, sound)
    assert (hook, "raised") in faults_on(made, ticket)


def test_the_word_not_delivered_means_nothing_outside_a_delivery(clock: MovedClock) -> None:
    made, ticket, sound = live({"hostile": raising("itsmkit_classify", NotDelivered("no"))}, clock)
    settled_as_if_nothing(made, ticket, sound)
    assert ("itsmkit_classify", "raised") in faults_on(made, ticket)


def test_a_fault_is_on_the_ticket_even_where_nobody_else_had_an_answer(clock: MovedClock) -> None:
    """With no default category IM2.1 is left to a person; that a plugin failed there must not go unsaid."""
    from itsmkit.core.policy import Rules

    made = desk(clock, {"hostile": raising("itsmkit_classify")}, rules=Rules())
    ticket = reported(made)
    assert ticket.step == "IM2.1"
    assert faults_on(made, ticket) == {("itsmkit_classify", "raised")}


def test_ctrl_c_passes_through(clock: MovedClock) -> None:
    made = desk(clock, {"hostile": raising("itsmkit_classify", KeyboardInterrupt())})
    with pytest.raises(KeyboardInterrupt):
        reported(made)
    assert made.setup.store.peek(Lane.INTAKE).waiting == 1


def test_a_hook_that_hangs_holds_up_its_own_message_only_and_that_one_is_durable(clock: MovedClock) -> None:
    from threading import Thread

    hanging = Hanging("itsmkit_intake")
    made = desk(clock, {"hostile": hanging})
    receipts: list[Receipt] = []
    stuck = Thread(target=lambda: receipts.append(made.receive(b"first", "fax")))
    stuck.start()
    assert hanging.entered.wait(10)
    assert made.setup.store.peek(Lane.INTAKE).waiting == 1
    assert made.principal("bob").name == "Bob Desk"
    hanging.release.set()
    stuck.join(10)
    assert [one.state for one in receipts] == ["unreadable"]
    assert made.verify().breaches == ()


def test_over_two_seconds_is_noted_and_the_answer_stands(clock: MovedClock) -> None:
    def slow(_: object) -> Classification:
        clock.advance(seconds=3)
        return Classification("inquiry", "network")

    made = desk(clock, {"slow": plugin_at("itsmkit_classify", slow)})
    ticket = reported(made)
    assert ticket.kind == "inquiry"
    assert faults_on(made, ticket) == {("itsmkit_classify", "slow")}


def test_after_three_faults_in_ten_minutes_a_plugin_rests_for_five(clock: MovedClock) -> None:
    calls: list[int] = []

    def fail(_: object) -> None:
        calls.append(1)
        raise RuntimeError

    made = desk(clock, {"hostile": plugin_at("itsmkit_classify", fail)})
    for _ in range(3):
        reported(made)
    assert len(calls) == 3
    rested = reported(made)
    assert len(calls) == 3
    assert faults_on(made, rested) == {("itsmkit_classify", "breaker")}
    clock.advance(seconds=299)
    reported(made)
    assert len(calls) == 3
    clock.advance(seconds=2)
    reported(made)
    assert len(calls) == 4


def test_three_faults_spread_over_more_than_ten_minutes_open_nothing(clock: MovedClock) -> None:
    made = desk(clock, {"hostile": raising("itsmkit_classify")})
    for _ in range(5):
        clock.advance(minutes=6)
        assert faults_on(made, reported(made)) == {("itsmkit_classify", "raised")}


def test_a_rested_plugin_leaves_the_others_alone(clock: MovedClock) -> None:
    made = desk(
        clock,
        {"hostile": raising("itsmkit_classify"), "good": answering("itsmkit_classify", Classification("inquiry", "x"))},
    )
    assert {reported(made).kind for _ in range(6)} == {"inquiry"}


# order and refusal


@pytest.mark.parametrize("order", [("one", "two"), ("two", "one")])
def test_order_comes_from_the_settings(order: tuple[str, str], clock: MovedClock) -> None:
    plugins = {name: answering("itsmkit_classify", Classification("inquiry", name)) for name in ("two", "one")}
    made = desk(clock, plugins, order=order)
    assert reported(made).category == order[0]
    assert [one.name for one in made.plugins] == [*order, "model_plain", "defaults"]


def test_those_not_named_in_the_settings_follow_by_name() -> None:
    assert in_order(["c", "a", "b", "z"], ["z", "gone", "b"]) == ["z", "b", "a", "c"]


@pytest.mark.parametrize("hook", hook_names())
def test_first_hooks_stop_at_the_first_answer_and_collecting_ones_ask_all(hook: str) -> None:
    plugins, asked = Plugins(lambda: 0.0), []

    def plugin(name: str) -> object:
        return plugin_at(hook, lambda _: asked.append(name) or [name])

    for name in ("one", "two"):
        assert plugins.add(name, plugin(name), "test")
    arguments = dict.fromkeys(plugins.arguments(hook))
    heard = (plugins.first if plugins.is_first(hook) else plugins.every)(hook, **arguments)
    assert asked == (["one"] if plugins.is_first(hook) else ["one", "two"])
    assert heard.answer == (["one"] if plugins.is_first(hook) else (("one", "one"), ("two", "two")))


def refused(plugin: object) -> str:
    plugins = Plugins(lambda: 0.0)
    assert not plugins.add("bad", plugin, "test")
    assert plugins.loaded == []
    assert not any(plugins.has(hook) for hook in hook_names())
    return plugins.faults[0].detail


@pytest.mark.parametrize("option", ["tryfirst", "trylast", "hookwrapper", "wrapper"])
def test_a_plugin_can_t_push_itself_forward(option: str) -> None:
    @hookimpl(**{option: True})
    def itsmkit_classify() -> Iterator[None]:
        yield

    assert "order comes from the settings" in refused(SimpleNamespace(itsmkit_classify=itsmkit_classify))


def test_a_plugin_of_a_foreign_hook_version_is_refused() -> None:
    assert "version 99" in refused(SimpleNamespace(ITSMKIT_API=99, **vars(raising("itsmkit_classify"))))


def test_a_hook_without_its_mark_is_refused() -> None:
    assert "@hookimpl" in refused(SimpleNamespace(itsmkit_classify=lambda: None))


def test_a_hook_that_doesn_t_exist_is_refused() -> None:
    @hookimpl
    def itsmkit_clasify(ticket: Ticket) -> None: ...

    assert "no hook itsmkit_clasify" in refused(SimpleNamespace(itsmkit_clasify=itsmkit_clasify))


def test_an_argument_that_doesn_t_exist_is_refused() -> None:
    @hookimpl
    def itsmkit_classify(tiket: Ticket) -> None: ...

    assert "asks for tiket" in refused(SimpleNamespace(itsmkit_classify=itsmkit_classify))


def test_a_plugin_is_taken_in_whole_or_not_at_all() -> None:
    good = vars(raising("itsmkit_assign"))
    assert "@hookimpl" in refused(SimpleNamespace(**good, itsmkit_zzz=print))


def test_an_attribute_that_raises_breaks_that_plugin_only() -> None:
    class Trap:
        @property
        def itsmkit_classify(self) -> object:
            raise ZeroDivisionError

    assert "ZeroDivisionError" in refused(Trap())


def test_a_refused_plugin_is_told_of_and_the_desk_works(clock: MovedClock) -> None:
    made = desk(clock, {"bad": SimpleNamespace(ITSMKIT_API=99)})
    assert any("plugin bad" in one and "version 99" in one for one in made.troubles)
    assert reported(made).step == "IM2.7"


def test_an_organisation_model_that_breaks_delays_no_intake(clock: MovedClock) -> None:
    """The model's own methods are a stranger's code too."""
    from itsmkit.testing import PlainModel

    class Broken(PlainModel):
        def assignment(self, *_: object) -> Assignment | None:
            raise RuntimeError

        def reporting_line(self, *_: object) -> str:
            raise RuntimeError

    made = desk(clock, {"broken": answering("itsmkit_organisation", Broken()), "sound": Sound()})
    ticket = reported(made)
    assert (ticket.step, ticket.team) == ("IM2.7", "")
    assert ("itsmkit_organisation", "raised") in faults_on(made, ticket)
    clock.advance(hours=2)
    made.tick()
    assert made.ticket(ticket.number, made.principal("bob")).clocks[0].fired == ("50% manager", "100%")
    assert made.verify().breaches == ()
