"""What merchants keep with us: products, how many there are and why, and what stores believe."""

from inventory.models.allocations import Allocation
from inventory.models.counts import Scan, Stocktake, StocktakeLine, StocktakeState
from inventory.models.files import FileKind, FileState, StockFile
from inventory.models.inbounds import Inbound, InboundLine, InboundState, Receipt
from inventory.models.levels import FIGURES, Kind, StockLevel, StockMovement
from inventory.models.products import Barcode, Product, SkuAlias, UnknownSku
from inventory.models.records import Mapped, StockRecord
from inventory.models.transfers import Transfer, TransferLine, TransferState

__all__ = [
    "FIGURES",
    "Allocation",
    "Barcode",
    "FileKind",
    "FileState",
    "Inbound",
    "InboundLine",
    "InboundState",
    "Kind",
    "Mapped",
    "Product",
    "Receipt",
    "Scan",
    "SkuAlias",
    "StockFile",
    "StockLevel",
    "StockMovement",
    "StockRecord",
    "Stocktake",
    "StocktakeLine",
    "StocktakeState",
    "Transfer",
    "TransferLine",
    "TransferState",
    "UnknownSku",
]
