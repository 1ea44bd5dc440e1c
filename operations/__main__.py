"""`python -m operations …`: what operators do on a deployed stage. See docs/runbook.md."""

import argparse
import json
import sys
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from operations.access import Access, RefusedError
from operations.explain import explain
from operations.feeds import NoFeedError, switch_on
from operations.redrive import NothingToRedriveError, Redrive, stack_outputs
from operations.revert import NotRevertedError, Reverting, sentences


def main() -> int:
    """Run the command line; return its exit code."""
    parser = _parser()
    arguments = parser.parse_args()
    if arguments.command == "redrive" and arguments.what in OF_ONE_UPLOAD and not arguments.upload_id:
        parser.error(f"which one? make redrive WHAT={arguments.what} UPLOAD={OF_ONE_UPLOAD[arguments.what]}")
    if arguments.command == "category" and arguments.what != "list" and not arguments.name:
        parser.error(f"which category? make category DO={arguments.what} NAME='Home & Kitchen' …")
    if arguments.command == "category" and arguments.what == "rename" and not arguments.new_name:
        parser.error("which new name? make category DO=rename NAME='Audio' TO='Sound' …")
    try:
        session = boto3.Session()
        # Who did it is recorded with what was done: the AWS identity that the command runs with.
        actor = session.client("sts").get_caller_identity()["Arn"]
        access = Access(session.client("lambda"), arguments.stage, actor)
        if arguments.command == "redrive":
            print(_redrive(session, access, arguments))
        elif arguments.command == "discard":
            action = Redrive(session, arguments.stage, stack_outputs(session, arguments.stage))
            done = f"Deleted from {action.discard(arguments.message_id)}."
            print(done + _noted(access, "discard_message", arguments.message_id, done))
        elif arguments.command == "switch-on":
            count = switch_on(session.client("lambda"), arguments.stage, arguments.function)
            done = f"Switched {count} event source mappings of {arguments.function} on."
            print(done + _noted(access, "switch_on", arguments.function, done))
        elif arguments.command == "explain":
            outputs = stack_outputs(session, arguments.stage)
            print(explain(session, arguments.stage, outputs, arguments.upload, in_json=arguments.json))
        elif arguments.command == "revert":
            print(_revert(Reverting(session.client("lambda"), arguments.stage, actor), arguments))
        elif arguments.command == "category":
            print(_category(access, arguments))
        else:
            print(_access(access, arguments))
    except NoCredentialsError:
        print("No AWS credentials are known here. The local stack is asked with STAGE=local.", file=sys.stderr)
        return 1
    except (NothingToRedriveError, NotRevertedError, NoFeedError, RefusedError, BotoCoreError, ClientError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="operations", description="Operate a deployed stage.")
    commands = parser.add_subparsers(dest="command", required=True)
    redrive = commands.add_parser("redrive", help="process again what has failed for good")
    redrive.add_argument("what", choices=REDRIVEN)
    redrive.add_argument(
        "--upload-id", help="with `upload` and `rows`: which upload; with `file`: the key in the bucket"
    )
    discard = commands.add_parser("discard", help="delete a dead message that cannot be processed")
    discard.add_argument("--message-id", required=True)
    switching = commands.add_parser("switch-on", help="let a function have its work again")
    switching.add_argument("--function", required=True, help="such as csv-parser")
    explaining = commands.add_parser("explain", help="tell the story of one upload")
    explaining.add_argument("--upload", required=True, help="upload id, S3 key or file name")
    explaining.add_argument("--json", action="store_true", help="for programs")
    revert = commands.add_parser("revert", help="take an upload back; without --yes only say what that would do")
    revert.add_argument("--upload-id", required=True)
    revert.add_argument("--yes", action="store_true", help="do it")
    category = commands.add_parser("category", help="list, add, rename, retire and bring back categories")
    category.add_argument("what", choices=("list", "add", "rename", "retire", "restore"))
    category.add_argument("--name")
    category.add_argument("--new-name", help="with `rename`")
    for name, options in _ACCESS_COMMANDS.items():
        access = commands.add_parser(name)
        for option in options:
            access.add_argument(f"--{option}", required=True)
    for command in commands.choices.values():
        command.add_argument("--stage", required=True)
    return parser


OF_ONE_UPLOAD = {"upload": "UPLOAD_…", "rows": "UPLOAD_…", "file": "uploads/VENDOR/file.csv"}
"""What `redrive` does to one upload or file, and how that is named."""
REDRIVEN = ("errors", "events", "stream", "ends", *OF_ONE_UPLOAD)

_ACCESS_COMMANDS = {
    "register": ("vendor", "name", "email"),
    "suspend": ("vendor",),
    "resume": ("vendor",),
    "confirm-address": ("vendor",),
    "show": ("vendor",),
    "invite": ("vendor", "email"),
    "invite-operator": ("email",),
    "remove-person": ("email",),
    "api-key": ("vendor", "label"),
    "remove-api-key": ("vendor", "key-id"),
}


def _redrive(session: boto3.Session, access: Access, arguments: argparse.Namespace) -> str:
    action = Redrive(session, arguments.stage, stack_outputs(session, arguments.stage))
    match arguments.what:
        case "errors":
            done = f"{action.errors()} messages are back in the error queue."
        case "events":
            done = f"{action.events()} events are back in the upload event queue."
        case "stream":
            done = f"{action.stream()} failed stream batches were validated again."
        case "ends":
            done = f"{action.ends()} events are on the bus."
        case "rows":
            done = f"The reconciler has finished {arguments.upload_id}: {action.rows(arguments.upload_id)}."
        case "file":
            done = f"{action.file(arguments.upload_id)} is announced; the parser takes it in."
        case _:
            done = f"Started {action.upload(arguments.upload_id)}"
    return done + _noted(access, f"redrive_{arguments.what}", arguments.upload_id or arguments.stage, done)


def _noted(access: Access, what: str, subject: str, done: str) -> str:
    """Have it recorded, and return what to say about that: all this must be possible while the database is down."""
    try:
        access.record("note", what=what, subject=subject, after={"done": done})
    except (RefusedError, BotoCoreError, ClientError) as error:
        return f"\nIt was done, but not recorded among the operators' actions: {error}"
    return ""


def _category(access: Access, arguments: argparse.Namespace) -> str:
    """Do what is asked with the categories; return a line for each, or for the one that was changed."""
    match arguments.what:
        case "list":
            found = access.record("list_categories")["categories"]
        case "rename":
            found = [access.record("rename_category", name=arguments.name, new_name=arguments.new_name)]
        case _:
            found = [access.record(f"{arguments.what}_category", name=arguments.name)]
    return "\n".join(_category_line(category) for category in found)


def _category_line(category: dict[str, Any]) -> str:
    products = f", {category['products']} products" if "products" in category else ""
    former = f", formerly {', '.join(category['former_names'])}" if category["former_names"] else ""
    return f"{category['name']}: {'active' if category['is_active'] else 'retired'}{products}{former}"


def _revert(reverting: Reverting, arguments: argparse.Namespace) -> str:
    """Say what taking the upload back would do and, if asked to, do it."""
    planned = reverting.preview(arguments.upload_id)
    if planned["is_done"]:
        return f"{sentences(planned)}\nIt was taken back before, as {planned['revert_id']}."
    if not arguments.yes:
        return f"{sentences(planned)}\nNothing was done yet. To do it: make revert UPLOAD=… STAGE=… YES=1"
    print(sentences(planned))
    return f"Taken back as {reverting.carry_out(arguments.upload_id)['revert_id']}."


def _access(access: Access, arguments: argparse.Namespace) -> str:
    """Do one of the access commands; return what to print. A new key is printed alone, so that a script can take it."""
    match arguments.command:
        case "register":
            answer = access.register(arguments.vendor, arguments.name, arguments.email)
        case "suspend":
            answer = access.set_status(arguments.vendor, "suspended")
        case "resume":
            answer = access.set_status(arguments.vendor, "active")
        case "confirm-address":
            answer = access.send_confirmation(arguments.vendor)
        case "show":
            answer = access.record("show_vendor", vendor_id=arguments.vendor)
        case "invite":
            answer = access.record("invite_person", vendor_id=arguments.vendor, email=arguments.email)
        case "invite-operator":
            answer = access.record("invite_operator", email=arguments.email)
        case "remove-person":
            answer = access.record("remove_person", email=arguments.email)
        case "remove-api-key":
            answer = access.record("remove_api_key", vendor_id=arguments.vendor, key_id=arguments.key_id)
        case _:
            return str(access.record("create_api_key", vendor_id=arguments.vendor, label=arguments.label)["key"])
    return json.dumps(answer, indent=2)


if __name__ == "__main__":
    sys.exit(main())
