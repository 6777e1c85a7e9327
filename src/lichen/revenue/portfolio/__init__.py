"""Partners as a portfolio: who is active, what hangs on whom, and which accounts nobody covers."""
