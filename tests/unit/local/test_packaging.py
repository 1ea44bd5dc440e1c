"""`make lint`, the tests and deployments share one folder of `sls`, so they take turns."""

import subprocess
import sys
from pathlib import Path

from local.packaging import sls_alone

_TAKES_ITS_TURN = """
import sys
from pathlib import Path
from local.packaging import sls_alone
print("started", flush=True)
with sls_alone(Path(sys.argv[1])):
    print("its turn", flush=True)
"""


def test_another_process_waits_when_one_is_packaging(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _TAKES_ITS_TURN, str(tmp_path)]
    said: list[str] = []
    with sls_alone(tmp_path):
        other = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert other.stdout is not None
        for line in other.stdout:
            said.append(line.strip())
            if "waiting" in line:
                break
        assert "its turn" not in said
    rest, _ = other.communicate(timeout=30)

    assert rest.split("\n")[0] == "its turn"
