"""A module that mkdocstrings documents."""


def area(radius: float) -> float:
    """The area of a circle."""
    return 3.14159 * radius**2
