"""Does a trace still hold? Pure: keys, obstacles and faults are computed from values."""
