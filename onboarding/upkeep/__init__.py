"""Keeps the database in order: migrations, roles, rotation of the password and the purge."""
