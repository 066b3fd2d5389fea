"""A chart of Altair in `mo.ui.altair_chart` → what selecting one of its marks says to Python, and where the mark lies.

A selection says which values the selected mark has in some fields of the data; which fields these are, the chart's own
parameter says, or else the one that marimo's page adds, which goes by the kind of the marks. Dates are told as text,
not in milliseconds as a browser would: marimo takes those for local time, and so finds no row unless that is UTC.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from nbpublish.kernel.bundle import is_a
from nbpublish.kernel.chart_places import places_of
from nbpublish.kernel.marimo_parts import part

MOST = 40
"""Marks of a chart that can be selected one by one."""
_ROWS = 5000
"""Rows of a chart in which groups are looked for."""
_BOTH = ("x", "y")
_KINDS = frozenset(("point", "circle", "square", "rect", "tick", "text", "arc", "bar"))
"""Kinds of marks that stand for one row or one group each."""
_ROW, _NUMBER = "_vgsid_", "__mark"
"""The number of a row, from 1, as Vega counts them; the number of its mark, from 0."""


class _Selects(NamedTuple):
    """A parameter that a reader sets by a click or by drawing a frame."""

    name: str
    by: str
    """`point` or `interval`."""
    fields: tuple[str, ...]
    """Fields of which it tells the values; empty where it tells the number of the row."""


class _Marks(NamedTuple):
    spec: dict[str, Any]
    """With the number of its mark in each row."""
    fields: tuple[str, ...]
    """Columns whose values a reader sees of a mark."""
    rows: Sequence[Mapping[str, Any]]
    """The first row of each mark."""
    told: Sequence[dict[str, Any]]
    """What each mark says when it is selected."""


def marks_of(element: Any) -> list[dict[str, Any]]:
    """What `mo.ui.altair_chart` is told when one of its marks is selected, one mark after the other.

    Each has `set`, the value, and `label`, what a reader sees of it. Empty where there are too many, or where no rows
    belong to them.
    """
    found = _marks(element)
    if found is None:
        return []
    labels = (", ".join(_said(row, found.fields)) for row in found.rows)
    return [{"set": told, "label": label} for told, label in zip(found.told, labels, strict=True)]


def boxes_of(element: Any) -> list[tuple[float, ...]]:
    """The middle, width and height of each of these marks, as shares of the picture's width and height.

    Empty where that cannot be told.
    """
    found = _marks(element)
    return places_of(found.spec, _NUMBER, len(found.rows)) if found else []


def _marks(element: Any) -> _Marks | None:
    chart: Any = element._chart
    frame: Any = getattr(element, "dataframe", None)
    if not is_a(chart, "altair", "Chart") or not (
        (is_a(frame, "pandas", "DataFrame") or is_a(frame, "polars", "DataFrame")) and len(frame) <= _ROWS
    ):
        return None
    spec = _with_rows(chart)
    selects = _selects(spec, element._args.args.get("chart-selection")) if spec else None
    if spec is None or selects is None:
        return None
    fields = selects.fields or tuple(_fields(spec["encoding"], (*_BOTH, "color")))
    [rows] = spec["datasets"].values()
    first: dict[object, dict[str, Any]] = {}
    numbers: dict[object, int] = {}
    for number, row in enumerate(rows):
        row[_ROW] = number + 1
        if not any(_is_nothing(row.get(name)) for name in fields):
            key = _key(row, selects.fields) if selects.fields else number
            first.setdefault(key, row)
            row[_NUMBER] = numbers.setdefault(key, len(numbers))
    told = _told(frame, spec, selects, list(first.values()))
    finds = len(first) <= MOST and _finds(frame, selects, told, sum(_NUMBER in row for row in rows))
    return _Marks(spec, fields, tuple(first.values()), told) if finds else None


def _with_rows(chart: Any) -> dict[str, Any] | None:
    """The specification with its rows; None for charts made of several, or of rows that are not the data's."""
    import altair

    with altair.data_transformers.enable("default", max_rows=None):
        spec: dict[str, Any] = chart.to_dict()
    is_one = "mark" in spec and len(spec.get("datasets", ())) == 1 and "name" in spec.get("data", {})
    encoding = spec.get("encoding", {})
    is_split = any(channel in encoding for channel in ("row", "column", "facet"))
    return spec if is_one and encoding and not is_split and "transform" not in spec else None


# --- by what a mark is selected --------------------------------------------------------------------------------------


def _selects(spec: Mapping[str, Any], chosen: object) -> _Selects | None:
    """What a click or a frame sets; None where nothing does, or it does not tell rows apart."""
    encoding = spec["encoding"]
    if _mark(spec) not in _KINDS or any(_is_made_up(channel) for channel in encoding.values()):
        return None
    own = [each for each in spec.get("params", ()) if not each.get("bind")]  # marimo adds none beside any of these
    found = _own(own, encoding) if own else _added(_mark(spec), encoding, chosen)
    shown = set(_fields(encoding, tuple(encoding)))
    if found is None or (_is_aggregated(encoding) and not (found.fields and shown.issuperset(found.fields))):
        return None
    return found if found.fields or found.by == "point" else None


def _own(params: Sequence[Mapping[str, Any]], encoding: Mapping[str, Any]) -> _Selects | None:
    """The chart's own selection, where it has one and that does not begin with something selected."""
    if len(params) > 1 or "select" not in params[0] or "value" in params[0]:
        return None
    select = params[0]["select"] if isinstance(params[0]["select"], dict) else {"type": params[0]["select"]}
    channels = select.get("encodings", _BOTH if select["type"] == "interval" else ())
    return _Selects(
        params[0]["name"], select["type"], tuple(select.get("fields") or _fields(encoding, channels))
    )


def _added(mark: str, encoding: Mapping[str, Any], chosen: object) -> _Selects | None:
    """The selection that marimo's page adds."""
    channels: tuple[str, ...] | None = _along(encoding) if mark == "bar" else ("color",) if mark == "arc" else _BOTH
    fields = tuple(_fields(encoding, channels or ()))
    if channels is not None and not fields:
        return None
    if chosen in (True, "point"):
        return _Selects("select_point", "point", fields)
    return _Selects("select_interval", "interval", fields) if chosen == "interval" and mark != "arc" else None


def _mark(spec: Mapping[str, Any]) -> str:
    return str(spec["mark"]["type"] if isinstance(spec["mark"], dict) else spec["mark"])


def _is_made_up(channel: Any) -> bool:
    """Whether a channel shows what is in no column: classes of values, or parts of a date."""
    return isinstance(channel, dict) and bool(channel.get("bin") or channel.get("timeUnit"))


def _is_aggregated(encoding: Mapping[str, Any]) -> bool:
    return any("aggregate" in channel for channel in encoding.values() if isinstance(channel, dict))


def _along(encoding: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The axis along which bars stand, as marimo finds it; None where it finds none."""
    x, y = (encoding.get(name, {}) for name in _BOTH)
    if x.get("type") == "nominal":
        return ("x",)
    if y.get("type") == "nominal" or "aggregate" in x:
        return ("y",)
    return ("x",) if "aggregate" in y else None


def _fields(encoding: Mapping[str, Any], channels: Sequence[str]) -> Iterator[str]:
    """Columns that these channels show as they are."""
    for name in channels:
        channel = encoding.get(name)
        if isinstance(channel, dict) and isinstance(channel.get("field"), str) and "aggregate" not in channel:
            yield channel["field"]


# --- what it tells ----------------------------------------------------------------------------------------------------


def _key(row: Mapping[str, Any], fields: Sequence[str]) -> tuple[object, ...]:
    return tuple((type(row.get(name)).__name__, row.get(name)) for name in fields)


def _is_nothing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value)) or isinstance(value, dict | list)


def _told(
    frame: Any, spec: Mapping[str, Any], selects: _Selects, rows: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """What a browser would tell of each mark: as a point, or as the smallest frame around it."""
    import narwhals.stable.v2 as narwhals

    schema = narwhals.from_native(frame).collect_schema()
    days = {name for name in selects.fields if schema.get(name) == narwhals.Date}
    types = {channel.get("field"): channel.get("type") for channel in map(spec["encoding"].get, _BOTH) if channel}
    found: list[dict[str, Any]] = []
    for row in rows:
        point = {name: row[name][:10] if name in days else row[name] for name in selects.fields or (_ROW,)}
        if selects.by == "interval":
            wide = {name for name in point if types.get(name) in ("quantitative", "temporal")}
            value: dict[str, Any] = {name: [each] * (2 if name in wide else 1) for name, each in point.items()}
        else:
            value = {"vlPoint": {"or": [point]}, **{name: [each] for name, each in point.items()}}
        found.append({selects.name: value})
    return found


def _said(row: Mapping[str, Any], fields: Sequence[str]) -> Iterator[str]:
    for name in fields:
        value = row[name]
        text = f"{value:.10g}" if isinstance(value, float) else str(value).removesuffix("T00:00:00")
        yield text if len(fields) == 1 else f"{name} {text}"


def _finds(frame: Any, selects: _Selects, told: Sequence[Mapping[str, Any]], count: int) -> bool:
    """Whether marimo finds, by what is told of all marks, the `count` rows that belong to them.

    It does not where a column's values are others in JSON than in the data frame.
    """
    if not selects.fields:
        return True
    if selects.by == "interval":
        points = [{name: ends[0] for name, ends in each[selects.name].items()} for each in told]
    else:
        points = [point for each in told for point in each[selects.name]["vlPoint"]["or"]]
    try:
        every = {selects.name: {"vlPoint": {"or": points}}}
        return bool(len(part("_plugins.ui._impl.altair_chart:_filter_dataframe")(frame, selection=every)) == count)
    except Exception:
        return False
