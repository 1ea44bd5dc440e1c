"""Takes files in: what is this file, who sent it, which rows does it have."""
