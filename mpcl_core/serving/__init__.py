"""Serve a stored model over HTTP, with a page that works offline.

The package stands above ``app``, whose use cases (load, predict, stream) it offers, and below the command line: no use
case needs HTTP, so none imports it.
"""
