"""Settings are read strictly, and secrets only through references that are never shown."""

from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from itsmkit import CalendarError, Secret, SettingsError, load_settings
from itsmkit.settings import Settings, structured

NO_SECRET = Secret()
CALENDAR = '[office]\nzone = "Europe/Berlin"\nweek = { mon-fri = ["09:00-17:00"] }\n'


def site(folder: Path, text: str = "", calendars: str | None = None) -> Settings:
    (folder / "itsmkit.toml").write_text(text, "utf-8")
    if calendars is not None:
        (folder / "calendars.toml").write_text(calendars, "utf-8")
    return load_settings(folder)


def test_an_empty_file_is_a_site(tmp_path: Path) -> None:
    settings = site(tmp_path)
    assert (settings.store.url, settings.organisation.model, settings.folder) == (
        "sqlite:///desk.db",
        "tiered",
        tmp_path,
    )
    assert settings.rules.calendar in settings.calendars


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    text = """
        [site]
        name = "桌"
        zone = "Asia/Shanghai"
        [plugins]
        order = ["match_text"]
        [rules]
        silence_hours = 24
        alike_enough = 1
        matrix = [[1, 2], [2, 3]]
        [[rules.classify]]
        words = ["mail"]
        category = "application system"
        [plugin.match_text]
        least = 0.5
    """
    settings = site(tmp_path, text, CALENDAR)
    assert (settings.site.name, settings.rules.silence_hours, settings.rules.alike_enough) == ("桌", 24, 1.0)
    assert settings.rules.classify[0].words == ("mail",)
    assert settings.plugin == {"match_text": {"least": 0.5}}
    assert set(settings.calendars) == {"always", "office"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[sight]", "unknown key 'sight'"),
        ("[site]\nnaem = 'x'", "unknown key 'naem'"),
        ("[rules]\nsilence = 3", "unknown key 'silence'"),
        ("[site]\nname = 7", "7 is no str"),
        ("[rules]\nsilence_hours = 'long'", "'long' is no int"),
        ("[rules]\nsilence_hours = true", "True is no int"),
        ("[rules]\nsilence_hours = 1.5", "1.5 is no int"),
        ("[rules]\nalike_enough = 'much'", "'much' is no float"),
        ("[rules]\nmatrix = [[1, 'two']]", "'two' is no int"),
        ("[plugins]\norder = 'match_text'", "order"),
        ("site = 7", "site"),
        ("folder = 'x'", "unknown key 'folder'"),
        ("calendars = {}", "unknown key 'calendars'"),
        ("[site", "can't be read"),
        ("[site]\nsecret = 'hunter2'", 'given as "env:NAME" or "file:PATH"'),
        ("[site]\nsecret = 'env:ITSMKIT_NOT_SET'", "the environment has no ITSMKIT_NOT_SET"),
        ("[site]\nsecret = 'file:none.key'", "none.key can't be read"),
    ],
)
def test_what_can_t_be_is_refused_with_file_and_key(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        site(tmp_path, text)
    assert says in str(refusal.value)
    assert "itsmkit.toml" in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_no_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="itsmkit init"):
        load_settings(tmp_path / "none")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "itsmkit.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="can't be read"):
        load_settings(tmp_path)


def test_a_bad_calendar_names_itself(tmp_path: Path) -> None:
    with pytest.raises(CalendarError, match="calendar office"):
        site(tmp_path, "", "[office]\nzone = 'Nowhere/None'\n")


def test_secrets_come_from_the_environment_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ITSMKIT_TEST_SECRET", "from outside")
    assert site(tmp_path, "[site]\nsecret = 'env:ITSMKIT_TEST_SECRET'").site.secret.reveal() == "from outside"
    (tmp_path / "secret.key").write_text("from a file\n", "utf-8")
    assert site(tmp_path, "[site]\nsecret = 'file:secret.key'").site.secret.reveal() == "from a file"


def test_a_secret_is_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ITSMKIT_TEST_SECRET", "hunter2")
    settings = site(tmp_path, "[site]\nsecret = 'env:ITSMKIT_TEST_SECRET'")
    for shown in (
        repr(settings),
        str(settings),
        f"{settings.site.secret}",
        f"{settings.site.secret!r:>20}",
        repr([settings.site.secret]),
    ):
        assert "hunter2" not in shown
    assert settings.site.secret
    assert not Secret()


def test_a_plugin_s_own_settings_are_as_strict() -> None:
    @frozen
    class Own:
        least: float = 0.3
        folder: Path = Path("x")
        password: Secret = NO_SECRET

    read = structured({"least": 1, "folder": "mails"}, Own, "[plugin.own]", Path("/site"))
    assert (read.least, read.folder) == (1.0, Path("/site/mails"))
    for wrong in ({"most": 3}, {"least": "much"}, {"folder": 7}, {"password": "hunter2"}):
        given: dict[str, Any] = wrong
        with pytest.raises(SettingsError, match=r"\[plugin.own\]") as refusal:
            structured(given, Own, "[plugin.own]", None)
        assert "hunter2" not in str(refusal.value)
