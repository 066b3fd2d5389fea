"""marimo's plain HTML in our classes, and everything where HTML lets it stand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nbpublish.page.html import is_tag, is_text, with_class, with_style

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag
    from bs4.element import PageElement

    from nbpublish.page.context import Context


BLOCKS = frozenset({"address", "article", "aside", "blockquote", "details", "div", "dl", "fieldset", "figure"}) | {
    *("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "noscript", "ol", "p"),
    *("pre", "section", "table", "ul"),
}
"""Elements that cannot stand in a paragraph."""
_BOXES = frozenset({"nb-callout", "nb-tab", "nb-slide", "nb-accordion"})
_SHARE = frozenset({"flex", "display", "min-width", "min-height"})
"""What marimo says of a part of a stack that has its share of the room."""
_LINES = (
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "span",
    "summary",
    "td",
    "th",
    "li",
    "label",
    "a",
    "em",
    "strong",
    "dt",
)
_THEME_VARIABLE = re.compile(r"var\(--(?:[a-z]+-\d+|[a-z]*-?(?:foreground|background|border|accent|primary|muted))\)")


def markup(soup: BeautifulSoup, context: Context) -> None:
    """Rename what marimo writes with its own classes and styles, in place."""
    for stack in with_style(soup, re.compile(r"display:\s*flex")):
        if stack.name == "div" and stack.get("class") != "nb-grow":  # a part of a stack found before
            _stack(stack)
    for element in with_style(soup, _THEME_VARIABLE):
        kept = [part for part in str(element["style"]).split(";") if not _THEME_VARIABLE.search(part)]
        _set_style(element, ";".join(part.strip() for part in kept if part.strip()))
    for pre in with_class(soup, "pre", "text-xs"):
        pre["class"] = "nb-text"
    for code in with_class(soup, "div", "codehilite"):
        code["class"] = "highlight"
    for title in with_class(soup, "span", "admonition-title"):
        title.name = "p"
    for figure in soup.find_all("figure"):
        if not figure.get("class"):
            figure["class"] = "nb-figure"
            for part in [figure, *figure.find_all("figcaption")]:
                part.attrs.pop("style", None)
    for image in soup.find_all("img"):
        if "style" in image.attrs:
            _image_width(image)
    for tabs in with_class(soup, "div", "tabbed-set"):
        _tabs(tabs, context.unique("tabs"))
    _prose(soup)


def paragraphs(soup: BeautifulSoup) -> None:
    """Take blocks out of paragraphs, and make controls outside of a line of text blocks, in place."""
    for paragraph in soup.find_all("p"):
        _split(soup, paragraph)
    for widget in with_class(soup, "span", "nb-widget"):
        line = widget.find_parent(_LINES)
        if line is None or (line.name in ("span", "li", "td", "th") and _is_alone(widget)):
            widget.name = "div"
    _unwrap_lone(soup)


def _tabs(tabs: Tag, group: str) -> None:
    """Tabs of `/// tab` in marimo's Markdown, which numbers them anew in each of its texts, get names of their own."""
    tabs.attrs = {"class": "nb-tabs"}
    for number, button in enumerate(tabs.find_all("input", recursive=False), 1):
        button["name"], button["id"] = group, f"{group}-{number}"
        if is_tag(label := button.find_next_sibling()) and label.name == "label":
            label["for"] = button["id"]
    for panel in tabs.find_all("div", class_="tabbed-content", recursive=False):
        panel["class"] = "nb-tab"


def _prose(soup: BeautifulSoup) -> None:
    """`span.markdown > span.paragraph` becomes a block of paragraphs, or nothing within a line."""
    for paragraph in with_class(soup, "span", "paragraph"):
        if paragraph.find_parent(["p", "h1", "h2", "h3", "h4", "h5", "h6", "summary", "label"]):
            paragraph.unwrap()
        else:
            paragraph.name = "p"
            paragraph.attrs.pop("class", None)
    for prose in with_class(soup, "span", "markdown"):
        for heading in prose.find_all(re.compile(r"h[1-6]")):
            heading.attrs.pop("id", None)
        if prose.find(BLOCKS) is None or prose.find_parent(["p", "summary", "label"]):
            prose.unwrap()
        else:
            prose.name = "div"
            prose["class"] = "nb-markdown"


def _unwrap_lone(soup: BeautifulSoup) -> None:
    """Prose that is all a box holds needs no block of its own."""
    for prose in with_class(soup, "div", "nb-markdown"):
        box = prose.parent
        if box is None or not {*box.get_attribute_list("class")} & _BOXES:
            continue
        if all(node is prose or _is_blank(node) or getattr(node, "name", "") == "summary" for node in box.children):
            prose.unwrap()


def _stack(stack: Tag) -> None:
    style = _declarations(str(stack.get("style") or ""))
    horizontal = style.get("flex-direction", "row").startswith("row")
    stack["class"] = "nb-hstack" if horizontal else "nb-vstack"
    kept = {
        "--nb-gap": style.get("gap"),
        "--nb-align": style.get("align-items"),
        "--nb-justify": style.get("justify-content"),
        "--nb-wrap": style.get("flex-wrap"),
    }
    _set_style(stack, ";".join(f"{name}:{value}" for name, value in kept.items() if value and _is_word(value)))
    for child in stack.find_all("div", recursive=False):
        _share(child)


def _share(child: Tag) -> None:
    """Mark a part of a stack that `widths` or `heights` give a share of the room. It may hold a stack itself."""
    own = _declarations(str(child.get("style") or ""))
    if "flex" in own and set(own) <= _SHARE and _is_word(own["flex"]):
        child["style"] = f"--nb-grow:{own['flex']}"
        child["class"] = "nb-grow"


def _is_word(value: str) -> bool:
    return re.fullmatch(r"[\w.%-]+", value) is not None


def _declarations(style: str) -> dict[str, str]:
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    return {name.strip().lower(): value.strip() for name, value in pairs}


def _set_style(element: Tag, style: str) -> None:
    if style:
        element["style"] = style
    else:
        element.attrs.pop("style", None)


def _image_width(image: Tag) -> None:
    """A width in pixels becomes the attribute, so that the picture can still shrink on a small screen."""
    style = _declarations(str(image["style"]))
    for name in ("width", "height"):
        if match := re.fullmatch(r"(\d+)(?:\.\d+)?px", style.get(name, "")):
            image.attrs.setdefault(name, match.group(1))
            del style[name]
    _set_style(image, ";".join(f"{name}:{value}" for name, value in style.items()))


def _split(soup: BeautifulSoup, paragraph: Tag) -> None:
    """`<p>a<div/>b</p>` becomes `<p>a</p><div/><p>b</p>`; a paragraph that holds one control only is that control."""
    _lift(paragraph)
    children = [child for child in paragraph.children if not _is_blank(child)]
    if len(children) == 1 and _is_widget(children[0]):
        paragraph.unwrap()
        return
    if not any(_is_block(child) for child in children):
        return
    pieces: list[PageElement] = []
    current: Tag | None = None
    for child in list(paragraph.children):
        child.extract()
        if _is_block(child):
            pieces.append(child)
            current = None
        elif current is not None or not _is_blank(child):
            if current is None:
                current = soup.new_tag(
                    "p", attrs={name: str(value) for name, value in paragraph.attrs.items() if name != "id"}
                )
                pieces.append(current)
            current.append(child)
    paragraph.replace_with(*pieces)


def _lift(paragraph: Tag) -> None:
    """Blocks deeper in a paragraph come up to its level: the spans around them give way."""
    for block in paragraph.find_all(BLOCKS):
        parent = block.parent
        while parent is not None and parent is not paragraph and parent.name not in BLOCKS:
            above = parent.parent
            parent.unwrap()
            parent = above


def _is_block(node: PageElement) -> bool:
    return is_tag(node) and node.name in BLOCKS


def _is_widget(node: PageElement) -> bool:
    return is_tag(node) and "nb-widget" in node.get_attribute_list("class")


def _is_blank(node: PageElement) -> bool:
    return is_text(node) and not node.strip()


def _is_alone(widget: Tag) -> bool:
    parent = widget.parent
    return parent is None or all(child is widget or _is_blank(child) for child in parent.children)
