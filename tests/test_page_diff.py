"""Two pages and the patch between them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nbpublish.model import Fragment, Page, Patch
from nbpublish.page.diff import diff


def page(**cells: str) -> Page:
    return Page(None, tuple(Fragment(cell, html) for cell, html in cells.items()))


def patched(old: Page, patch: Patch) -> Page:
    """What a browser does with a patch."""
    known = {part.cell: part for part in (*old.fragments, *patch.fragments)}
    return Page(None, tuple(known[cell] for cell in patch.order))


PAGES = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(("<p>1</p>", "<p>2</p>"))).map(lambda d: page(**d))


@given(PAGES, PAGES)
def test_a_patch_makes_the_new_page_of_the_old_one(old: Page, new: Page) -> None:
    assert patched(old, diff(old, new)) == new


@given(PAGES)
def test_nothing_changed_is_an_empty_patch(same: Page) -> None:
    assert diff(same, same).fragments == ()


def test_only_what_changed_is_sent() -> None:
    patch = diff(page(a="1", b="2", c="3"), page(a="1", c="4", d="5"))
    assert patch == Patch(("a", "c", "d"), (Fragment("c", "4"), Fragment("d", "5")))


def test_cells_that_only_moved_are_not_sent() -> None:
    assert diff(page(a="1", b="2"), page(b="2", a="1")) == Patch(("b", "a"))
