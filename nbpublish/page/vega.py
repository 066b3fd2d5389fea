"""A Vega or Vega-Lite specification → an interactive chart, where there is something to do with it.

A chart that answers nothing is a picture: its reader has no use for a script.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from nbpublish.page.context import Context
from nbpublish.page.live_chart import LiveChart, room, written

_WIDTH, _HEIGHT = 420, 340
_LISTS = ("layer", "hconcat", "vconcat", "concat", "marks", "signals", "params")


def chart(
    spec: object, metadata: Mapping[str, object], what: str, picture: str | None, context: Context
) -> str | None:
    """The room for a chart, which `what` names; None where its picture says all, or the site cannot draw it.

    What `metadata` calls `config` decides about what neither the specification nor its theme does, as in the picture.
    """
    if not isinstance(spec, Mapping) or loads(spec) or (picture and not answers(spec)):
        return None
    config = metadata.get("config")
    text = written({"spec": spec, "config": config if isinstance(config, Mapping) else {}})
    library = context.settings.vega(_version(spec)) if text else None
    if not (text and library):
        return None
    return room(LiveChart("vega", what, text, _size(metadata)), library, picture, context)


def answers(spec: Mapping[str, object]) -> bool:
    """Whether a chart does something when it is pointed at, dragged or scrolled."""
    return any(_answers(part) for part in _parts(spec))


def _answers(part: Mapping[str, object]) -> bool:
    encoding = part.get("encoding")
    if (isinstance(encoding, Mapping) and encoding.get("tooltip")) or _bound(part):
        return True
    mark = part.get("mark")
    return isinstance(mark, Mapping) and bool(mark.get("tooltip"))


def _bound(part: Mapping[str, object]) -> bool:
    """A parameter or signal that the reader sets: by a selection, a control, or a movement."""
    if part.get("selection"):
        return True
    found = [item for name in ("params", "signals") for item in _list(part.get(name))]
    return any(item.get(key) for item in found for key in ("select", "bind", "on"))


def loads(spec: object) -> bool:
    """Whether a specification names data that the library would load, from another host or from a file."""
    if isinstance(spec, Mapping):
        url = spec.get("url")
        if isinstance(url, str) and not url.startswith("data:"):
            return True
        return any(loads(part) for key, part in spec.items() if key not in ("datasets", "values"))
    return isinstance(spec, list) and any(map(loads, spec))


def _list(value: object) -> list[Mapping[str, object]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _parts(spec: Mapping[str, object], depth: int = 0) -> Iterator[Mapping[str, object]]:
    """A specification and those that it is made of."""
    yield spec
    if depth > 50:
        return
    inner = spec.get("spec")
    for part in [item for name in _LISTS for item in _list(spec.get(name))] + [inner]:
        if isinstance(part, Mapping):
            yield from _parts(part, depth + 1)


def _version(spec: Mapping[str, object]) -> str:
    """The major version of Vega-Lite that it is written for; empty for Vega, and where it does not say."""
    found = re.search(r"/schema/vega-lite/v(\d+)", str(spec.get("$schema", "")))
    return found[1] if found else ""


def _size(metadata: Mapping[str, object]) -> tuple[int, int]:
    said = [metadata.get(name) for name in ("width", "height")]
    width, height = (round(n) if isinstance(n, int | float) and 10 <= n <= 10_000 else None for n in said)
    return width or _WIDTH, height or _HEIGHT
