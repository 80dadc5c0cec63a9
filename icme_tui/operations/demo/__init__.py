"""The demonstration: an office and two venues in one folder go through a whole round trip."""
