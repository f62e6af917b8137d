"""How the process stands, for `/health`."""


class Standing:
    """
    What one part of the process tells another.

    Attributes:
        line_up: Whether the broker lets us in; None when another process listens to it.
    """

    def __init__(self) -> None:
        self.line_up: bool | None = None

    def tell_line(self, up: bool) -> None:
        """The line came up, or went down."""
        self.line_up = up


standing = Standing()
"""This process."""
