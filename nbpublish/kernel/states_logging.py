"""What is logged, and where to: levels, handlers and filters of all loggers that are not as they were made."""

from __future__ import annotations

import logging
import sys
from typing import Any

from nbpublish.kernel.state import Noticed, Snapshot, State

_asked = Noticed()
_UNSET = (logging.NOTSET, True, False, (), ())
_ROOT = (logging.WARNING, True, False, (), ())
_STREAMS = ("stderr", "stdout")


class _Live:
    """A handler or filter that only its cell can make again: not picklable, and equal to itself alone."""

    __slots__ = ("thing",)

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Live) and other.thing is self.thing

    def __hash__(self) -> int:
        return hash(id(self.thing))

    def __reduce__(self) -> Any:
        raise TypeError("a handler is made by its cell")


def _described(handler: logging.Handler) -> Any:
    """What a handler is: one that writes to the cell's output can be told completely."""
    form = handler.formatter
    stream = next((n for n in _STREAMS if getattr(handler, "stream", None) is getattr(sys, n)), None)
    simple = type(handler) is logging.StreamHandler and type(form) in (type(None), logging.Formatter)
    how = form and (form._fmt, form.datefmt, type(form._style).__name__, type(form).__name__)
    if simple and stream and not handler.filters:
        return stream, handler.level, how, handler.get_name()
    return _Live(handler), handler.level, how, handler.get_name()


def _made(described: Any) -> logging.Handler:
    stream, level, how, name = described
    styles: dict[Any, Any] = logging._STYLES
    handler = logging.StreamHandler(getattr(sys, stream))
    handler.setLevel(level)
    if how:
        style = next(mark for mark, (kind, _) in styles.items() if kind.__name__ == how[2])
        handler.setFormatter(logging.Formatter(how[0], how[1], style))
    if name:
        handler.set_name(name)
    return handler


def _handlers(logger: logging.Logger) -> list[logging.Handler]:
    """Without those that marimo gives to other libraries when it first uses them, as to sqlglot."""
    found = (handler for handler in logger.handlers if type(handler) is not logging.NullHandler)
    return [handler for handler in found if not type(handler.formatter).__module__.startswith("marimo.")]


def _loggers() -> dict[str, logging.Logger]:
    """The root and all loggers without marimo's own, which are for whoever runs its server and get a file when it is
    loaded."""
    found: dict[str, logging.Logger] = {"": logging.root}
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger) and name != "marimo" and not name.startswith("marimo."):
            found[name] = logger
    return found


def _is_set(logger: logging.Logger) -> bool:
    """Whether it may be other than loggers are made: few are, and all are asked after each cell."""
    return bool(logger.level or not logger.propagate or logger.disabled or logger.handlers or logger.filters)


def _read() -> Snapshot:
    states = {
        name: (
            logger.level,
            logger.propagate,
            logger.disabled,
            tuple(map(_described, _handlers(logger))),
            tuple(map(_Live, logger.filters)),
        )
        for name, logger in _loggers().items()
        if not name or _is_set(logger)
    }
    changed = {name: state for name, state in states.items() if state != (_UNSET if name else _ROOT)}
    return logging.root.manager.disable, sorted(changed.items(), key=lambda item: item[0])


def _write(snapshot: Snapshot) -> None:
    disabled, states = snapshot
    changed = dict(states)
    for name in {*_loggers(), *changed}:
        logger = logging.getLogger(name) if name else logging.root
        level, propagate, off, handlers, filters = changed.get(name, _UNSET if name else _ROOT)
        logger.level, logger.propagate, logger.disabled = level, propagate, off
        there = _handlers(logger)
        wanted = [_found(described, there) for described in handlers]
        logger.handlers[:] = [*(handler for handler in logger.handlers if handler not in there), *wanted]
        logger.filters[:] = [filter.thing for filter in filters]
    logging.disable(disabled)


def _found(described: Any, there: list[logging.Handler]) -> logging.Handler:
    if isinstance(described[0], _Live):
        handler: logging.Handler = described[0].thing
        handler.setLevel(described[1])
        return handler
    return next((handler for handler in there if _described(handler) == described), None) or _made(described)


def _watch() -> None:
    _asked.watch(logging.Logger, "isEnabledFor", "getEffectiveLevel", "callHandlers", "hasHandlers")
    _asked.watch(logging, "basicConfig", "getLogger", "getLevelName")


STATES = (
    State(
        "<logging>",
        "logging",
        _read,
        _write,
        _watch,
        forget=_asked.forget,
        always=False,
        asked=lambda: bool(_asked),
    ),
)
