"""What goes wrong."""


class FledgeError(RuntimeError):
    """What a library says went wrong, in one line."""
