"""What the emulator's process sees, and its Lambdas must not."""

import subprocess

from local.settings import Settings

SETTINGS = Settings.from_environment({})


def _imports(*path: str) -> bool:
    program = f"import sys; sys.path += {list(path)!r}; import cryptography"
    command = [str(SETTINGS.emulator_python), "-c", program]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_library_for_tokens_is_seen_by_the_emulator_alone() -> None:
    assert _imports(str(SETTINGS.emulator_packages))
    assert not _imports()
