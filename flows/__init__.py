"""The rules: FLOW as values, decided by pure functions with the time passed in."""
