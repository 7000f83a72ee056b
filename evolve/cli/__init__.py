"""The command line: each command parses, calls one function, prints.

Commands are imported when they are called, so that `--help` needs neither numpy nor DEAP nor matplotlib.
"""

from __future__ import annotations

import importlib
import os
import sys

import click

# command -> (module with a click command of that name, its line in the help)
COMMANDS = {
    "run": ("evolve.cli.evolving", "Evolve what an experiment file asks for."),
    "check": ("evolve.cli.evolving", "Check an experiment file and say what is wrong with it."),
    "plot": ("evolve.cli.results", "Draw the figures of a run again."),
    "compare": ("evolve.cli.results", "Put runs side by side."),
    "analyze": ("evolve.cli.analysing", "Say what a piece is made of, or whether a set of pieces passes for another."),
    "calibrate": ("evolve.cli.calibrating", "Measure a style from pieces of music."),
    "critique": ("evolve.cli.teaching", "Find the faults of a melody or an exercise, explain and mend them."),
    "similar": ("evolve.cli.searching", "Find the pieces in a folder that resemble a piece."),
    "export": ("evolve.cli.results", "Write a phrase of a run, or a file of music, in another format."),
    "list": ("evolve.cli.listing", "List rules, features, genomes, algorithms or formats."),
}


class Commands(click.Group):
    """The commands by name, each imported when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; where there is none of that name, suggest the nearest."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            from fitness.catalogue import near_miss

            raise click.UsageError(f"no command is called '{args[0]}'; {near_miss(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help of all commands, without importing one."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="evophrase")
def cli() -> None:
    """Compose by evolution: breed phrases, judge them by rules and by likeness, hear the best."""


def main() -> None:
    """The entry point of `evophrase`: one line and exit code 2 where the user's input is wrong."""
    try:
        cli.main(standalone_mode=False, prog_name="evophrase")
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(2)
    except click.UsageError as error:
        hint = f"; see '{error.ctx.command_path} --help'" if error.ctx else ""
        _fail(f"{error.format_message().rstrip('.')}{hint}")
    except click.ClickException as error:
        _fail(error.format_message())
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except OSError as error:
        _fail(f"{error.filename or 'the system'}: {error.strerror or error}")
    except MemoryError:
        _fail("there is not enough memory for this; take a smaller population, or fewer bars")
    except KeyboardInterrupt:
        sys.exit(130)


def _fail(text: str) -> None:
    click.echo(f"evophrase: {text}", err=True)
    sys.exit(2)
