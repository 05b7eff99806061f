"""What the life of an enrollment needs stored, in the transaction of one command."""
