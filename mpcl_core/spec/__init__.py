"""Hold a checked recipe as objects that the engine builds."""
