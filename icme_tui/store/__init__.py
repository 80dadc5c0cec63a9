"""The encrypted store: the journal's facts and everything that is computed from them."""
