"""Where the public speaks: one file per network."""
