"""HTML of others: nothing on our pages is fetched from another host, and large `data:` addresses become files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nbpublish.page import placeholders
from nbpublish.page.addresses import spell_in_drawings
from nbpublish.page.context import Context
from nbpublish.page.figures import LARGE, decode_data_uri
from nbpublish.page.html import of_kinds, parse, replace, serialize, with_class, with_style
from nbpublish.page.page_styles import leave_the_site_alone
from nbpublish.page.sizes import size_of

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_LOADS = {
    "img": ("image", ("src", "srcset")),
    "source": ("media", ("src", "srcset")),
    "audio": ("media", ("src",)),
    "video": ("media", ("src", "poster")),
    "track": ("media", ("src",)),
    "iframe": ("frame", ("src",)),
    "frame": ("frame", ("src",)),
    "embed": ("frame", ("src",)),
    "object": ("frame", ("data",)),
    "script": ("script", ("src",)),
    "link": ("stylesheet", ("href",)),
    "input": ("image", ("src",)),
    "image": ("image", ("href", "xlink:href")),
    "use": ("image", ("href", "xlink:href")),
    "base": ("frame", ("href",)),
}
"""Elements that fetch by themselves, what they fetch, and the attributes that say from where."""
_HOLD = frozenset(("img", "source", "audio", "video", "a", "embed", "object", "image", "track", "iframe"))
"""Elements that may hold what they show."""
_CSS_LOAD = re.compile(
    r"""@import\s+(?:url\()?\s*["']?\s*(?:https?:)?//[^;]*;?|url\(\s*["']?\s*(?:https?:)?//[^)]*\)""", re.I
)
_SCRIPT_LOAD = re.compile(
    r"""(?:https?:)?//[\w.-]+\.[a-z]{2,}(?::\d+)?/[^\s"'`<>]*?\.(?:m?js|css|wasm)\b
      |\b(?:import|from|require|src|href|fetch|importScripts)\s*[(=:]?\s*[(\[]?\s*["'`]\s*(?:https?:)?//(?!localhost)""",
    re.IGNORECASE | re.VERBOSE,
)
_SCRIPT_COMMENT = re.compile(r"/\*.*?\*/|(?:^|(?<=[\s;{}]))//[^\n]*", re.DOTALL | re.MULTILINE)
"""Comments often cite where code was taken from, which loads nothing."""
_URL = re.compile(r"""(?:https?:)?//[^\s"'`<>)\\]+""")
_CHARTS = {"plotly": "plotly", "vega": "vegalite", "bokeh": "bokeh", "holoviews": "holoviews"}


def drop_loading_notes(soup: BeautifulSoup) -> None:
    """Remove Bokeh's `Loading BokehJS ...`, which its script would replace."""
    for logo in with_class(soup, "a", "bk-notebook-logo"):
        if (note := logo.parent) is not None and note.name == "div":
            note.decompose()
    for style in soup.find_all("style"):
        if re.search(r"\.bk-notebook-logo\b", style.string or ""):
            style.decompose()


def scrub(soup: BeautifulSoup, context: Context) -> None:
    """Replace what would be loaded from another host by a link to it, in place, with a warning to the author."""
    for element in of_kinds(soup, {*_LOADS, "style"}):
        if element.decomposed:
            continue
        if element.name == "iframe" and isinstance(document := element.get("srcdoc"), str):
            _frame(element, document, context)
        elif element.name == "style" or (element.name == "script" and not element.get("src")):
            _embedded(element, context)
        elif element.name == "meta" or (element.name == "link" and _links_only(element)):
            continue
        else:
            _element(element, context)
    for element in with_style(soup, _CSS_LOAD):
        element["style"] = _CSS_LOAD.sub("none", str(element["style"]))
    leave_the_site_alone(soup, context)


def _links_only(link: Tag) -> bool:
    kinds = {kind.lower() for kind in link.get_attribute_list("rel") if kind}
    return bool(kinds) and not kinds & {"stylesheet", "preload", "prefetch", "modulepreload", "preconnect", "icon"}


def _element(element: Tag, context: Context) -> None:
    kind, names = _LOADS[element.name]
    for name in names:
        url = str(element.get(name) or "").strip()
        url = url.partition(" ")[0] if name == "srcset" else url
        host = placeholders.host_of(url) if url else None
        if not host:
            continue
        _warn(kind, url, host, context)
        if name in ("poster", "srcset"):
            del element[name]
            continue
        tag = "span" if element.find_parent(["p", "a", "td", "th", "li", "figure", "picture", "span"]) else "p"
        media = element.find_parent(["audio", "video", "picture", "svg"])
        target = media if media is not None else element
        replace(target, placeholders.remote(kind, url, context, tag=tag))
        return


def _embedded(element: Tag, context: Context) -> None:
    """A style sheet or script written into the page: its own text may load from elsewhere."""
    text = element.get_text()
    if element.name == "style":
        if _CSS_LOAD.search(text):
            url = _URL.search(text)
            _warn("stylesheet", url.group() if url else "", "", context)
            element.string = _CSS_LOAD.sub("", text)
    elif address := _loaded(element):
        _warn("script", address, placeholders.host_of(address) or "", context)
        replace(element, placeholders.remote("script", address, context))


def _frame(element: Tag, document: str, context: Context) -> None:
    """A document within the page; a chart of a known library in it is named."""
    inner = parse(document)
    found = [url for script in inner.find_all(["script", "link", "img", "iframe"]) if (url := _loaded(script))]
    if not found:
        if not element.get("title"):
            element["title"] = context.words("frame.label")
        element["loading"] = "lazy"
        element.attrs.pop("onload", None)
        return
    library = next((kind for word, kind in _CHARTS.items() if word in found[0].lower()), None)
    host = placeholders.host_of(found[0]) or ""
    if library:
        html = placeholders.chart(library, _title(document), context)
    else:
        html = placeholders.placeholder(
            "frame", context.words("placeholder.script", what=context.words("what.frame"), host=host)
        )
    _warn("script", found[0], host, context)
    replace(element, html)


def _loaded(element: Tag) -> str | None:
    """The address on another host that an element fetches, or that its script does."""
    url = str(element.get("src") or element.get("href") or "")
    if url and placeholders.host_of(url):
        return url
    text = _SCRIPT_COMMENT.sub("", element.get_text()) if element.name == "script" else ""
    match = _SCRIPT_LOAD.search(text)
    address = _URL.search(text, match.start()) if match else None
    return address.group() if address else None


def _title(document: str) -> str:
    match = re.search(r'"title":\{"text":"((?:[^"\\]|\\.)*)"', document)
    return match.group(1) if match else ""


def _warn(kind: str, url: str, host: str, context: Context) -> None:
    what = {
        "script": "a script",
        "stylesheet": "a style sheet",
        "image": "an image",
        "media": "a recording",
        "frame": "a page",
    }[kind]
    context.problem(
        f"remote-{kind}",
        f"An output loads {what} from {host or url or 'another host'}; the page shows a link or a remark "
        "in its place. Keep a copy beside the notebook, or display the object itself.",
    )


def warn_of_remote(soup: BeautifulSoup, context: Context) -> None:
    """What an author wrote into prose is left as it is, with a warning."""
    for element in soup.find_all(list(_LOADS)):
        kind, names = _LOADS[element.name]
        if element.name == "link" and _links_only(element):
            continue
        for name in names:
            url = str(element.get(name) or "").strip()
            if url and placeholders.host_of(url):
                context.problem(
                    f"remote-{kind}",
                    f"The page loads {url} from another host, which a reader without a network does not see. "
                    "Keep a copy beside the notebook and refer to that.",
                    near=url,
                )


def extract(soup: BeautifulSoup, context: Context) -> None:
    """Large `data:` addresses become files beside the page; pictures of known size get it. In place."""
    for element in of_kinds(soup, _HOLD):
        for name in ("src", "href", "data", "poster", "xlink:href"):
            value = element.get(name)
            if isinstance(value, str) and value[:5].lower() == "data:":
                _extract(element, name, value, context)
        if element.name == "img":
            element.attrs.setdefault("alt", "")
            element.attrs.setdefault("loading", "lazy")


def _extract(element: Tag, name: str, uri: str, context: Context) -> None:
    decoded = decode_data_uri(uri)
    if decoded is None:
        return
    mimetype, data = decoded
    if element.name == "img" and not {"width", "height"} & {*element.attrs} and (size := size_of(data, mimetype)):
        element["width"], element["height"] = _shown_size(element, size)
    if len(uri) >= LARGE:
        element[name] = context.assets.add(data, mimetype)


def _shown_size(element: Tag, size: tuple[float, float]) -> tuple[str, str]:
    """The picture's own size, or what its style makes of it."""
    style = str(element.get("style") or "")
    width = re.search(r"(?<![-\w])width:\s*([\d.]+)px", style)
    height = re.search(r"(?<![-\w])height:\s*([\d.]+)px", style)
    scale = 1.0
    try:
        if width:
            scale = float(width.group(1)) / size[0]
        elif height:
            scale = float(height.group(1)) / size[1]
    except ValueError:
        scale = 1.0
    return str(max(1, round(size[0] * scale))), str(max(1, round(size[1] * scale)))


def contained(html: str, context: Context) -> str:
    """Prose with its pictures taken out into files, and its drawings as themes bear them; unchanged without either."""
    if "<" not in html or not re.search(r"data:|//|<style|<svg\b(?:(?!</svg>).)*?\shref=", html, re.DOTALL):
        return html
    soup = parse(html)
    warn_of_remote(soup, context)
    changed = leave_the_site_alone(soup, context) | spell_in_drawings(soup)
    if not changed and not re.search(r"""(?:src|href|data|poster)\s*=\s*["']data:""", html):
        return html
    extract(soup, context)
    return serialize(soup)
