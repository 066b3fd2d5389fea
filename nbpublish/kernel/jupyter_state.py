"""What a control of ipywidgets consists of, apart from its line to a browser, which all controls share."""

from __future__ import annotations

from typing import Any

_SHARED = frozenset({"comm", "keys", "log"})


def state_of(control: Any) -> dict[str, Any]:
    """The values of its traits."""
    return {name: value for name, value in control._trait_values.items() if name not in _SHARED}


def observers_of(control: Any) -> list[Any]:
    """The author's functions that are called when something about it changes, after the trait's name."""
    return [
        part
        for name, kinds in sorted(control._trait_notifiers.items(), key=lambda item: str(item[0]))
        for handlers in kinds.values()
        for handler in handlers
        if not str(getattr(handler, "__module__", "")).startswith(("traitlets", "ipywidgets"))
        for part in (str(name), handler)
    ]
