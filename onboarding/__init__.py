"""The onboarding domain: what the handlers call. Modules are named for the part of an upload's life they cover."""
