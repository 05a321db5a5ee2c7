"""A desk opens with whatever works: what is broken is told; only settings or a store that can't be stop it."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import evolve, frozen

from itsmkit import (
    INCIDENT,
    Desk,
    MemoryStore,
    PluginError,
    Process,
    RecordType,
    Secret,
    SettingsError,
    StoreOutdated,
    hookimpl,
    seeded_world,
)
from itsmkit.core.policy import Rules
from itsmkit.settings import Settings, StoreSettings
from itsmkit.testing import SAMPLE, MovedClock, answering, desk, desk_settings, raising, reported


def works(made: Desk) -> None:
    assert reported(made).step == "IM2.7"
    assert made.verify().breaches == ()


def test_a_sound_desk_has_no_troubles(clock: MovedClock) -> None:
    made = desk(clock)
    assert made.troubles == ()
    works(made)


# plugins


@pytest.mark.parametrize("error", [RuntimeError("no luck"), SystemExit(3), ImportError("no module"), RecursionError()])
def test_a_plugin_that_can_t_be_made_is_told_of_and_survived(clock: MovedClock, error: BaseException) -> None:
    def plugin() -> object:
        raise error

    made = desk(clock, {"broken": plugin})
    assert [one for one in made.troubles if one.startswith("plugin broken: ") and type(error).__name__ in one]
    works(made)


def test_ctrl_c_while_a_plugin_is_made_passes(clock: MovedClock) -> None:
    def plugin() -> object:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk(clock, {"broken": plugin})


def test_a_factory_without_an_attrs_class_is_told_of(clock: MovedClock) -> None:
    def plugin(settings: dict[str, Any]) -> object:
        return SimpleNamespace(**settings)

    made = desk(clock, {"odd": plugin})
    assert any("attrs class" in one for one in made.troubles)


def test_a_plugin_that_is_named_and_not_installed_says_how_to_get_it(clock: MovedClock) -> None:
    made = desk(clock, order=("no_such",), plugin={"neither_such": {}})
    assert any("no_such" in one and "itsmkit-no-such" in one for one in made.troubles)
    assert any("neither_such" in one for one in made.troubles)
    works(made)


def test_a_plugin_gets_its_own_table(clock: MovedClock) -> None:
    @frozen
    class Own:
        word: str = "nothing"

    got: list[Own] = []

    def plugin(settings: Own) -> object:
        got.append(settings)
        return SimpleNamespace()

    desk(clock, {"own": plugin}, plugin={"own": {"word": "hello"}})
    assert got == [Own("hello")]


def test_settings_that_a_plugin_doesn_t_take_stop_the_start(clock: MovedClock) -> None:
    with pytest.raises(SettingsError, match="takes no settings"):
        desk(clock, {"plain": SimpleNamespace()}, plugin={"plain": {"word": "hello"}})


def test_a_disabled_plugin_takes_no_part_and_of_the_models_only_the_chosen(clock: MovedClock) -> None:
    asked = {"model_other": answering("itsmkit_organisation", None), "chatty": raising("itsmkit_classify")}
    settings = desk_settings()
    settings = evolve(settings, plugins=evolve(settings.plugins, disable=(*settings.plugins.disable, "chatty")))
    made = desk(clock, asked, settings=settings)
    assert {one.name for one in made.plugins} == {"model_plain", "defaults"}


def test_a_site_s_own_file_is_a_plugin(clock: MovedClock, tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(
        "from itsmkit import Classification, hookimpl\n"
        "@hookimpl\ndef itsmkit_classify(ticket):\n    return Classification('inquiry', 'own')\n",
        "utf-8",
    )
    (tmp_path / "broken.py").write_text("1 / 0\n", "utf-8")
    settings = desk_settings()
    plugins = evolve(settings.plugins, local=("own.py", "broken.py", "none.py"))
    made = desk(clock, settings=evolve(settings, plugins=plugins, folder=tmp_path))
    assert reported(made).category == "own"
    assert any("plugin broken: ZeroDivisionError" in one for one in made.troubles)
    assert any("plugin none" in one and "no Python file" in one for one in made.troubles)


# types and processes


def test_a_plugin_s_types_are_kept(clock: MovedClock) -> None:
    made = desk(clock, {"typed": answering("itsmkit_types", [SAMPLE])})
    assert SAMPLE in made.types


def test_a_type_of_a_taken_name_leaves_its_plugin_s_types_out(clock: MovedClock) -> None:
    twin = RecordType("ticket", SAMPLE.value)
    made = desk(clock, {"typed": answering("itsmkit_types", [twin])})
    assert [one.value for one in made.types if one.name == "ticket"] != [SAMPLE.value]
    assert any("ticket" in one and "typed" in one for one in made.troubles)
    works(made)


@pytest.mark.parametrize("hook", ["itsmkit_types", "itsmkit_processes"])
def test_a_plugin_that_fails_at_the_start_is_told_of(clock: MovedClock, hook: str) -> None:
    made = desk(clock, {"broken": raising(hook)})
    assert any("broken" in one and "out of order" in one for one in made.troubles)
    works(made)


def test_a_table_of_a_plugin_takes_the_place_of_the_shipped_one(clock: MovedClock) -> None:
    made = desk(clock, {"tables": answering("itsmkit_processes", [evolve(INCIDENT, title="Ours")])})
    assert [one.title for one in made.processes if one.name == INCIDENT.name] == ["Ours"]
    works(made)


def test_a_faulty_table_is_left_out_and_told_of(clock: MovedClock) -> None:
    faulty = evolve(
        INCIDENT, steps={**INCIDENT.steps, "IM2.7": evolve(INCIDENT.steps["IM2.7"], to={"found": "nowhere"})}
    )
    made = desk(clock, {"tables": answering("itsmkit_processes", [faulty])})
    assert any("left out" in one and "nowhere" in one for one in made.troubles)
    works(made)


def test_a_table_without_steps_is_left_out(clock: MovedClock) -> None:
    made = desk(clock, {"tables": answering("itsmkit_processes", [Process("incident", "None", "A", {})])})
    assert any("unknown step 'A'" in one for one in made.troubles)
    works(made)


# what stops it


def test_no_store_for_the_url_stops_it(clock: MovedClock) -> None:
    with pytest.raises(PluginError, match=r"carrier-pigeon:.*itsmkit\[desk\]"):
        desk(
            clock,
            store=None,
            settings=evolve(desk_settings(), store=evolve(desk_settings().store, url="carrier-pigeon:")),
        )


@pytest.mark.parametrize("answer", ["a store", object(), 7])
def test_what_is_no_store_stops_it(clock: MovedClock, answer: object) -> None:
    with pytest.raises(PluginError, match="store"):
        desk(
            clock,
            {"odd": answering("itsmkit_open_store", answer)},
            settings=evolve(desk_settings(order=("odd",), store="odd:")),
        )


def test_a_store_that_is_outdated_says_what_to_do(clock: MovedClock) -> None:
    odd = raising("itsmkit_open_store", StoreOutdated("a table is missing; run itsmkit store upgrade"))
    with pytest.raises((StoreOutdated, PluginError), match="itsmkit store upgrade"):
        desk(clock, {"odd": odd}, store=None, settings=desk_settings(order=("odd",), store="odd:"))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"site": {"zone": "Mars/Olympus"}}, "unknown time zone"),
        ({"site": {"zone": ""}}, "unknown time zone"),
        ({"rules": {"matrix": ()}}, "matrix"),
        ({"rules": {"matrix": ((1, 2), (3,))}}, "matrix"),
        ({"rules": {"matrix": ((0, 1),)}}, "matrix"),
        ({"rules": {"matrix": ((9, 9),)}}, "matrix"),
        ({"rules": {"bands": ("high",)}}, "bands"),
        ({"rules": {"calendar": "no such"}}, "calendar"),
        ({"rules": {"mandatory": ("no_such_field",)}}, "mandatory"),
        ({"rules": {"silence_hours": 0}}, "silence_hours"),
        ({"rules": {"follow_up_hours": -1}}, "follow_up_hours"),
        ({"rules": {"kinds": ()}}, "kind"),
        ({"rules": {"default_kind": "no such kind"}}, "default_kind"),
    ],
)
def test_settings_that_can_t_be_stop_it(clock: MovedClock, wrong: dict[str, dict[str, Any]], says: str) -> None:
    settings = desk_settings()
    for part, values in wrong.items():
        settings = evolve(settings, **{part: evolve(getattr(settings, part), **values)})
    with pytest.raises(SettingsError, match=says):
        desk(clock, settings=settings)


def test_without_a_secret_the_desk_says_what_that_means(clock: MovedClock) -> None:
    settings = desk_settings()
    made = desk(clock, settings=evolve(settings, site=evolve(settings.site, secret=Secret())))
    assert any("secret" in one for one in made.troubles)
    works(made)


# organisation and policy


@pytest.mark.parametrize(
    "model",
    [
        raising("itsmkit_organisation"),
        answering("itsmkit_organisation", None),
        answering("itsmkit_organisation", object()),
    ],
)
def test_no_organisation_model_is_told_and_intake_runs(clock: MovedClock, model: object) -> None:
    made = desk(clock, {"model_x": model}, model="x")
    assert any("model_x" in one for one in made.troubles)
    assert made.receive(b"\xff").state == "unreadable"


def test_each_policy_that_was_used_stays_in_the_store(clock: MovedClock) -> None:
    first = desk(clock)
    ticket = reported(first)
    second = desk(clock, store=first.setup.store, seed=1, rules=Rules(default_category="network", reopen_days=7))
    desk(clock, store=first.setup.store, seed=2)
    assert second.verify().records["policy"] == 2
    assert second.setup.store.get("policy", ticket.policy, second.service("test").scope) is not None
    assert ticket.policy != reported(second).policy


def test_the_caller_s_plugins_stand_beside_those_installed(clock: MovedClock) -> None:
    class Mine:
        @hookimpl
        def itsmkit_open_store(self, types: Any, clock: Any) -> MemoryStore:
            return MemoryStore(types, clock)

    with Desk.open(
        desk_settings(model="tiered", use=("model_tiered",), store="mine:"),
        world=seeded_world(clock),
        clock=clock,
        plugins={"mine": Mine()},
    ) as made:
        assert {one.name for one in made.plugins} == {"mine", "model_tiered", "defaults"}


def test_without_a_secret_nobody_can_guess_what_answers_are_known_by() -> None:
    bare = Settings(store=StoreSettings("memory:"))
    with Desk.open(bare) as one, Desk.open(bare) as other:
        assert one.setup.secret != other.setup.secret
        assert len(one.setup.secret) >= 32
        assert any("secret" in trouble for trouble in one.troubles)
