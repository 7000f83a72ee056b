"""`python -m evolve.cli`: the same as the command `evophrase`."""

from evolve.cli import main

main()
