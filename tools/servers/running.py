"""What the servers have in common: a folder, a port, a process that ends with whoever started it."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

NOBODY = 65534
"""Whom servers run as where we are root: they refuse root, or shouldn't have its rights."""
PATIENCE = 60.0
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG


class NoServer(Exception):
    """There is no such server for this platform, or it doesn't start."""


def installed(package: str, path: str) -> Path:
    """The path inside an installed wheel; NoServer where the wheel isn't there, as on platforms it isn't made for."""
    try:
        found = Path(str(distribution(package).locate_file(path)))
    except PackageNotFoundError:
        msg = f"{package} isn't installed; there is no wheel of it for {sys.platform}"
        raise NoServer(msg) from None
    if not found.exists():
        msg = f"{package} has no {path}"
        raise NoServer(msg)
    return found


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def folder_for(name: str) -> Path:
    """A new folder that the server's user owns."""
    made = Path(tempfile.mkdtemp(prefix=f"itsmkit-{name}-"))
    hand_over(made)
    return made


def hand_over(path: Path) -> None:
    """Make the server's user its owner."""
    if os.geteuid() == 0:
        os.chown(path, NOBODY, NOBODY)


def for_nobody(source: Path, package: str, *beside: str) -> Path:
    """The file or folder of a wheel where the server's user may read it: in place, or copied once to a folder for all.

    A checkout may lie where only root can go. `beside` are folders next to the package that it needs.
    """
    if os.geteuid() != 0:
        return source
    site = Path(str(distribution(package).locate_file("")))
    inside = source.relative_to(site)
    target = Path(tempfile.gettempdir()) / f"itsmkit-{package}-{version(package)}"
    if not target.exists():
        copy = Path(tempfile.mkdtemp(prefix=f"itsmkit-{package}-"))
        copy.chmod(0o755)
        for path in (inside, *map(Path, beside)):
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if (site / path).is_dir() else shutil.copy2)(site / path, copy / path)
        try:
            copy.rename(target)
        except OSError:  # another process was faster
            shutil.rmtree(copy)
    return target / inside


class Server(ABC):
    """A server process on a folder of its own. `kill` is a crash, `start` after it a recovery."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> Sequence[str | Path]:
        """How it is started."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether it takes requests by now."""

    def start(self) -> None:
        """Start it and wait until it answers; NoServer with the end of its log where it doesn't."""
        log = self.folder / "log"
        with log.open("ab") as out:
            self._process = launched(self.command(), self.folder, out.fileno())
        end = time.monotonic() + PATIENCE
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > end:
                self.kill()
                msg = f"{type(self).__name__} does not start: {log.read_text('utf-8', 'replace')[-1500:]}"
                raise NoServer(msg)
            time.sleep(0.05)

    @property
    def pid(self) -> int:
        """The process."""
        if self._process is None:
            msg = "it isn't running"
            raise NoServer(msg)
        return self._process.pid

    def kill(self) -> None:
        """End it as a crash would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it and remove its folder."""
        self._end(signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            self._process.send_signal(how)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(PATIENCE)
        self._process = None


def launched(command: Sequence[str | Path], folder: Path, out: int) -> "subprocess.Popen[bytes]":
    """The command as a process that is killed when this one ends, under another user where we are root."""
    user = NOBODY if os.geteuid() == 0 else None
    return subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=out,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        env={"PATH": os.defpath, "HOME": str(folder), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        preexec_fn=_dies_with_parent(),  # noqa: PLW1509 - one call of the C library, nothing of Python's
    )


def _dies_with_parent() -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(_DEATH_SIGNAL, signal.SIGKILL)
