"""Trains networks, one at a time or many of one shape together; knows no test row and no run folder."""
