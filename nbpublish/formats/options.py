"""What is said about a cell, in tags, metadata and `#|` comments, becomes `Options`.

The words are those of Jupyter Book, nbconvert, MyST and Quarto; `docs_src/design/formats.md` has them in a table.
"""

from __future__ import annotations

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


def _tags(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.replace(",", " ").split())
    return tuple(map(_text, value))


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
    "alt": ("alt", _text),
    "fig-alt": ("alt", _text),
    "caption": ("caption", _text),
    "fig-cap": ("caption", _text),
    "tbl-cap": ("caption", _text),
    "label": ("label", _text),
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
        changes = _BY_TAG.get(key_of(tag), {}) | changes
    return replace(options, **(changes | {"tags": tuple(tags)})), tuple(unfit)


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
            fault = "has a value that does not fit it" if key in unfit else "is unknown here and has no effect"
            message = f"The cell option `{key}` {fault}. The options are listed in the reference."
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
