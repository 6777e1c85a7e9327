"""What customers got out of a window beside revenue: adoption, goals, sentiment, cost and more.

Every family gives features per account; they stand in one table, so the engine is asked once.
"""
