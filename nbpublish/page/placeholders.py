"""What cannot live on a static page is named, never left out in silence."""

from __future__ import annotations

from urllib.parse import urlsplit

from nbpublish.page.context import Context
from nbpublish.page.html import attributes, escape

LIBRARIES = {
    "vegalite": "Altair",
    "vega": "Vega",
    "plotly": "Plotly",
    "bokeh": "Bokeh",
    "holoviews": "HoloViews",
    "widget": "ipywidgets",
}


_PICTURES_BY = {
    "vegalite": "Install vl-convert-python where nbpublish runs.",
    "vega": "Install vl-convert-python where nbpublish runs.",
    "plotly": "Install kaleido where nbpublish runs.",
}


def placeholder(kind: str, text: str, link: str | None = None, label: str | None = None, *, tag: str = "p") -> str:
    """A remark of the kind `kind` in place of what is missing, with a link to where it can be found."""
    target = f' <a href="{escape(link)}">{escape(label or link)}</a>' if link else ""
    return f"<{tag}{attributes(class_='nb-placeholder', data_kind=kind)}>{escape(text)}{target}</{tag}>"


def chart(kind: str, title: str, context: Context, *, told: bool = False) -> str:
    """In place of a chart of which there is no static picture; `kind` is a key of `LIBRARIES`.

    The author gets a warning, unless one has `told` already.
    """
    if not told:
        remedy = _PICTURES_BY.get(kind, "Export a picture of it and display that, or draw it with another library.")
        said = f"The page names this {LIBRARIES.get(kind, kind)} chart and cannot show it. {remedy}"
        context.problem("no-picture", said)
    return placeholder(kind, context.words("placeholder.chart-static", what=name_of(kind, title, context)))


def name_of(kind: str, title: str, context: Context) -> str:
    """What a chart is called: its library, and its title where it has one."""
    library = LIBRARIES.get(kind, kind)
    if not title:
        return context.words("placeholder.chart", library=library)
    return context.words("placeholder.chart-of", library=library, title=title)


def widget_of(name: str, context: Context) -> str:
    """What a widget is called: what it says of itself, where it does."""
    return context.words("what.widget-of", name=name) if name else context.words("what.widget")


def live(kind: str, what: str, context: Context) -> str:
    """In place of something that needs Python to run; `what` names it in the reader's language."""
    return placeholder(kind, context.words("placeholder.static", what=what))


def remote(kind: str, url: str, context: Context, *, tag: str = "p") -> str:
    """In place of something on another host: an ordinary link, which loads nothing by itself.

    `kind` is one of `script`, `stylesheet`, `image`, `media`, `frame`.
    """
    what, host = context.words(f"what.{kind}"), host_of(url) or url
    if kind in ("script", "stylesheet"):
        return placeholder(kind, context.words("placeholder.script", what=what, host=host), tag=tag)
    text = context.words("placeholder.remote", what=what, host=host)
    return placeholder(kind, text, "https:" + url if url.startswith("//") else url, tag=tag)


def host_of(url: str) -> str | None:
    """The other host an address points to; None for one that stays on the site."""
    url = "".join(url.split())
    try:
        parts = urlsplit(url.replace("\\", "/"))
    except ValueError:
        return url
    if parts.scheme.lower() in ("http", "https", "ftp", "ws", "wss", ""):
        return parts.netloc or None
    return None
