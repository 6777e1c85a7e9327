"""The words: entities and their contracts, roles, metrics, figures, definitions."""
