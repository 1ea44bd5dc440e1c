"""`python -m operations redrive …` and `… revert …`: see docs/runbook.md."""

import argparse
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from operations.redrive import NothingToRedriveError, Redrive, stack_outputs
from operations.revert import NotRevertedError, Reverting, sentences


def main() -> int:
    """Run the command line; return its exit code."""
    parser = argparse.ArgumentParser(prog="operations", description="Operate a deployed stage.")
    commands = parser.add_subparsers(dest="command", required=True)
    redrive = commands.add_parser("redrive", help="process again what has failed for good")
    redrive.add_argument("what", choices=("errors", "events", "stream", "upload"))
    redrive.add_argument("--stage", required=True)
    redrive.add_argument("--upload-id", help="with `upload`: whose execution to run again")
    take_back = commands.add_parser("revert", help="take an upload back; without --yes only say what that would do")
    take_back.add_argument("upload_id")
    take_back.add_argument("--stage", required=True)
    take_back.add_argument("--yes", action="store_true", help="do it")
    arguments = parser.parse_args()
    if arguments.command == "revert":
        return _revert(arguments.stage, arguments.upload_id, carry_out=arguments.yes)
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


def _revert(stage: str, upload_id: str, *, carry_out: bool) -> int:
    """Print what taking the upload back would do and, if asked to, do it; return the exit code."""
    try:
        reverting = Reverting(boto3.Session(), stage)
        planned = reverting.preview(upload_id)
        print(sentences(planned))
        if planned["is_done"]:
            print(f"It was taken back before, as {planned['revert_id']}.")
        elif carry_out:
            print(f"Taken back as {reverting.carry_out(upload_id)['revert_id']}.")
        else:
            print("Nothing was done yet. To do it: make revert UPLOAD=… STAGE=… YES=1")
    except (NotRevertedError, BotoCoreError, ClientError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
