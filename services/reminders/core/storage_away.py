class StorageAway(Exception):
    """The database cannot be reached now."""
