"""`flask --app qa_app ...`: users, questions, jobs, geo, demo."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from qa_app.base.db import db
from qa_app.base.errors import DomainError
from qa_app.base.transaction import writing
from qa_app.ports import clock, ports

users = AppGroup("users", help="Accounts and duties.")
questions = AppGroup("questions", help="Question sets.")
jobs = AppGroup("jobs", help="Work that was promised.")
geo = AppGroup("geo", help="Postcodes and authorities.")
demo = AppGroup("demo", help="Demonstration data.")


def init_app(app: Flask) -> None:
    """Add every group of commands to the app."""
    for group in (users, questions, jobs, geo, demo):
        app.cli.add_command(group)


@users.command("add")
@click.option("--name", required=True)
@click.option("--email", required=True)
@click.option("--role", required=True)
@click.option("--provider", type=int, help="Number of the provider, for a provider contact.")
@click.password_option()
def users_add(name: str, email: str, role: str, provider: int | None, password: str) -> None:
    """Make an account."""
    from qa_app.accounts import service
    from qa_app.accounts.rules import Role

    try:
        with writing() as session:
            service.create(
                session,
                name=name,
                email=email,
                role=Role(role),
                password=password,
                provider_id=provider,
                now=clock().now(),
            )
    except ValueError as error:
        raise click.ClickException(f"There is no role {role}: one of {', '.join(Role)}") from error
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{name} can sign in.")


def _set_disabled(email: str, *, is_disabled: bool) -> None:
    from qa_app.accounts import queries, service

    with writing() as session:
        user = queries.by_email(session, email)
        if user is None:
            raise click.ClickException("Nobody signs in with this e-mail address.")
        change = service.disable if is_disabled else service.enable
        change(session, user, actor=None, now=clock().now())


@users.command("disable")
@click.argument("email")
def users_disable(email: str) -> None:
    """Stop an account at once, on every device."""
    _set_disabled(email, is_disabled=True)
    click.echo("The account is disabled and signed out everywhere.")


@users.command("enable")
@click.argument("email")
def users_enable(email: str) -> None:
    """Let a disabled account be used again."""
    _set_disabled(email, is_disabled=False)
    click.echo("The account can be used again.")


@users.command("duty")
@click.argument("email")
@click.argument("kind")
@click.option("--from", "starts_on", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--to", "ends_on", type=click.DateTime(["%Y-%m-%d"]))
def users_duty(email: str, kind: str, starts_on: datetime, ends_on: datetime | None) -> None:
    """Put a person on duty (safeguarding-duty-officer, programme-lead, on-call, deputy) between two days."""
    from qa_app.accounts import queries, service
    from qa_app.accounts.rules import DutyKind

    try:
        duty = DutyKind(kind)
        with writing() as session:
            user = queries.by_email(session, email)
            if user is None:
                raise click.ClickException("Nobody signs in with this e-mail address.")
            service.put_on_duty(
                session,
                user,
                duty,
                starts_on=starts_on.replace(tzinfo=UTC).date(),
                ends_on=ends_on.replace(tzinfo=UTC).date() if ends_on else None,
                now=clock().now(),
            )
    except ValueError as error:
        raise click.ClickException(
            f"There is no duty {kind}: one of {', '.join(DutyKind)}"
        ) from error
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{email} is on duty as {kind}.")


@questions.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def questions_load(file: Path) -> None:
    """Load a question set from a YAML file; every mistake is named with its line."""
    from qa_app.question_sets import service
    from qa_app.question_sets.loading import QuestionSetInvalid

    try:
        with writing() as session:
            version, is_new = service.load(session, file.read_text("utf-8"), now=clock().now())
            words = f"{version.title}, version {version.version}"
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file.name} is not a text file in UTF-8.") from error
    except QuestionSetInvalid as error:
        lines = "\n".join(f"  {m}" for m in error.mistakes)
        raise click.ClickException(f"{file.name} was not loaded:\n{lines}") from error
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Loaded {words}." if is_new else f"{words} was loaded before; nothing changed.")


@jobs.command("run")
def jobs_run() -> None:
    """Do all the work that is due, then stop."""
    from qa_app.jobs import worker

    click.echo(f"{worker.run_all()} done.")


@jobs.command("list")
def jobs_list() -> None:
    """Show work that waits, or that was given up."""
    from sqlalchemy import select

    from qa_app.jobs.models import Job

    for job in db.session().scalars(select(Job).where(Job.done_at.is_(None)).order_by(Job.run_at)):
        state = "given up" if job.given_up_at else "waiting"
        click.echo(
            f"{job.id} {job.name} {state}, tried {job.attempts} times {job.last_error or ''}"
        )


@geo.command("build")
def geo_build() -> None:
    """Make the look-up file for postcodes (some seconds)."""
    ports().geocoder.build()
    click.echo("All of England's postcodes can be found.")


@demo.command("load")
def demo_load() -> None:
    """Write the demonstration data into an empty database, brought up to date first."""
    from flask_migrate import upgrade

    from qa_app.cli import first_start
    from qa_app.demo import service

    upgrade()
    first_start.load_reference(click.echo)
    try:
        password = service.load(click.echo)
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Demonstration data is loaded. Password of every account: {password}")
