"""Benches: run as `python -m tests.bench.NAME`; each ends with one line of JSON."""
