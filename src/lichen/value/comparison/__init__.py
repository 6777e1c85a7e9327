"""Compared with similar accounts: what changed for accounts that partners joined."""
