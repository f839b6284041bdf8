"""Simulate what people feel, and the signals that follow from it."""
