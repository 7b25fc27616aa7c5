"""The room in which a crisis is led: facts, statements, holds, attestations, clocks, call-backs."""
