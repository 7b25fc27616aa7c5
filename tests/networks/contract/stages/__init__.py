"""One file a network: the real server or the fake that it is tried on, and the customers who write there."""
