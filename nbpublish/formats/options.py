"""What is said about a cell, in tags, metadata and `#|` comments, becomes `Options`.

The words are those of Jupyter Book, nbconvert, MyST and Quarto; `docs_src/design/formats.md` has them in a table.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import yaml

from nbpublish.model import Options, Problem, Visibility

_BY_TAG: dict[str, dict[str, Any]] = {
    "hide-input": {"code": "fold"},
    "hide-code": {"code": "fold"},
    "remove-input": {"code": "hide"},
    "remove-code": {"code": "hide"},
    "hide-output": {"output": "fold"},
    "remove-output": {"output": "hide"},
    "remove-stdout": {"stdout": False},
    "remove-stderr": {"stderr": False},
    "hide-cell": {"code": "fold", "output": "fold"},
    "remove-cell": {"removed": True},
    "skip": {"removed": True},
    "skip-execution": {"disabled": True},
    "raises-exception": {"raises": True},
}


def _visibility(value: Any) -> Visibility:
    words: dict[Any, Visibility] = {True: "show", False: "hide", "show": "show", "fold": "fold", "hide": "hide"}
    return words[value]


def _flag(value: Any) -> bool:
    return {True: True, False: False, "true": True, "false": False}[value]


def _negated(value: Any) -> bool:
    return not _flag(value)


def _text(value: Any) -> str:
    if not isinstance(value, (str, int, float)):
        raise TypeError
    return str(value)


def _seconds(value: Any) -> float | None:
    return float(value) if float(value) > 0 else None  # nbclient's -1 is "no limit"


_DURATION = re.compile(r"(\d+(?:\.\d+)?) ?([smhdw]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def _age(value: Any) -> float:
    """`always`, `never`, or the age after which a result is too old: `30m`, `12 h`, `7d`, a number of seconds."""
    if value in ("always", "never"):
        return 0.0 if value == "always" else math.inf
    found = None if isinstance(value, bool) else _DURATION.fullmatch(str(value).strip())
    if not found:
        raise ValueError(value)
    return float(found[1]) * _SECONDS[found[2]]


def _cached(value: Any) -> float | None:
    return None if _flag(value) else 0.0


def _tags(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.replace(",", " ").split())
    return tuple(map(_text, value))


def _patterns(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(map(_text, value))


def _captions(value: Any) -> tuple[str, ...]:
    """Captions of parts; `true` asks for letters alone."""
    if value is True:
        return ("",)
    return (value,) if isinstance(value, str) else tuple(map(_text, value))


def _count(value: Any) -> int:
    if isinstance(value, bool) or not 0 < int(value) <= 12:
        raise ValueError(value)
    return int(value)


_SPACED = re.compile(r"# \| ?[\w.-]+:(?:\s|$)")
"""Black and Ruff turn `#| key: value` into `# | key: value`; a table drawn in a comment has no key."""

_BY_KEY: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "tags": ("tags", _tags),
    "code": ("code", _visibility),
    "echo": ("code", _visibility),
    "code-fold": ("code", lambda value: "fold" if _flag(value) else "show"),
    "output": ("output", lambda value: "show" if value == "asis" else _visibility(value)),
    "warning": ("stderr", _flag),
    "include": ("removed", _negated),
    "removed": ("removed", _flag),
    "eval": ("disabled", _negated),
    "disabled": ("disabled", _flag),
    "error": ("raises", _flag),
    "raises": ("raises", _flag),
    "timeout": ("timeout", _seconds),
    "refresh": ("refresh", _age),
    "depends": ("depends", _patterns),
    "cache": ("refresh", _cached),
    "alt": ("alt", _text),
    "fig-alt": ("alt", _text),
    "caption": ("caption", _text),
    "fig-cap": ("caption", _text),
    "tbl-cap": ("caption", _text),
    "lst-cap": ("caption", _text),
    "subcaptions": ("parts", _captions),
    "fig-subcap": ("parts", _captions),
    "tbl-subcap": ("parts", _captions),
    "layout-ncol": ("columns", _count),
    "columns": ("columns", _count),
    "label": ("label", _text),
    "lst-label": ("label", _text),
    "mimetype": ("mimetype", _text),
    "raw-mimetype": ("mimetype", _text),
}


def key_of(word: str) -> str:
    """One spelling for `hide_input` and `hide-input`: with hyphens."""
    return word.strip().replace("_", "-").replace(".", "-")


def options_of(metadata: Mapping[str, Any], options: Options | None = None) -> tuple[Options, tuple[str, ...]]:
    """Options with those in `metadata` applied, and the keys whose values do not fit. Keys nobody knows are left."""
    options = options or Options()
    changes: dict[str, Any] = {}
    unfit: list[str] = []
    for word, value in metadata.items():
        if key_of(str(word)) in _BY_KEY and value is not None:
            field, convert = _BY_KEY[key_of(str(word))]
            try:
                changes[field] = convert(value)
            except (KeyError, TypeError, ValueError, OverflowError):
                unfit.append(str(word))
    tags = dict.fromkeys((*options.tags, *changes.get("tags", ())))
    for tag in tags:  # what is said in so many words outweighs a tag
        changes = _by_tag(tag, [] if tag in options.tags else unfit) | changes
    return replace(options, **(changes | {"tags": tuple(tags)})), tuple(unfit)


def _by_tag(tag: str, unfit: list[str]) -> dict[str, Any]:
    word = key_of(tag)
    if not word.startswith("refresh-"):
        return _BY_TAG.get(word, {})
    try:
        return {"refresh": _age(word.removeprefix("refresh-"))}
    except ValueError:
        unfit.append(tag)
        return {}


def misfit(key: str) -> str:
    """What to tell the author of an option or tag whose value does not fit."""
    hint = " Write `always`, `never` or an age such as `12h` or `7d`." if key_of(key).startswith("refresh") else ""
    return f"The cell's `{key}` has a value that does not fit it and has no effect.{hint}"


def _unknown(key: str) -> str:
    return f"The cell option `{key}` is unknown here and has no effect. The options are listed in the reference."


def stated(source: str, line: int, path: str, options: Options) -> tuple[str, int, Options, list[Problem]]:
    """Split the `#| key: value` comments off the head of a cell: its remaining source, first line and options."""
    lines = source.split("\n")
    sign = "# |" if _SPACED.match(source) else "#|"
    count = next((n for n, text in enumerate(lines) if not text.startswith(sign)), len(lines))
    if not count:
        return source, line, options, []
    head = "\n".join(text.removeprefix(sign).removeprefix(" ") for text in lines[:count])
    rest = lines[count:]
    problems = []
    try:
        said = yaml.safe_load(head)
        if not isinstance(said, dict):
            raise ValueError("write one `key: value` a line")
        options, unfit = options_of(said, options)
        strange = [str(key) for key in said if key_of(str(key)) not in _BY_KEY]
        for key in (*unfit, *strange):
            where = next((n for n, text in enumerate(lines[:count]) if key in text), 0)
            message = misfit(key) if key in unfit else _unknown(key)
            problems.append(Problem("cell-option", message, path, line + where, severity="warning"))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = min(mark.line, count - 1) if mark else 0
        what = getattr(error, "problem", None) or error
        message = f"The cell's `#|` options are not YAML and have no effect: {what}."
        problems.append(Problem("cell-option", message, path, line + where, severity="warning"))
    while rest and not rest[0].strip():
        rest, count = rest[1:], count + 1
    return "\n".join(rest), line + count, options, problems
