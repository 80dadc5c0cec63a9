"""icme: attendance and credits of continuing medical education where there is no network."""

__version__ = "0.1.0"
