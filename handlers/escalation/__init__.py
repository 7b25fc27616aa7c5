"""FLOW at work: who is told about a case, in which order, by which ways, until somebody has it."""
