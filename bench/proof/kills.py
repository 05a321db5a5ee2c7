"""A desk's process is killed at each point where a death matters, then at random moments; the next one goes on."""

import os
from collections.abc import Callable
from pathlib import Path
from random import Random

from attrs import define

from bench.proof.checks import Findings, proven
from bench.proof.processes import Forked, die, forked
from bench.proof.sites import APART, Shifted, Site, opened
from bench.proof.work import Ledger, settled

TASKS = 4
"""So many tasks make a course: mails, a comment, a step, a pass of a worker."""
ROUND = 250
"""After so many kills the store is proven and another begun."""
EARLY = 2
"""Every so many lives one is killed while it still takes up: what is died over again and again would be set aside."""
READY = b"ready"


@define
class Course:
    """One store's way through many deaths."""

    site: Site
    ledger: Ledger
    random: Random
    lives: int = 0
    kills: int = 0
    usual: float = 0.1
    """Seconds within which a death comes."""

    def live(self, *, point: int = 0, early: bool = False) -> bool:
        """One process, which takes up what the dead left, then works; whether it was killed.

        It dies at its `point`th point of interest, or, where that is 0, at a random moment: while it works, or `early`,
        while it still takes up.
        """
        self.lives += 1
        child = forked(lambda acks: self._life(acks, point))
        if point == 0:
            self._strike(child, early=early)
        told = [line for line in child.ended() if line != READY]
        for line in told:
            self.ledger.note(line)
        if not early:
            # However fast the machine is: about one task in a life, so that deaths come in all of them.
            self.usual *= 0.9 if told else 1.2
        self.kills += child.killed
        return child.killed

    def _life(self, acks: int, point: int) -> None:
        ahead = 0

        def pass_point(_name: str) -> None:
            nonlocal ahead
            ahead -= 1
            if ahead == 0:
                die()

        clock = Shifted(self.lives * APART)
        with opened(self.site, clock=clock, seed=self.lives, point=pass_point if point else None) as desk:
            desk.tick()
            os.write(acks, READY + b"\n")
            ahead = point
            self.ledger.work(desk, acks, TASKS)

    def _strike(self, child: Forked, *, early: bool) -> None:
        while not early and READY not in child.lines and child.listen(0.001):
            pass
        if child.listen(self.random.uniform(0, self.usual)):
            child.kill()


def kills(make: Callable[[], Site], count: int, seed: int) -> Findings:
    """So many deaths, over as many stores as that takes."""
    random, found = Random(seed), Findings()
    while (left := count - found.counts["kills"]) > 0:
        course = Course(_warm(make()), Ledger(random.getrandbits(32)), random)
        point = 1
        while course.live(point=point):
            point += 1
        found.counts["kills at points"] += course.kills
        while course.kills < min(left, ROUND):
            course.live(early=course.lives % EARLY == 0)
        found.add(proven(course.site, course.ledger, lives=course.lives + 1))
        found.counts.update(kills=course.kills, lives=course.lives, stores=1)
    return found


def _warm(site: Site) -> Site:
    """The site after some work: what is slow to load or to compile is so once, before the forks."""
    with opened(site, clock=Shifted(), seed=0) as desk, Path(os.devnull).open("wb") as nobody:
        Ledger(0).work(desk, nobody.fileno(), 2 * TASKS)
        settled(desk)
    return site
