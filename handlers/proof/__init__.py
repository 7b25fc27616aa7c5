"""FLOW proved before the crisis: what is wrong with it, and who would be told when."""
