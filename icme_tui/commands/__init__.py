"""The command line: one module per noun, each a thin twin of an operation."""
