"""Statistics on arrays: NumPy and SciPy in, small frozen results out, never a table."""
