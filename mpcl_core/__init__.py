"""MPCL: predicting emotion distributions from body signals, with plugins, recipes and leak-proof protocols."""
