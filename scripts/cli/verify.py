"""The command that writes what all campaigns of verification found."""

from __future__ import annotations

from pathlib import Path

import click

from erbium.scripts.cli.options import save, with_json
from erbium.scripts.common.files import write_text


@click.command("verify-report")
@with_json
def verify_report(json_file: Path | None) -> None:
    """Write docs/verification.md and the table of the README from what all campaigns found."""
    from erbium.scripts.common.places import insert
    from erbium.scripts.verify import document as report
    from erbium.scripts.verify.hashes import hashes
    from erbium.scripts.verify.registry import FOLDER

    folder, readme = FOLDER, Path("README.md")
    figures = report.found(folder)
    shown = insert(readme.read_text(encoding="utf-8"), {"verification": report.summary(figures)})
    text = folder.with_suffix(".md")
    write_text(text, report.document(figures))
    write_text(readme, shown)
    save(json_file, figures)
    for path in (text, readme):
        click.echo(path)
    for key, now in hashes().items():
        for name, then in report.outdated(figures, key, now).items():
            click.echo(
                f"{name}: measured with {key} {then[:8]}, now {now[:8]}; run: make "
                f"{report.CAMPAIGNS[name].verb}",
                err=True,
            )
