"""What a build looked at → whether the next one would see the same, without building."""
