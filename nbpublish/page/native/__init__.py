"""marimo's HTML becomes native HTML. One table of translations a kind of element; see `translate.py`."""
