"""Readers behind PC/SC: USB readers at pcscd on Linux, at the system's own service elsewhere."""
