"""Duty rosters: who is on duty when, and lines that can't be."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit import BadInput, Rota, on_duty
from itsmkit.core.rota import read
from itsmkit.site_files import read as site_records

NET = Rota(
    id="net",
    name="Networks",
    zone="Europe/Berlin",
    week=("mon-fri 08:00-18:00 ben carol", "mon-sun 18:00-08:00 in turn victor dave", "sat-sun 08:00-18:00 ben"),
    dates=("2026-12-24 08:00-12:00 anna", "2026-12-25"),
)


def at(text: str, rota: Rota = NET) -> tuple[str, ...]:
    return on_duty(rota, datetime.fromisoformat(text))


@pytest.mark.requirement("ORG-09", "day shifts and duty engineers: a roster of the week, with dates of their own")
@pytest.mark.parametrize(
    ("when", "persons"),
    [
        ("2026-03-02T08:00+01:00", ("ben", "carol")),
        ("2026-03-02T07:00+00:00", ("ben", "carol")),
        ("2026-03-02T18:00+01:00", ("victor",)),
        ("2026-03-03T07:59:59+01:00", ("victor",)),
        ("2026-03-08T23:00+01:00", ("victor",)),
        ("2026-03-09T07:00+01:00", ("victor",)),  # the night of Sunday belongs to Sunday's week
        ("2026-03-09T18:00+01:00", ("dave",)),
        ("2026-03-16T18:00+01:00", ("victor",)),
        ("2026-03-07T09:00+01:00", ("ben",)),
        ("2026-12-24T09:00+01:00", ("anna",)),
        ("2026-12-24T13:00+01:00", ()),
        ("2026-12-24T07:00+01:00", ("victor",)),
        ("2026-12-25T20:00+01:00", ()),
        ("2026-12-26T07:00+01:00", ()),
        ("2026-12-26T08:00+01:00", ("ben",)),
    ],
)
def test_who_is_on_duty(when: str, persons: tuple[str, ...]) -> None:
    assert at(when) == persons


def test_the_site_s_zone_holds_where_the_roster_names_none() -> None:
    rota = Rota(id="x", name="X", week=("mon 08:00-09:00 ann",))
    moment = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
    assert on_duty(rota, moment, "Asia/Shanghai") == ("ann",)
    assert on_duty(rota, moment) == ()


@given(st.integers(0, 366 * 24 * 4))
def test_round_the_clock_somebody_is_there_and_over_the_changes_of_time_too(quarters: int) -> None:
    rota = Rota(id="x", name="X", zone="Europe/Berlin", week=("mon-sun 08:00-18:00 a", "mon-sun 18:00-08:00 b"))
    assert len(on_duty(rota, datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * quarters))) == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "has nobody"),
        ({"dates": ("2026-01-01",)}, "has nobody"),
        ({"week": ("mon-fri 08:00-18:00",)}, "nobody has this duty"),
        ({"week": ("mon-fri 08:00-18:00 in turn",)}, "nobody has this duty"),
        ({"week": ("mon-fri",)}, "nobody has this duty"),
        ({"week": ("",)}, "unknown weekday"),
        ({"week": ("someday 08:00-18:00 ann",)}, "unknown weekday 'someday'"),
        ({"week": ("mon 8-18 ann",)}, "write times as HH:MM"),
        ({"dates": ("2026-02-30 08:00-18:00 ann",)}, "day is out of range"),
        ({"week": ("mon 08:00-18:00 ann",), "zone": "Mars/Olympus"}, "unknown zone"),
    ],
)
def test_a_roster_that_can_t_be_is_refused(values: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput, match=f"rota x.*{said}"):
        read(Rota(id="x", name="X", **values))  # type: ignore[arg-type]


def test_a_site_s_file_is_read_strictly(tmp_path: Path) -> None:
    (tmp_path / "rotas.toml").write_text('[net]\nname = "Net"\nweek = ["mon 08:00-09:00"]\n')
    with pytest.raises(BadInput, match="nobody has this duty"):
        list(site_records(tmp_path))
