"""Train, load, calibrate, export and publish model folders."""
