"""How the text of a column is understood: decided over all files of its table, never per row.

`observe` counts which shapes of text a column holds, `decide` chooses how to read it or refuses
with the evidence, and `canonical` gives the SQL of the text that the readers of the ledger accept.
"""

from lichen.ledger.formats.canonical import canonical
from lichen.ledger.formats.decide import decide
from lichen.ledger.formats.evidence import Evidence, Seen
from lichen.ledger.formats.marks import possible_currencies
from lichen.ledger.formats.observe import observe
from lichen.ledger.formats.outcome import Format, Refusal

__all__ = [
    "Evidence",
    "Format",
    "Refusal",
    "Seen",
    "canonical",
    "decide",
    "observe",
    "possible_currencies",
]
