"""The screens of the full-screen program. docs/screens.md tells how one is made."""
