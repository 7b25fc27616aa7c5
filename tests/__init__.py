"""Tests of Tocsin: stories, rules, doors and benches."""
