"""What ``mpcl new`` writes, to be filled in."""
