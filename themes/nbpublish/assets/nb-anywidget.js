// Mounts widgets; see page/widget.py.
