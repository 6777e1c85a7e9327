"""Lichen: what partners do for the customers you keep, in figures that finance accepts."""
