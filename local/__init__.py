"""The local stack: a real PostgreSQL server, an AWS emulator and the deployed service. Never deployed."""
