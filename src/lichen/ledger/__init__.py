"""The ledger: facts read, checked, accounted for, and seen as of a day."""
