"""What figures cost, beside a bare scan of the same columns and beside other ways to get them."""
