"""Benches: run as `python -m tests.bench.NAME`; each ends with one line of JSON."""

import logging

import structlog

# a line for each of a hundred thousand sends tells nobody anything, and would stand between the numbers
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
