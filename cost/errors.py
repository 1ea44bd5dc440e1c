"""What stops the count."""


class CostError(Exception):
    """Something was seen that cannot be priced. Its message says what, and where to add it."""
