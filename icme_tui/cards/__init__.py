"""The card layout ``icme-card/1``: bytes on a MIFARE Classic 1K, and plans of which blocks to touch.

Pure code: it turns bytes into values and back, and plans operations as generators; it never talks to
a reader, reads no clock and draws no random numbers.
"""
