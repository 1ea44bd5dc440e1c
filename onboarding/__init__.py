"""The onboarding domain: what the handlers call. Modules are named for the part of an upload's life they cover."""

import gc

# A function holds thousands of rows for a second and drops them all: by default they are searched for cycles again
# and again, a quarter of the processor time (docs/performance.md).
gc.set_threshold(500_000)
