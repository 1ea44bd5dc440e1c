"""The commands behind `make`: up, down, demo, upload, psql, screenshots."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from local import stack
from local.access import portal_lines
from local.commands import exit_status
from local.console import say
from local.demo import demo
from local.display import upload_file
from local.handing_in import Wanted
from local.postgres import find_programs
from local.settings import Settings
from local.vendors import SAMPLE_VENDORS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status; what goes wrong is told in sentences."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("up", "down", "demo", "psql"):
        commands.add_parser(name)
    upload = commands.add_parser("upload")
    upload.add_argument("--file", required=True)
    upload.add_argument("--vendor", required=True)
    upload.add_argument("--mode", choices=("import", "update"), default="import")
    upload.add_argument("--preview", action="store_true", help="check the file and change nothing")
    upload.add_argument("--direct", action="store_true", help="put the file into the bucket, past the API")
    screenshots = commands.add_parser("screenshots")
    screenshots.add_argument("--only", default="", help="part of the names of the pictures to take")
    options = parser.parse_args(arguments)

    return exit_status(lambda: _run(options))


def _run(options: argparse.Namespace) -> None:
    settings = Settings.from_environment()
    match options.command:
        case "up":
            environment = stack.up(settings)
            known = ", ".join(vendor.vendor_id for vendor in SAMPLE_VENDORS)
            say(f"  The service is up: uploads go to s3://{environment.output('UploadBucketName')}/uploads/VENDOR/")
            say(f"  The vendors {known} are registered:  make upload FILE=samples/errors.csv VENDOR=VEND001")
            say("  The portal, as a person of VEND001:")
            for line in portal_lines(environment, "VEND001"):
                say(f"    {line}")
            say("  Their people, passwords and API keys, and how the AWS CLI, boto3 and psql reach the stack:")
            say(f"    . {os.path.relpath(settings.environment_file)}")
        case "down":
            stopped = stack.down(settings)
            say("  The local stack is stopped and its data deleted." if stopped else "  No local stack is running.")
        case "demo":
            demo(settings)
        case "upload":
            wanted = Wanted(options.mode, options.preview)
            upload_file(stack.running(settings), Path(options.file), options.vendor, wanted, directly=options.direct)
        case "screenshots":
            # Imported here: nobody else needs a browser.
            from local.screenshots import take  # noqa: PLC0415

            say(f"  The pictures are in {os.path.relpath(take(settings, options.only))}")
        case "psql":
            program = find_programs() / "psql"
            os.execv(program, [str(program), stack.running(settings).database_url])


if __name__ == "__main__":
    sys.exit(main())
