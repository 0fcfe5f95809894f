"""Everything the sandbox knows, behind one lock."""

import threading

from sandbox.courier import Courier
from sandbox.fulfillment_com.warehouse import Warehouse
from sandbox.haravan.store import Store as HaravanStore
from sandbox.next29.store import Store
from sandbox.recorder import Recorder
from sandbox.spree_hub.state import Hub
from sandbox.spresso.account import Account


class World:
    """The stores of every platform, what they were asked and what they sent."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.recorder = Recorder()
        self.courier = Courier()
        self.next29: dict[str, Store] = {}
        self.spresso: dict[str, Account] = {}
        self.haravan: dict[str, HaravanStore] = {}
        self.spree_hub: dict[str, Hub] = {}
        self.fulfillment_com: dict[str, Warehouse] = {}
