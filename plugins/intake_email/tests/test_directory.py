"""A directory as a mailbox."""

import os
from pathlib import Path

import pytest

from itsmkit import Message, Source
from itsmkit_intake_email import Settings, plugin


@pytest.fixture
def source(tmp_path: Path) -> Source:
    (found,) = plugin(Settings(directory=str(tmp_path), mailbox="support")).itsmkit_sources()
    return found


def put(folder: Path, name: str, raw: bytes = b"From: a@b.example\n\nhi", age: int = 0) -> Path:
    path = folder / name
    path.write_bytes(raw)
    os.utime(path, (10_000 - age, 10_000 - age))
    return path


def test_without_a_directory_there_is_no_source() -> None:
    assert tuple(plugin(Settings()).itsmkit_sources()) == ()


def test_mails_come_oldest_first_with_the_name_of_their_mailbox(tmp_path: Path, source: Source) -> None:
    put(tmp_path, "a", b"young", age=1)
    put(tmp_path, "b", b"old", age=9)
    assert [(one.raw, one.name, one.channel, one.mailbox) for one in source.poll()] == [
        (b"old", "b", "email", "support"),
        (b"young", "a", "email", "support"),
    ]


def test_what_is_being_written_is_left_alone(tmp_path: Path, source: Source) -> None:
    put(tmp_path, ".half")
    put(tmp_path, "half.tmp")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(put(tmp_path, ".secret"))
    assert list(source.poll()) == []


def test_a_taken_mail_is_kept_and_never_read_again(tmp_path: Path, source: Source) -> None:
    for raw in (b"one", b"two", b"three"):
        put(tmp_path, "mail.eml", raw)
        for message in source.poll():
            source.taken(message)
    assert list(source.poll()) == []
    kept = {path.name: path.read_bytes() for path in (tmp_path / "done").iterdir()}
    assert kept == {"mail.eml": b"one", "mail-2.eml": b"two", "mail-3.eml": b"three"}


def test_a_file_replaced_meanwhile_is_another_mail(tmp_path: Path, source: Source) -> None:
    put(tmp_path, "mail", b"one")
    (message,) = source.poll()
    put(tmp_path, "mail", b"two")
    source.taken(message)
    assert [one.raw for one in source.poll()] == [b"two"]


def test_a_file_that_another_worker_took_is_no_fault(tmp_path: Path, source: Source) -> None:
    put(tmp_path, "mail")
    (message,) = source.poll()
    source.taken(message)
    source.taken(message)
    assert len(list((tmp_path / "done").iterdir())) == 1


def test_a_name_leads_nowhere_else(tmp_path: Path, source: Source) -> None:
    outside = put(tmp_path.parent, f"{tmp_path.name}-outside", b"keep")
    source.taken(Message(b"keep", name=f"../{outside.name}"))
    assert outside.read_bytes() == b"keep"


def test_a_mail_not_taken_comes_again(tmp_path: Path, source: Source) -> None:
    put(tmp_path, "mail")
    assert len(list(source.poll())) == len(list(source.poll())) == 1


def test_a_missing_directory_is_said(tmp_path: Path) -> None:
    (gone,) = plugin(Settings(directory=str(tmp_path / "gone"))).itsmkit_sources()
    with pytest.raises(FileNotFoundError):
        list(gone.poll())
