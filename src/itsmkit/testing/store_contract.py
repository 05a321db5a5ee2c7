"""The contract of stores: subclass `StoreContract`, say how yours is opened, and pytest does the rest."""

from itsmkit.testing.promises.blobs import BlobPromises
from itsmkit.testing.promises.bodies import BodyPromises
from itsmkit.testing.promises.commands import CommandPromises
from itsmkit.testing.promises.erasure import ErasurePromises
from itsmkit.testing.promises.events import EventPromises
from itsmkit.testing.promises.finding import FindPromises, LikePromises
from itsmkit.testing.promises.keys import KeyPromises
from itsmkit.testing.promises.laws import LawPromises
from itsmkit.testing.promises.leases import LeasePromises, SettlePromises
from itsmkit.testing.promises.paging import PagingPromises
from itsmkit.testing.promises.scopes import MaskPromises, PrivatePromises, ScopePromises
from itsmkit.testing.promises.sites import SitePromises
from itsmkit.testing.promises.tallies import TallyPromises
from itsmkit.testing.promises.threads import ThreadPromises
from itsmkit.testing.promises.units import UnitPromises
from itsmkit.testing.promises.values import ValuePromises


class StoreContract(
    UnitPromises,
    EventPromises,
    KeyPromises,
    CommandPromises,
    LeasePromises,
    SettlePromises,
    ScopePromises,
    MaskPromises,
    PrivatePromises,
    FindPromises,
    LikePromises,
    PagingPromises,
    TallyPromises,
    ValuePromises,
    BodyPromises,
    BlobPromises,
    ErasurePromises,
    SitePromises,
    ThreadPromises,
    LawPromises,
):
    """Every promise of the port `Store`, one test method each.

    A subclass named `Test…` gives `open(types, clock)`: a fresh, empty store that judges time by `clock` (files
    go into `self.folder`). It may give `reopen`, `corrupt` and `contents`; promises that need one it doesn't give
    are skipped and say so.

        class TestMyStore(StoreContract):
            def open(self, types, clock):
                return MyStore(self.folder / "desk.db", types, clock)
    """
