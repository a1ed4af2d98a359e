"""The two errors whose message is meant for the user, on one line."""


class UserError(Exception):
    """Something the user can mend: what is wrong, where, and what to do. Exit status 1."""


class UsageError(UserError):
    """A flag or an argument that cannot be right. Exit status 2."""
