"""The ledger: facts read, checked, accounted for, and seen as of a day."""

from lichen.ledger.accounted import Accounted, accounted
from lichen.ledger.facts import Facts
from lichen.ledger.ledger import Ledger, open_ledger
from lichen.ledger.load import load
from lichen.ledger.planning import FeedRead, LoadPlan, plan_load

__all__ = [
    "Accounted",
    "Facts",
    "FeedRead",
    "Ledger",
    "LoadPlan",
    "accounted",
    "load",
    "open_ledger",
    "plan_load",
]
