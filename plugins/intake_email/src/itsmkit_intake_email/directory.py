"""A directory as a mailbox: files are read oldest first and moved to `done` once they are durable."""

import os
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from itsmkit import Message

DONE = "done"


@frozen
class Directory:
    """A directory where another program puts mails, one a file, and the name of the mailbox it stands for."""

    path: Path
    mailbox: str

    def poll(self) -> Iterator[Message]:
        """The mails that wait. Files being written are left alone: names with a dot first or ".tmp" last.

        A file that can't be read doesn't hold up the others; the first such OSError is raised after them.
        """
        failed: OSError | None = None
        for entry in sorted(self._waiting()):
            try:
                raw = (self.path / entry[1]).read_bytes()
            except FileNotFoundError:
                continue
            except OSError as error:
                failed = failed or error
                continue
            yield Message(raw, channel="email", mailbox=self.mailbox, name=entry[1])
        if failed:
            raise failed

    def _waiting(self) -> Iterator[tuple[int, str]]:
        with os.scandir(self.path) as entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.name.endswith(".tmp"):
                    continue
                if entry.is_file(follow_symlinks=False):
                    yield entry.stat(follow_symlinks=False).st_mtime_ns, entry.name

    def taken(self, message: Message) -> None:
        """Move the mail's file to `done`, under a further name where that one is taken.

        A file that was replaced since it was read stays: it is another mail.
        """
        file = self.path / Path(message.name).name
        try:
            if file.read_bytes() != message.raw:
                return
            file.rename(self._free(file.name))
        except FileNotFoundError:
            return

    def _free(self, name: str) -> Path:
        done = self.path / DONE
        done.mkdir(exist_ok=True)
        target, number = done / name, 1
        while target.exists():
            number += 1
            target = done / f"{Path(name).stem}-{number}{Path(name).suffix}"
        return target
