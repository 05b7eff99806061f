"""The error of every read or write that fails because the database is away."""


class StorageAway(Exception):
    """The database cannot be reached now."""
