"""nbpublish: the publisher for reactive Python notebooks."""
