"""Dealing the presentations out by what students would like: read, worked out, looked at, applied, undone."""
