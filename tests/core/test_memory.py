from itsmkit.testing import MemoryContract


class TestMemoryStore(MemoryContract):
    """Every promise of the port, hypothesis laws included, holds for the store that is the contract executed."""
