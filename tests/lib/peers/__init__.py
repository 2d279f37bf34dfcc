"""Peers for the tests: servers that do exactly what a test says, and real ones."""
