"""Bytes: kept whole, once, as long as a record names them."""

from itsmkit.core.model.unit import Done, Unit
from itsmkit.testing.builders import blob, change, commit_change, commit_new, received
from itsmkit.testing.promises.base import ALL, Promises
from itsmkit.testing.sample_type import sample

CHUNK = 256 * 1024
"""The size stores like to cut bytes at."""


class BlobPromises(Promises):
    """What `commit` and `blob` promise for bytes."""

    def test_bytes_of_any_size_come_back_whole(self) -> None:
        for serial, size in enumerate((0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * 1024 * 1024)):
            data = blob((b"\x00\xff" + bytes(str(size), "ascii")) * (size // 4 + 1))
            data = blob(data.data[:size])
            commit_new(self.store, received(serial, data.data), blobs=(data,))
            assert self.store.blob(data.digest, ALL) == data

    def test_bytes_that_nobody_brought_are_absent(self) -> None:
        assert self.store.blob(blob(b"never").digest, ALL) is None
        assert self.store.blob("", ALL) is None

    def test_bytes_are_gone_with_the_last_record_that_names_them(self) -> None:
        data = blob(b"shared")
        one = commit_new(self.store, sample(1, files=(data.digest,)), blobs=(data,))
        two = commit_new(self.store, sample(2, files=(data.digest,)), blobs=(data,))
        commit_change(self.store, one, files=())
        assert self.store.blob(data.digest, ALL) == data
        commit_change(self.store, two, files=())
        assert self.store.blob(data.digest, ALL) is None

    def test_bytes_that_are_there_needn_t_be_brought_again(self) -> None:
        data = blob(b"shared")
        one = commit_new(self.store, sample(1, files=(data.digest,)), blobs=(data,))
        commit_new(self.store, sample(2, files=(data.digest,)))
        commit_change(self.store, one, files=())
        assert self.store.blob(data.digest, ALL) == data

    def test_bytes_pass_from_one_record_to_another_within_one_unit(self) -> None:
        data = blob(b"handed over")
        one = commit_new(self.store, sample(1, files=(data.digest,)), blobs=(data,))
        hand_over = (change(sample(1), before=one), change(sample(2, files=(data.digest,))))
        (done,) = self.store.commit(Unit(hand_over))
        assert isinstance(done, Done)
        assert self.store.blob(data.digest, ALL) == data

    def test_bytes_gone_can_come_again(self) -> None:
        data = blob(b"back")
        one = commit_new(self.store, sample(1, files=(data.digest,)), blobs=(data,))
        one = commit_change(self.store, one, files=())
        commit_change(self.store, one, files=(data.digest,), blobs=(data,))
        assert self.store.blob(data.digest, ALL) == data

    def test_a_record_may_name_many_and_drop_one(self) -> None:
        data = tuple(blob(bytes([n]) * 10) for n in range(5))
        names = tuple(one.digest for one in data)
        kept = commit_new(self.store, sample(1, files=names), blobs=data)
        commit_change(self.store, kept, files=names[1:])
        assert [self.store.blob(name, ALL) for name in names] == [None, *data[1:]]
