"""Whoever watches the house itself: what stands still is found, and told past everything that may be what stands still."""
