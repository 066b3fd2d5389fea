"""Two pages → the patch that makes the second of the first."""

from __future__ import annotations

from nbpublish.model import Page, Patch


def diff(old: Page, new: Page) -> Patch:
    """The order of the new page's fragments, and those that the old one has not or has otherwise.

    A cell that was edited has another id, mostly: it is new, and the old one is not in the order any more. Who applies
    the patch finds one in the place of the other, between the same neighbours.
    """
    known = {fragment.cell: fragment.html for fragment in old.fragments}
    order = tuple(fragment.cell for fragment in new.fragments)
    return Patch(order, tuple(part for part in new.fragments if known.get(part.cell) != part.html))
