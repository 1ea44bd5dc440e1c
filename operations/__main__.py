"""`python -m operations redrive …`: see docs/runbook.md."""

import argparse
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from operations.redrive import NothingToRedriveError, Redrive, stack_outputs


def main() -> int:
    """Run the command line; return its exit code."""
    parser = argparse.ArgumentParser(prog="operations", description="Operate a deployed stage.")
    commands = parser.add_subparsers(dest="command", required=True)
    redrive = commands.add_parser("redrive", help="process again what has failed for good")
    redrive.add_argument("what", choices=("errors", "events", "stream", "upload"))
    redrive.add_argument("--stage", required=True)
    redrive.add_argument("--upload-id", help="with `upload`: whose execution to run again")
    arguments = parser.parse_args()
    if arguments.what == "upload" and not arguments.upload_id:
        parser.error("which upload? make redrive WHAT=upload UPLOAD=UPLOAD_…")
    try:
        session = boto3.Session()
        action = Redrive(session, arguments.stage, stack_outputs(session, arguments.stage))
        match arguments.what:
            case "errors":
                print(f"{action.errors()} messages are back in the error queue.")
            case "events":
                print(f"{action.events()} events are back in the upload event queue.")
            case "stream":
                print(f"{action.stream()} failed stream batches were validated again.")
            case _:
                print(f"Started {action.upload(arguments.upload_id)}")
    except (NothingToRedriveError, BotoCoreError, ClientError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
