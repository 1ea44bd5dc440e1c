"""Measures the pipeline side by side with its peers and limits; `make bench` runs it. Never deployed."""
