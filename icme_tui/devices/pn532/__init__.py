"""Readers with NXP's chip PN532 on a serial line (user manual UM0701-02)."""
