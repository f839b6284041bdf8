"""Implement the command line, one module a verb: parse arguments, call the app, print."""
