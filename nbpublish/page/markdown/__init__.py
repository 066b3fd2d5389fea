"""The Markdown of prose: one rule a file on top of markdown-it-py, put together in `parser.py`."""
