"""Why cells were run, reused or not run, in words."""
