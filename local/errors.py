"""The one exception that the local stack shows to its user as a sentence."""


class LocalStackError(Exception):
    """Something the person at the keyboard can act on; its text says what is wrong and what to do."""
