"""Facebook and Instagram against the fake Meta."""
