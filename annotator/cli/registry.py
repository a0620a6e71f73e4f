"""``annotate registry``: which registry is in use, and others: fetched, imported, compared, exported."""

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from annotator.errors import OutputError, RegistryError, UsageError

if TYPE_CHECKING:
    from annotator.registry.registry import Registry
    from annotator.registry.update import Update

PATIENCE_S: Final = 0.5
"""A fetch that takes less than this needs no bar."""

_CONTEXT: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

debug_option = click.option("--debug", is_flag=True, expose_value=False, help="Show where an error came from.")
force_option = click.option("--force", is_flag=True, help="Take a file that looks wrong, or replace one that exists.")


@click.group(context_settings=_CONTEXT)
@debug_option
def registry() -> None:
    """Say which of IANA's port registries is in use; fetch, import, compare and export others.

    Nothing is ever fetched but by `annotate registry update`.
    """


@registry.command(context_settings=_CONTEXT)
@click.argument("which", required=False, metavar="[FILE | NAME]")
@click.option("--format", "format_name", type=click.Choice(["table", "json"]), default="table", show_default=True)
@debug_option
def info(which: str | None, format_name: str) -> None:
    """Say what the registry in use is, or the one in a file: source, date, sha256, counts, age."""
    from annotator.cli import terminal
    from annotator.registry.store import EMBEDDED_NAME, Store

    store = Store()
    chosen = _open(which) if which else _in_use()
    name = which or ("in use, chosen by the user" if store.chosen() else f"in use, {EMBEDDED_NAME} in the package")
    today = date.today()
    if format_name == "json":
        from annotator.registry.as_dict import info_dict
        from annotator.registry.notice import NOTICE
        from annotator.registry.summary import age_days, summarize

        terminal.print_json(
            {
                **info_dict(chosen.info),
                "counts": summarize(chosen),
                "age_days": age_days(chosen.info, today),
                "installed": [info_dict(other) for other in store.installed()],
                "caveat": NOTICE,
            }
        )
        return
    from annotator.registry.info_text import info_lines

    terminal.print_lines(info_lines(chosen, name, store.installed(), today, terminal.width()))


@registry.command(context_settings=_CONTEXT)
@click.option("--from", "file", type=click.Path(path_type=Path), metavar="FILE", help="Take this file instead.")
@click.option("--url", metavar="URL", help="Fetch this instead of IANA's XML; https only.")
@click.option(
    "--timeout", "timeout_s", type=click.FloatRange(0, 3600, min_open=True), metavar="S", help="Seconds in all."
)
@force_option
@debug_option
def update(file: Path | None, url: str | None, timeout_s: float | None, force: bool) -> None:
    """Fetch the registry from IANA and use it from now on; the one before is kept for rollback."""
    from annotator.registry.fetch import TIMEOUT_S
    from annotator.registry.store import Store
    from annotator.registry.update import UPDATE_URL, update_from
    from annotator.registry.update import update as fetch_and_use

    if file is not None:
        if url is not None:
            raise UsageError("give --from FILE or --url URL, not both")
        _say_update(update_from(Store(), file, force=force))
        return
    with ExitStack() as stack:
        result = fetch_and_use(
            Store(), url or UPDATE_URL, timeout_s=timeout_s or TIMEOUT_S, force=force, progress=_fetch_bar(stack)
        )
    _say_update(result)


def _say_update(result: "Update") -> None:
    info, diff = result.info, result.diff
    version = f"the registry of {info.updated or 'no date'}, {info.records:,} records, sha256 {info.sha256[:12]}"
    if diff is None:
        click.echo(f"not modified: {version} is in use")
        return
    changes = f"{len(diff.added):,} added, {len(diff.removed):,} removed, {len(diff.changed):,} changed"
    click.echo(f"in use: {version}; since {diff.old.updated or 'no date'}: {changes}")
    for remark in info.remarks:
        click.echo(f"odd in it: {remark}")


@registry.command(context_settings=_CONTEXT)
@debug_option
def rollback() -> None:
    """Use the registry again that was in use before."""
    from annotator.registry.store import Store

    Store().rollback()
    _say_in_use()


@registry.command(context_settings=_CONTEXT)
@click.argument("name", metavar="DATE | SHA256 | embedded")
@debug_option
def use(name: str) -> None:
    """Use an installed registry from now on; `annotate registry info` lists them."""
    from annotator.registry.store import Store

    store = Store()
    store.choose(store.find(name))
    _say_in_use()


def _say_in_use() -> None:
    info = _in_use().info
    click.echo(
        f"in use: the registry of {info.updated or 'no date'}, {info.records:,} records, sha256 {info.sha256[:12]}"
    )


@registry.command("import", context_settings=_CONTEXT)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@debug_option
def import_files(files: tuple[str, ...]) -> None:
    """Install registries from files, in any form that IANA publishes; `annotate registry use` chooses one.

    The form is told by the content: CSV, XML, plain text, or text copied from IANA's page.
    """
    from annotator.registry.loading import read_file
    from annotator.registry.store import Store
    from annotator.registry.update import install

    for file in files:
        installed = install(Store(), read_file(file), file).info
        words = f"installed: {installed.updated or 'no date'}, {installed.records:,} records ({installed.form})"
        click.echo(f"{words}; to use it: annotate registry use {installed.sha256[:12]}")
        for remark in installed.remarks:
            click.echo(f"odd in it: {remark}")


@registry.command(context_settings=_CONTEXT)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--format", "format_name", type=click.Choice(["table", "json", "md"]), default="table", show_default=True)
@debug_option
def diff(old: str, new: str, format_name: str) -> None:
    """Say what changed between two registries: files in any form, or installed ones by date or sha256.

    `embedded` is the one in the package, `current` the one in use.
    """
    from annotator.cli import terminal
    from annotator.registry.diff import compare

    found = compare(_open(old), _open(new))
    if format_name == "json":
        from annotator.registry.as_dict import diff_dict

        terminal.print_json(diff_dict(found))
        return
    from annotator.registry.diff_text import diff_lines, diff_markdown

    if format_name == "md":
        terminal.print_text(f"{line}\n" for line in diff_markdown(found))
    else:
        terminal.print_lines(diff_lines(found, terminal.width()))


@registry.command(context_settings=_CONTEXT)
@click.argument("names", nargs=-1, metavar="[SERVICE]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "json", "services", "nmap", "nftables", "firewalld"]),
    default="csv",
    show_default=True,
)
@click.option("-o", "--output", metavar="FILE", help="Write there; for firewalld, a folder for a file a service.")
@click.option("--registry", "which", metavar="FILE", help="Export this one: a file, or an installed registry by name.")
@force_option
@debug_option
def export(names: tuple[str, ...], form: str, output: str | None, which: str | None, force: bool) -> None:
    """Write the registry in a form that other programs read; SERVICE names limit it to these.

    csv: IANA's own columns. json: every record. services: services(5). nmap: nmap-services. nftables: definitions
    as $svc_https_tcp. firewalld: service definitions.
    """
    from annotator.cli import terminal
    from annotator.registry.export import FORMS
    from annotator.registry.export import export as exported

    files = exported(_open(which) if which else _in_use(), form, names)
    if FORMS[form].one_file_a_service and output is not None:
        _write_folder(Path(output), files, force)
        return
    if len(files) != 1:
        raise UsageError(f"{form} makes a file for each service: name one service, or a folder with -o")
    (data,) = files.values()
    if output is None:
        terminal.print_bytes(data)
        return
    _write_file(output, data, force)


def _write_file(path: str | Path, data: bytes, force: bool) -> None:
    from annotator.report.files import Target

    with Target(path, force).open() as file:
        file.write(data)


def _write_folder(folder: Path, files: dict[str, bytes], force: bool) -> None:
    """Write files into a folder, which is made; each appears whole or not at all."""
    from annotator.report.files import Target

    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made ({error.strerror}); name another folder") from None
    targets = {name: Target(folder / name, force) for name in files}  # all are checked before any is written
    for name, target in targets.items():
        with target.open() as file:
            file.write(files[name])


def _in_use() -> "Registry":
    from annotator.registry.loading import load

    return load()


def _open(which: str) -> "Registry":
    """Open a registry by path, or an installed one by name."""
    from annotator.registry.loading import load, load_embedded, open_registry
    from annotator.registry.store import EMBEDDED_NAME, Store

    if Path(which).exists():
        return load(which)
    if which == EMBEDDED_NAME:
        return load_embedded()
    if which == "current":
        return load()
    store = Store()
    try:
        sha256 = store.find(which)
    except UsageError as error:
        raise RegistryError(f"{which}: no such file, and {error}") from None
    return open_registry(store.read(sha256), str(store.path(sha256)))


def _fetch_bar(stack: ExitStack) -> Callable[[int, int | None], None] | None:
    """Give a callback that draws a bar on standard error, or None where that is no terminal."""
    if not sys.stderr.isatty():
        return None
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns: list[Any] = [TextColumn("fetching"), BarColumn(), DownloadColumn(), TransferSpeedColumn()]
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("fetching", total=None)
    begun = time.monotonic()
    stack.callback(bar.stop)

    def show(done: int, total: int | None) -> None:
        if time.monotonic() - begun > PATIENCE_S:
            bar.start()
            bar.update(task, completed=done, total=total)

    return show
