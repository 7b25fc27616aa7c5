"""X: what its adapter reads, counts, pays and dares, against the fake X."""
