"""The AWS emulator: one process on 127.0.0.1, its Lambdas as subprocesses, IAM enforcement on, nothing kept."""

import http.client
import signal
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from local.deleting import delete_folder
from local.errors import LocalStackError
from local.processes import Daemon
from local.settings import HOST, REGION, Settings

_MAIN = Path(__file__).with_name("emulator_main.py")

# Straight to the loopback address, whatever proxy the shell knows of.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Emulator:
    """The emulator of one local stack."""

    settings: Settings

    @property
    def pid_file(self) -> Path:
        return self.settings.directory / "emulator.pid"

    @property
    def log_file(self) -> Path:
        return self.settings.logs / "emulator.log"

    @property
    def healthy(self) -> bool:
        daemon = Daemon.remembered(self.pid_file)
        return daemon is not None and daemon.process() is not None and self._answers()

    def start(self) -> None:
        """Start the emulator and wait until it answers; raise LocalStackError when it does not."""
        settings = self.settings
        if not settings.emulator_python.exists() or not settings.emulator_packages.exists():
            raise LocalStackError("The AWS emulator is not installed. Run `make install` first.")
        settings.temporary.mkdir(parents=True, exist_ok=True)
        settings.logs.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("wb") as log:
            daemon = Daemon.start(
                # -P: the folder of the script is not on the path, or the emulator would import this project's modules.
                [str(settings.emulator_python), "-P", str(_MAIN), str(settings.emulator_packages)],
                pid_file=self.pid_file,
                log=log,
                cwd=settings.directory,
                environment=self._environment(),
            )
        deadline = time.monotonic() + 60
        while not self._answers():
            if daemon.process() is None or time.monotonic() > deadline:
                self.stop()
                last_lines = "\n".join(self.log_file.read_text(errors="replace").splitlines()[-10:])
                raise LocalStackError(f"The AWS emulator did not start. The end of {self.log_file}:\n{last_lines}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop the emulator and the Lambdas it runs, wait until they are gone, delete what they unpacked."""
        daemon = Daemon.remembered(self.pid_file)
        if daemon is not None:
            daemon.signal(signal.SIGTERM)
            if not daemon.wait(3):
                daemon.signal(signal.SIGKILL)
                daemon.wait(10)
            daemon.end_session(marker=str(self.settings.temporary))
        delete_folder(self.settings.temporary, ignore_errors=True)
        self.pid_file.unlink(missing_ok=True)

    def _answers(self) -> bool:
        try:
            with _opener.open(f"{self.settings.endpoint_url}/_ministack/health", timeout=5) as response:
                return int(response.status) == 200
        except (urllib.error.URLError, http.client.HTTPException, OSError):
            return False

    def _environment(self) -> dict[str, str]:
        return self.settings.tool_environment(
            BIND_HOST=HOST,
            GATEWAY_PORT=str(self.settings.port),
            MINISTACK_HOST=HOST,  # in queue URLs and custom resources' answers: no name to resolve
            MINISTACK_REGION=REGION,
            AUTH="true",
            PERSIST_STATE="0",
            S3_PERSIST="0",
            STATE_DIR=str(self.settings.temporary / "state"),
            S3_DATA_DIR=str(self.settings.temporary / "s3"),
            # Listeners of services that are not used here.
            SFTP_ENABLED="0",
            IOT_MTLS_ENABLED="0",
            POWERTOOLS_TRACE_DISABLED="true",  # nobody here listens for X-Ray segments
            TZ="UTC",  # as in Lambda
            PYTHONUNBUFFERED="1",
        )
