"""How the commands behind `make` end: with an exit status, and with a sentence when something went wrong."""

import signal
import sys
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError
from rich.text import Text

from local.console import console
from local.errors import LocalStackError
from local.settings import clear_aws_environment


def exit_status(run: Callable[[], object]) -> int:
    """Run a command that must not reach AWS, and return its exit status: the number it returned, or 0.

    What a person can act on is told in a sentence. A command that is ended from outside clears away what it has begun.
    """
    clear_aws_environment()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        status = run()
    except LocalStackError as error:
        return fail(str(error))
    except PermissionError as error:
        return fail(f"No permission for {error.filename}. Was the stack started by another user, such as root?")
    except (BotoCoreError, ClientError) as error:
        return fail(f"The AWS emulator answered: {error}")
    except KeyboardInterrupt:
        return fail("Interrupted.", 130)
    return status if isinstance(status, int) else 0


def fail(sentence: str, status: int = 1) -> int:
    """Show what went wrong and return the status."""
    console.print(Text(sentence, style="red"), soft_wrap=True)
    return status
