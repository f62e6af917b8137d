"""The command `collector`."""

import resource
import sys

import click

from collector.commands import collector
from collector.errors import CollectorError

EXIT_USAGE = 2
"""Something that the user can mend: options, folders, addresses."""


def main() -> None:
    """Run the command and exit: 0 all is well, 2 with one line when the user can mend it, 1 for a bug."""
    # A crash must not leave an image of the memory, with keys and people in it, on the disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        collector.main(prog_name="collector", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    except click.Abort:
        sys.exit(EXIT_USAGE)
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "collector"
        _complain(f"{error.format_message()} See `{path} --help`.")
    except (CollectorError, click.ClickException) as error:
        if "--debug" in sys.argv:
            raise
        _complain(error.format_message() if isinstance(error, click.ClickException) else str(error))


def _complain(message: str) -> None:
    click.echo(f"collector: {' '.join(message.split())}", err=True)
    sys.exit(EXIT_USAGE)


if __name__ == "__main__":
    main()
