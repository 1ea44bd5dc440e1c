"""Tells what came of an upload: the report, its links, the outcome and the e-mail."""
