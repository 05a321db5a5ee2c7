"""Processes that are killed: forked from a warm parent which holds no store open, heard of through a pipe."""

import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress

from attrs import define, field


class Broke(Exception):
    """A process ended by an error of its own and not by us."""


@define
class Forked:
    """A child at work, and what it has told so far."""

    pid: int
    pipe: int
    told: bytes = b""
    lines: list[bytes] = field(factory=list)
    status: int | None = None

    def listen(self, seconds: float) -> bool:
        """Hear it out for that long at most; False once it has ended."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not select.select([self.pipe], [], [], left)[0]:
                return True
            if not self._read():
                return False
        return True

    def kill(self) -> None:
        """End it as a crash would."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def ended(self) -> list[bytes]:
        """Wait for its end; all the whole lines it told. Broke where it failed."""
        while self._read():
            pass
        os.close(self.pipe)
        self.status = os.waitpid(self.pid, 0)[1]
        if os.WIFEXITED(self.status) and os.WEXITSTATUS(self.status):
            msg = f"process {self.pid} failed; see above"
            raise Broke(msg)
        return self.lines

    @property
    def killed(self) -> bool:
        """Whether it died by a signal."""
        return self.status is not None and os.WIFSIGNALED(self.status)

    def _read(self) -> bool:
        got = os.read(self.pipe, 1 << 16)
        *lines, self.told = (self.told + got).split(b"\n")
        self.lines += lines
        return bool(got)


def forked(work: Callable[[int], None]) -> Forked:
    """A child that does the work, which is given the end of a pipe to tell through."""
    sys.stdout.flush()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(reading)
            work(writing)
            status = 0
        except BaseException:  # noqa: BLE001 - whatever it was, the parent must not go on in its child
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writing)
    return Forked(pid, reading)


def die() -> None:
    """End at once, without a word."""
    os.kill(os.getpid(), signal.SIGKILL)
