"""The command `python -m tests.faults`."""

import sys

import click

from tests.faults.run import DOORS, KINDS, run


@click.command(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option(
    "--seconds",
    type=click.FloatRange(min=1),
    default=300.0,
    help="How long things go wrong, in all.",
)
@click.option("--seed", type=int, default=1, help="Of who comes, and of what goes wrong when.")
@click.option(
    "--database", type=click.Choice((*KINDS, "both")), default="both", help="Where the centre stores."
)
@click.option("--doors", type=click.IntRange(1, 20), default=DOORS, help="How many doors.")
def faults(*, seconds: float, seed: int, database: str, doors: int) -> None:
    """Break a whole house of real processes at random, and see whether a visit is lost, doubled or told to anybody."""
    all_well = True
    kinds = KINDS if database == "both" else (database,)
    for kind in kinds:
        outcome = run(kind, seconds=seconds / len(kinds), seed=seed, doors=doors)
        click.echo(outcome.line)
        for problem in outcome.wrong:
            click.echo(f"  {problem}")
        if outcome.evidence is not None:
            all_well = False
            click.echo(f"  evidence: {outcome.evidence}")
    sys.exit(0 if all_well else 1)


if __name__ == "__main__":
    faults()
