"""Use cases: what a person, or time, can do here. One noun per file, one public method per act; no platform is named."""
