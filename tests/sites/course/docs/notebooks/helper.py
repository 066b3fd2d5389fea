"""A module beside the notebooks; it is no notebook."""


def area(radius: float) -> float:
    return 3.14159 * radius**2
