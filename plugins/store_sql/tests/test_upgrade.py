"""Databases that lack something, and what an upgrade makes of them."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from itsmkit import TICKET, Field, FieldKind, Op, Query, RecordType, Scope, StoreError, StoreOutdated, Test
from itsmkit.testing import commit_all, commit_change, commit_new
from itsmkit.testing.sample_type import SAMPLE, sample
from itsmkit_store_sql import Settings, plugin, upgrading

ALL = Scope.system("test")
WORD = Test("word", Op.IS, "w3")
OLD = evolve(SAMPLE, fields=tuple(one for one in SAMPLE.fields if one.name not in ("word", "number")))


def opened(file: Path, *types: RecordType) -> Any:
    return closing(plugin(Settings()).itsmkit_open_store(f"sqlite:///{file}", types, None))


def url(file: Path) -> str:
    return f"sqlite:///{file}"


def upgrade(where: str, types: tuple[RecordType, ...]) -> tuple[str, ...]:
    keeper = plugin(Settings()).itsmkit_keep_store(where, types)
    assert keeper
    return tuple(keeper.upgrade())


def layout(file: Path) -> dict[str, str]:
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {name: " ".join(sql.split()) for name, sql in rows}


def execute(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        for one in statements:
            connection.execute(one)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


def filled(file: Path, count: int = 1203) -> None:
    with opened(file, OLD) as store:
        commit_all(store, [sample(n, word=f"w{n % 10}", number=n) for n in range(1, count + 1)])


def test_migrations_make_what_an_empty_database_is_given(tmp_path: Path) -> None:
    with opened(tmp_path / "new.db", SAMPLE, TICKET):
        pass
    execute(tmp_path / "migrated.db", "CREATE TABLE guest (name TEXT)")
    done = upgrade(url(tmp_path / "migrated.db"), (SAMPLE, TICKET))
    assert done[0] == "fixed tables brought to revision 0001"
    execute(tmp_path / "migrated.db", "DROP TABLE guest")
    assert layout(tmp_path / "migrated.db") == layout(tmp_path / "new.db")
    assert upgrade(url(tmp_path / "migrated.db"), (SAMPLE, TICKET)) == ()


def test_an_upgrade_sets_an_empty_database_up(file: Path) -> None:
    assert upgrade(url(file), (SAMPLE,)) == (f"set up {file}",)
    with opened(file, SAMPLE) as store:
        commit_new(store, sample(1))


@pytest.mark.parametrize(
    ("damage", "lacking"),
    [
        ("DELETE FROM alembic_version", "revision 0001"),
        ("DROP TABLE r_ticket", "table r_ticket"),
        ("DROP INDEX r_sample_by_word", "index r_sample_by_word"),
        ("ALTER TABLE r_sample DROP COLUMN flag", "column r_sample.flag"),
        ("INSERT INTO meta VALUES ('backfill:sample', '{}')", "values of new columns of sample"),
    ],
)
def test_what_is_missing_is_named_together_with_the_command_that_adds_it(file: Path, damage: str, lacking: str) -> None:
    with opened(file, SAMPLE, TICKET):
        pass
    execute(file, damage)
    with pytest.raises(StoreOutdated, match=rf"lacks {lacking}.*: run `itsmkit store upgrade`"):
        opened(file, SAMPLE, TICKET)


def test_a_database_of_a_newer_version_is_refused_by_both(file: Path) -> None:
    with opened(file, SAMPLE):
        pass
    execute(file, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="use the newer one") as caught:
        opened(file, SAMPLE)
    assert not isinstance(caught.value, StoreOutdated)
    with pytest.raises(StoreError, match="use the newer one"):
        upgrade(url(file), (SAMPLE,))


def test_new_fields_are_filled_from_the_records_and_indexed(file: Path) -> None:
    filled(file)
    with pytest.raises(StoreOutdated):
        opened(file, SAMPLE)
    done = upgrade(url(file), (SAMPLE,))
    assert "filled word, number of 1203 records of sample" in done
    with opened(file, SAMPLE) as store:
        assert len(store.find(Query("sample", (WORD,)), ALL, limit=999).items) == 121
        numbers = [one.number for one in store.find(Query("sample", order="number"), ALL, limit=9999).items]
        assert numbers == list(range(1, 1204))
    assert "r_sample_by_word" in layout(file)


def test_an_upgrade_that_was_stopped_goes_on_where_it_was(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(file)
    real = upgrading.view

    def view(type_: RecordType, row: Any, scope: Scope) -> Any:
        if row[0] == sample(700).id:
            raise KeyboardInterrupt
        return real(type_, row, scope)

    monkeypatch.setattr(upgrading, "view", view)
    with pytest.raises(KeyboardInterrupt):
        upgrade(url(file), (SAMPLE,))
    monkeypatch.undo()
    with pytest.raises(StoreOutdated):
        opened(file, SAMPLE)
    assert "filled word, number of 703 records of sample" in upgrade(url(file), (SAMPLE,))
    with opened(file, SAMPLE) as store:
        assert len(store.find(Query("sample", (WORD,)), ALL, limit=999).items) == 121


def test_a_field_added_after_an_upgrade_was_stopped_is_filled_for_all(file: Path) -> None:
    filled(file, 20)
    half = evolve(SAMPLE, fields=tuple(one for one in SAMPLE.fields if one.name != "number"))
    upgrade(url(file), (half,))
    execute(
        file,
        "UPDATE r_sample SET word = NULL WHERE id > printf('%032x', 10)",
        """INSERT INTO meta
           VALUES ('backfill:sample', json_object('after', printf('%032x', 10), 'columns', json_array('word')))""",
    )
    upgrade(url(file), (SAMPLE,))
    with opened(file, SAMPLE) as store:
        assert len(store.find(Query("sample", (Test("word", Op.SET), Test("number", Op.SET))), ALL).items) == 20


def test_an_unreadable_record_does_not_stop_an_upgrade(file: Path) -> None:
    filled(file, 3)
    execute(file, "UPDATE r_sample SET body = '{' WHERE id = printf('%032x', 2)")
    upgrade(url(file), (SAMPLE,))
    with opened(file, SAMPLE) as store:
        assert [one.id for one in store.find(Query("sample"), ALL).items] == [sample(n).id for n in (1, 2, 3)]


def test_an_upgrade_of_one_type_leaves_the_others_alone(file: Path) -> None:
    other = RecordType("other", SAMPLE.value, fields=(Field("number", FieldKind.INT),))
    with opened(file, SAMPLE) as store:
        kept = commit_change(store, commit_new(store, sample(1, word="a")), word="b")
    assert upgrade(url(file), (SAMPLE, other)) == ("added table r_other",)
    with opened(file, SAMPLE, other) as store:
        assert store.get("sample", kept.id, ALL) == kept
