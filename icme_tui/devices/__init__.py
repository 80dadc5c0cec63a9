"""Readers: what puts bytes on cards."""
