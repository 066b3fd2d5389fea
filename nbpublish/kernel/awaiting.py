"""Cells with top-level `await`: they run on one loop, which the notebook has for its whole life."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from typing import Any

from nbpublish.kernel.background import Background
from nbpublish.kernel.execute import Compiled


class Awaiting:
    """Makes the loop when the first cell needs it, and lets `background` know it. `ours` is entered around imports."""

    def __init__(self, background: Background, ours: Callable[[], AbstractContextManager[None]]) -> None:
        self._background, self._ours = background, ours

    def run(self, code: Compiled, namespace: dict[str, Any]) -> object:
        """Execute the code of a cell in a namespace, and wait for it; its value, if it ends with an expression."""
        return self._wait_for(_evaluate(code, namespace))

    def _wait_for(self, coroutine: Coroutine[Any, Any, object]) -> object:
        with self._ours():  # few notebooks wait for anything, and it takes a fifth of the start of a kernel
            import asyncio
        loop = self._background.loop
        if loop is None or loop.is_closed():
            loop = self._background.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        task = loop.create_task(coroutine)
        try:
            return loop.run_until_complete(task)
        except KeyboardInterrupt:
            task.cancel()
            raise

    def close(self) -> None:
        """Close the loop, if there is one."""
        if self._background.loop:
            self._background.loop.close()


async def _evaluate(code: Compiled, namespace: dict[str, Any]) -> object:
    value = None
    for part in filter(None, code):
        value = eval(part, namespace)
        if part.co_flags & inspect.CO_COROUTINE:
            value = await value
    return value if code.last else None
