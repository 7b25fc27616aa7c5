"""What happened, told without being asked: figures, digests and who subscribed to them, spikes, reports."""
