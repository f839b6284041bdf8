"""Predict recordings, windows and live signals with a model."""
