"""Doors: the only code that names a platform."""
