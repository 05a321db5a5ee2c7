"""`MemoryStore` under contract, all hooks given."""

from itsmkit.testing.promises.memory import InMemory
from itsmkit.testing.store_contract import StoreContract


class MemoryContract(InMemory, StoreContract):
    """The contract over the store in memory, or over one built upon it (`make`)."""
