"""The MkDocs themes that come with nbpublish.

In a wheel they lie beside this file; in a checkout they lie in the folder `themes/` at its top.
"""

from pathlib import Path

_CHECKOUT = Path(__file__).parents[2] / "themes"
if not (Path(__file__).parent / "nbpublish").is_dir() and _CHECKOUT.is_dir():
    __path__.append(str(_CHECKOUT))
