"""Predict live signals: place samples in time, filter them causally, cut windows and predict each as it is complete."""
