"""Reads of the feed; a constant number of queries each."""
