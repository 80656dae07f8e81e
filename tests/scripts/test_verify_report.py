"""The report of verification: what was run, what was not, and that it is the one committed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from erbium.scripts.cli import main
from erbium.scripts.common.places import insert
from erbium.scripts.verify import document as report
from erbium.scripts.verify.registry import Campaign
from erbium.sim.sources import BENCHES, MACHINE, digest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def committed() -> dict[str, report.Figures | None]:
    """Return the figures that stand in the repository."""
    return report.found(ROOT / "docs" / "verification")


def test_committed_report_is_that_of_the_committed_figures(committed) -> None:
    text = (ROOT / "docs" / "verification.md").read_text(encoding="utf-8")
    assert text == report.document(committed), "run make verify-report"


def test_readme_shows_its_table(committed) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = insert(text, {"verification": report.summary(committed)})
    assert text == shown, "run make verify-report"


def test_every_campaign_has_a_verb(committed) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for campaign in report.CAMPAIGNS.values():
        assert f"\n{campaign.verb}: " in makefile
        assert f"Again: `make {campaign.verb}`" in report.document(committed)


@pytest.mark.parametrize("campaign", report.CAMPAIGNS.values(), ids=list(report.CAMPAIGNS))
def test_every_campaign_has_one_shape(campaign: Campaign, committed) -> None:
    module = campaign.module()
    for name in ("run", "failure", "summary", "text"):
        assert callable(getattr(module, name)), name
    # What is published did not fail, and says so.
    assert module.failure(committed[campaign.name]) is None
    command = main
    for word in campaign.command.partition(" -")[0].split():
        command = command.commands[word]
    (out,) = [option for option in command.params if option.name == "out"]
    writes = str(campaign.file)
    assert (
        out.default == campaign.file
        or writes in f"{out.help} {_recipe(campaign.verb)}"
        or (
            campaign.name in ("mutation-python", "mutation-tools")
            and "[default: in docs/verification]" in out.help
        )
    )


def _recipe(verb: str) -> str:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return makefile.partition(f"\n{verb}: ")[2].partition("\n\n")[0]


def test_every_module_of_verification_is_a_campaign_or_serves_them() -> None:
    folder = ROOT / "scripts" / "verify"
    modules = {
        p.stem for p in folder.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()
    }
    campaigns = {name.replace("-", "_") for name in report.CAMPAIGNS}
    assert modules - campaigns == {"__init__", "document", "hashes", "registry"}


def test_campaign_that_was_not_run_is_named_so(erbium, committed) -> None:
    folder = Path("docs", "verification")
    folder.mkdir(parents=True)
    Path("README.md").write_text("a\n<!-- verification -->\n<!-- end of verification -->\nb\n")
    (folder / "epoch.json").write_text(json.dumps(committed["epoch"]))
    assert erbium("verify-report").exit_code == 0
    text, readme = Path("docs", "verification.md").read_text(), Path("README.md").read_text()
    cycles = f"{committed['epoch']['cycles']:,}"
    for shown in (text, readme):
        assert cycles in shown
        assert shown.count("| not run yet |") == len(report.CAMPAIGNS) - 1
    assert text.count("\nNot run yet.\n") == len(report.CAMPAIGNS) - 1
    assert readme.startswith("a\n")
    assert readme.endswith("b\n")


def test_figures_of_other_sources_are_named(erbium, committed) -> None:
    folder = Path("docs", "verification")
    folder.mkdir(parents=True)
    Path("README.md").write_text("<!-- verification -->\n<!-- end of verification -->\n")
    machine, benches = digest(MACHINE), digest(BENCHES)
    for name, other in (
        ("epoch", {}),
        ("soak", {"sources": 64 * "0"}),
        ("agree", {"benches": "f"}),
    ):
        now = {"sources": machine, "benches": benches}
        (folder / f"{name}.json").write_text(json.dumps(committed[name] | now | other))
    result = erbium("verify-report")
    assert result.stderr.splitlines() == [
        f"soak: measured with sources 00000000, now {machine[:8]}; run: make soak",
        f"agree: measured with benches f, now {benches[:8]}; run: make agree",
    ]
    text = folder.with_suffix(".md").read_text()
    assert f"(sources `{machine[:8]}`, benches `{benches[:8]}`)" in text


def test_no_figures_are_refused(refused) -> None:
    folder = Path("docs", "verification")
    expected = f"there are no figures in '{folder}' yet; run: make formal-full"
    assert expected in refused("verify-report")


def test_damaged_figures_are_refused(erbium) -> None:
    path = Path("docs", "verification", "soak.json")
    path.parent.mkdir(parents=True)
    path.write_text("{")
    result = erbium("verify-report")
    assert result.exit_code == 2
    assert f"'{path}' is damaged" in result.stderr
    assert result.stderr.endswith("run: make soak\n")
    assert not path.parent.with_suffix(".md").exists()
