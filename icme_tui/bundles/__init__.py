"""The bundle ``cmeb/1``: how facts travel up and packs travel down, signed and encrypted."""
