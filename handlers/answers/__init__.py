"""From proposed words to the one reply that leaves: drafts, checks, approvals, the gate, the way to the network."""
