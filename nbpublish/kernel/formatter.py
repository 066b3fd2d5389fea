"""Values → mimebundles, as IPython shows them, without a shell."""

from __future__ import annotations

import base64
import binascii
import importlib
import json
from collections.abc import Callable, Container, Mapping
from contextlib import AbstractContextManager
from types import SimpleNamespace
from typing import Any

from nbpublish.kernel.bundle import Bundle
from nbpublish.model import Channel, Output

_SIMPLE = (bool, int, float, complex, str, bytes, range, type(None))
"""Types whose plain text IPython writes as `repr` does; showing them needs no IPython."""
_BINARY = ("audio/", "image/", "video/", "application/pdf", "application/octet-stream")
_SIZED = ("image/png", "image/jpeg", "image/webp", "image/gif")


class Formatter:
    """IPython's `DisplayFormatter`, loaded when the first value needs it.

    `ours` is entered around imports of our own; `report` is told of exceptions in an object's `_repr_*_` methods.
    """

    def __init__(
        self, ours: Callable[[], AbstractContextManager[None]], report: Callable[[BaseException], None]
    ) -> None:
        self._ours = ours
        self._report = report
        self._formatter: Any = None

    def bundle(
        self, value: object, include: Container[str] | None = None, exclude: Container[str] | None = None
    ) -> Bundle:
        """The mimebundle of a value; empty where the value has shown itself (`_ipython_display_`)."""
        if type(value) in _SIMPLE and include is None and exclude is None:
            return {"text/plain": repr(value)}, {}
        data, metadata = self.ipython.format(value, include, exclude)
        return dict(data), dict(metadata)

    @property
    def ipython(self) -> Any:
        """The `DisplayFormatter` itself, on which authors register formatters of their own."""
        if self._formatter is None:
            with self._ours():
                formatters: Any = importlib.import_module("IPython.core.formatters")
                # how its formatters hand over an exception; without a shell they would print a traceback of theirs
                shell = SimpleNamespace(showtraceback=lambda info: self._report(info[1]))
                formatters.get_ipython = lambda: shell
                self._formatter = formatters.DisplayFormatter()
        return self._formatter

    def output(self, channel: Channel, data: Mapping[str, Any], metadata: Mapping[str, Any] | None = None) -> Output:
        """An output of a mimebundle as libraries give it: binary content becomes bytes, images get their size."""
        plain = {mime: _content(mime, value) for mime, value in data.items() if value is not None}
        known = {key: value for key, value in (metadata or {}).items() if value is not None}
        for mime in _SIZED:
            if mime in plain and isinstance(plain[mime], bytes):
                known |= self._size(mime, plain[mime], known)
                break
        return Output(channel, plain, known)

    def _size(self, mime: str, image: bytes, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """Width and height in CSS pixels: what the author or the library says, else the image's own."""
        said = metadata.get(mime)
        said = said if isinstance(said, Mapping) else {}
        width, height = (metadata.get(key, said.get(key)) for key in ("width", "height"))
        if isinstance(width, int) and isinstance(height, int):
            return {"width": width, "height": height}
        try:
            with self._ours():
                from io import BytesIO

                from PIL import Image

                own_width, own_height = Image.open(BytesIO(image)).size
        except Exception:  # not an image that Pillow reads; the browser may know better
            return {}
        if isinstance(width, int):
            return {"width": width, "height": round(own_height * width / own_width)}
        if isinstance(height, int):
            return {"width": round(own_width * height / own_height), "height": height}
        return {"width": own_width, "height": own_height}


def plain(output: Output) -> Output:
    """`output` with nothing in it but Python's own types: it may hold objects of classes that only the author has."""
    data = {str(mime): _plain(value) for mime, value in output.data.items()}
    return Output(output.channel, data, {str(key): _plain(value) for key, value in output.metadata.items()})


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value if type(value) is str else str.__str__(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if value is None or type(value) in (bool, int, float):
        return value
    return json.loads(json.dumps(value, default=_as_json, skipkeys=True))


def _as_json(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else str(value)


def _content(mime: str, value: Any) -> Any:
    if mime == "image/svg+xml" or not mime.startswith(_BINARY):
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    if isinstance(value, str):
        try:
            return base64.b64decode(value, validate=False)
        except (binascii.Error, ValueError):
            return value.encode()
    return bytes(value) if isinstance(value, (bytearray, memoryview)) else value
