"""`itsmkit demo` from beginning to end: a site, a month, its figures, its proof, and what to try next."""

import shlex
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from attrs import frozen

from itsmkit.core.verify import Verified
from itsmkit.core.world import seeded_world
from itsmkit.demo import contrast, figures
from itsmkit.demo.cast import cast
from itsmkit.demo.matters import Sayings
from itsmkit.demo.month import DAYS, live
from itsmkit.demo.site import ZONES, make_site
from itsmkit.demo.stage import MONTH, YEAR, Stage
from itsmkit.demo.telling import Teller
from itsmkit.desk import Desk
from itsmkit.settings import load_settings
from itsmkit.testing.clock import MovedClock

SHOWN = ("IM2.1", "IM2.3", "IM2.4", "IM2.7", "IM2.8", "IM2.11")
"""The steps whose decisions the shortened explanation shows."""
SUNDAY = 6


@frozen
class Lived:
    """What a demo leaves behind: the site's folder, the ticket of each scene by the scene's name, and the proof.

    `seen` is what this desk showed after the days that were compared, and then what the other model's did.
    """

    folder: Path
    numbers: Mapping[str, str]
    verified: Verified
    seen: tuple[contrast.Seen, ...] = ()


def run(
    folder: Path,
    out: Callable[[str], None],
    *,
    model: str = "tiered",
    seed: int = 7,
    language: str = "en",
    days: int = DAYS,
    compared: int = contrast.DAYS,
    login: str = "operator",
) -> Lived:
    """Make a site in the folder (new or empty) and live the first `days` of March 2026 in it, telling each scene.

    The same seed tells the same, but for the folder, and has the same come in by every `model`. The other model lives
    the first `compared` days in a temporary folder, and what differs is told; 0 leaves it out. `login` becomes the
    site's administrator. BadInput where the folder holds anything.
    """
    compared = min(compared, days)
    seen: list[contrast.Seen] = []
    with _staged(folder, out, model=model, seed=seed, language=language, login=login) as stage:

        def evening(day: int) -> None:
            _evening(stage, day, days)
            if day == compared:
                seen.append(contrast.look(stage))

        _open(stage, model)
        live(stage, days, evening)
        _month(stage)
        if seen:
            seen.append(_elsewhere(compared, model=contrast.OTHER[model], seed=seed, language=language, login=login))
            contrast.tell(stage, seen[0], seen[1], compared)
        return _close(stage, folder, tuple(seen))


def _elsewhere(days: int, *, model: str, seed: int, language: str, login: str) -> contrast.Seen:
    """What the desk of another model shows after so many days; nothing is told and nothing left behind."""
    with (
        tempfile.TemporaryDirectory(prefix="itsmkit-demo-") as scratch,
        _staged(Path(scratch) / "site", _unheard, model=model, seed=seed, language=language, login=login) as stage,
    ):
        live(stage, days, lambda _: None)
        return contrast.look(stage)


def _unheard(_line: str) -> None:
    """What is told to nobody."""


@contextmanager
def _staged(
    folder: Path, out: Callable[[str], None], *, model: str, seed: int, language: str, login: str
) -> Iterator[Stage]:
    """A new site in the folder, and the stage with its desk, at the beginning of the month."""
    company = cast(language, model)
    make_site(folder, company, model, language, login)
    zone = ZoneInfo(ZONES[language])
    clock = MovedClock(datetime(YEAR, MONTH, 1, tzinfo=zone))
    with Desk.open(load_settings(folder), world=seeded_world(clock, seed), clock=clock) as desk:
        mail = desk.settings.plugin["notify_email"]
        yield Stage(
            desk=desk,
            clock=clock,
            zone=zone,
            cast=company,
            sayings=sayings(language),
            seed=seed,
            random=Random(seed),  # noqa: S311 - a story, not a secret
            teller=Teller(out, words(language), zone),
            folder=folder,
            outbox=folder / mail["directory"],
            mailbox=str(mail["sender"]).partition("<")[2].rstrip(">"),
        )


def sayings(language: str) -> Sayings:
    """What people say in that language."""
    if language == "zh":
        from itsmkit.demo.matters_zh import SAYINGS
    else:
        from itsmkit.demo.matters_en import SAYINGS
    return SAYINGS


def words(language: str) -> Mapping[str, str]:
    """The sentences of that language."""
    if language == "zh":
        from itsmkit.demo.words_zh import WORDS
    else:
        from itsmkit.demo.words_en import WORDS
    return WORDS


def _open(stage: Stage, model: str) -> None:
    site = stage.desk.settings.site
    stage.teller.line("title", company=site.name, zone=site.zone, seed=stage.seed, model=model)
    stage.teller.out("")
    stage.teller.line("intro")
    setup = stage.desk.setup
    lines = setup.model().lines(setup.site)
    stage.teller.line("house", people=len(stage.cast.people), teams=len(setup.site.teams), lines=len(lines),
                      store=stage.desk.settings.store.url, plugins=len(stage.desk.plugins))  # fmt: skip
    stage.teller.heading("week", week=stage.day(2, "00:00").isocalendar().week)


def _evening(stage: Stage, day: int, days: int) -> None:
    """The week's sums on Sunday and on the last evening, and the next week's heading."""
    local = stage.day(day, "00:00")
    if local.weekday() != SUNDAY and day < days:
        return
    if day > 1:
        monday = local - timedelta(days=local.weekday())
        figures.week(stage, monday)
        if day < days:
            stage.teller.heading("week", week=local.isocalendar().week + 1)


def _month(stage: Stage) -> None:
    stage.teller.heading("end")
    figures.month(stage)
    number = _telling(stage)
    stage.teller.heading("explain", number=number)
    _explain(stage, number)


def _telling(stage: Stage) -> str:
    """The ticket that there is most to tell of."""
    return stage.numbers.get("outage") or next(iter(stage.numbers.values()))


def _close(stage: Stage, folder: Path, seen: tuple[contrast.Seen, ...]) -> Lived:
    stage.teller.heading("verify")
    verified = stage.desk.verify()
    stage.teller.line("verified", records=sum(verified.records.values()), events=verified.events,
                      breaches=len(verified.breaches))  # fmt: skip
    for breach in verified.breaches[:10]:
        stage.teller.line("breach", type=breach.type, id=breach.id, what=breach.what)
    _where(stage, folder, _telling(stage))
    return Lived(folder, dict(stage.numbers), verified, seen)


def _explain(stage: Stage, number: str) -> None:
    """Each decision in two lines: what, by whom, and because of what."""
    explained = stage.desk.explain(number, stage.who("manager"))
    for one in explained.decisions:
        if one.what == "escalated" or (one.step in SHOWN and one.what in ("step", "assigned")):
            because = one.because if one.what != "escalated" else ""
            stage.teller.tell(one.at, "decision", step=one.step, by=one.by, result=one.result, because=because)


def _where(stage: Stage, folder: Path, number: str) -> None:
    teller = stage.teller
    teller.heading("where")
    mails = len(list(stage.outbox.glob("*.eml")))
    for key, value in (("folder", folder), ("store", folder / "desk.db"), ("outbox", stage.outbox)):
        teller.out(teller.word(key, value=value, n=mails))
    teller.out("")
    three = stage.numbers.get("through_the_lines", number)
    commands = (("show", f"ticket show {three}"), ("explain", f"explain {number}"),
                ("clock", f"explain {stage.numbers.get('paused', number)} --clock"), ("queue", "queue overdue"),
                ("report", f"report month {figures.PERIOD}"), ("verify", "verify"))  # fmt: skip
    for key, command in commands:
        teller.out(f"  itsmkit --site {shlex.quote(str(folder))} {command}")
        teller.out(f"      {teller.word(f'try_{key}')}")
