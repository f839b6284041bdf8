"""The parts of the simulated study: what is felt, and the four signals that follow from it."""
