"""The law of the store, against a dictionary: a find gives what was kept, or less, and never something else."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from test_store_hardship import DAMAGES

from nbpublish.model import Output, Trace, Version
from nbpublish.store.collect import CacheLimits
from nbpublish.store.disk import DiskStore
from nbpublish.store.index import VARIANTS

KEYS = st.sampled_from(["a", "b", "c"])
TEXTS = st.sampled_from(["", "x", "y" * 5000])
VALUES = st.integers(0, 5).map(lambda number: bytes([number]) * 6000)


class StoreAgainstModel(RuleBasedStateMachine):
    """Two stores in one folder, as two builds have them, and a dictionary of what was kept."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.kept: dict[str, list[Trace]] = {}
        """All that was ever kept, the newest first, each id once."""
        self.values: dict[str, bytes] = {}
        self.harmed = False
        """Whether anything may have been lost since the last look."""
        self.number = 0

    @initialize()
    def open(self) -> None:
        self.stores = [DiskStore(self.folder), DiskStore(self.folder)]

    @rule(which=st.integers(0, 1), key=KEYS, text=TEXTS, data=VALUES, old=st.booleans())
    def keep(self, which: int, key: str, text: str, data: bytes, old: bool) -> None:
        """A trace with a value, under a new id or one that was kept before."""
        self.number += 1
        known = self.kept.setdefault(key, [])
        id = known[-1].id if old and known else str(self.number)
        digest = self.stores[which].put([data])
        self.values[digest] = data
        output = Output("display", {"text/html": text, "image/png": b"\x00" * len(text)})
        trace = Trace(key, (output,), id=id, versions={"x": Version(text, id, blob=digest)}, seconds=self.number)
        self.stores[which].keep(trace)
        self.kept[key] = [trace, *(other for other in known if other.id != id)]

    @rule(which=st.integers(0, 1))
    def find(self, which: int) -> None:
        for key, known in self.kept.items():
            found = list(self.stores[which].find(key))
            if self.harmed:
                assert all(trace in known for trace in found)
                assert sorted(found, key=known.index) == found
            else:
                assert found == known[:VARIANTS]

    @rule(which=st.integers(0, 1))
    def load(self, which: int) -> None:
        for digest, value in self.values.items():
            loaded = self.stores[which].blob(digest)
            assert loaded == value or (self.harmed and loaded is None)

    @rule(seed=st.integers(0, 2**32))
    def damage(self, seed: int) -> None:
        """Something happens to files while no build runs."""
        self.close()
        chance = random.Random(seed)
        files = sorted(path for path in (self.folder / "v1").rglob("*") if path.is_file())
        if chance.random() < 0.8:  # most damage leaves the index, or nothing would be left to find
            files = [path for path in files if path.suffix != ".sqlite"]
        for path in chance.sample(files, min(len(files), chance.randrange(1, 6))):
            chance.choice(DAMAGES)(path, chance)
            self.harmed = True
        self.open()
        self.find(0)
        self.load(1)

    @rule(which=st.integers(0, 1), size=st.sampled_from([0, 9000, 30_000]), age=st.sampled_from([0.0, 1e6]))
    def collect(self, which: int, size: int, age: float) -> None:
        self.stores[which].close()
        self.stores[which].collect(CacheLimits(size, age), now=time.time() + 7200)
        self.harmed = True

    @rule(which=st.integers(0, 1))
    def reopen(self, which: int) -> None:
        self.stores[which].close()
        self.stores[which] = DiskStore(self.folder)

    @rule(which=st.integers(0, 1))
    def verify(self, which: int) -> None:
        verified = self.stores[which].verify()
        if not self.harmed:
            assert (verified.broken_traces, verified.broken_blobs, verified.index) == (0, 0, True)

    @rule()
    def clear(self) -> None:
        """Everything is forgotten, so that nothing is missed from here on."""
        self.close()
        self.stores[0].clear()
        self.kept, self.values, self.harmed = {}, {}, False
        self.open()

    @invariant()
    def nothing_is_left_aside(self) -> None:
        assert not [path for path in self.folder.glob("v1/*/tmp/*") if path.is_file()]

    def close(self) -> None:
        for store in self.stores:
            store.close()

    def teardown(self) -> None:
        if hasattr(self, "stores"):
            self.close()
        shutil.rmtree(self.folder)


TestStoreAgainstModel = StoreAgainstModel.TestCase
TestStoreAgainstModel.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)
