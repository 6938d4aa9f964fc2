"""The two commands of a newcomer, set up and run, set up and test; and the code checks."""

from __future__ import annotations

import os
import sys
import time

from qa_app.setup import environment
from qa_app.setup.progress import Failure

USAGE = """\
python3 -m qa_app               set up what is missing, then serve on http://127.0.0.1:8000
python3 -m qa_app test [...]    set up, then run the tests (what follows goes to pytest)
python3 -m qa_app check         format, lint, types, import floors, templates, locks

Settings are environment variables that begin with QA_ (README.md lists them), for example
QA_PORT=8001 for another port. Everything else: flask --app qa_app --help, inside .venv.
"""


def main(arguments: list[str]) -> int:
    """Do what the command line asks; return the exit code."""
    # kept over the change of process, so that what is said at the end is true from the beginning
    started = float(os.environ.setdefault("DOORSTEP_STARTED", str(time.monotonic())))
    command = arguments[0] if arguments else "serve"
    if command in {"-h", "--help", "help"}:
        print(USAGE, end="")
        return 0
    if command not in {"serve", "test", "check", "worker"}:
        print(f"Doorstep knows no command “{command}”.\n\n{USAGE}", end="")
        return 2
    try:
        environment.check_python()
        if command != "worker":
            environment.ensure(_extras(command))
        if not environment.is_active():
            environment.enter(arguments)
        return _run(command, arguments[1:], started)
    except Failure as problem:
        problem.show()
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
        return 130


def _extras(command: str) -> set[str]:
    if command == "check":
        return {"assets", "test", "dev"}
    if command == "test":
        return {"assets", "test"}
    on_postgres = os.environ.get("QA_DATABASE_URL", "").startswith("postgres")
    return {"assets", "postgres"} if on_postgres else {"assets"}


def _run(command: str, rest: list[str], started: float) -> int:
    """Run a command inside the environment, where every import works."""
    if command == "check":
        from qa_app.setup import checks

        return checks.run_all()
    from qa_app.assets import vendor

    if command == "test":
        from qa_app.setup import tests

        vendor.ensure(with_test_tools=True)
        return tests.run(rest)
    from qa_app.cli import serve

    if command == "worker":
        return serve.work()
    vendor.ensure()
    return serve.serve(started)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
