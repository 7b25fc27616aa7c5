"""Tests of the rules: FLOW files, people and triage."""
