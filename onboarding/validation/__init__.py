"""Decides rows: the rules first, then the ledger, then the news of it."""
