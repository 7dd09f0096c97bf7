"""Changing what a review form asks: the rules, the writes, the editor on the web and the API."""
