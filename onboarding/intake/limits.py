"""How large a file may be. Also told to whoever asks before sending one."""

MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_ROWS = 10_000
