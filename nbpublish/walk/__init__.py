"""From what was recorded and what a kernel gives to the traces of all cells."""
