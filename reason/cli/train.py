"""``reason train``: train a policy on Reason's environments."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from reason.errors import ConfigError


def command(
    config: Annotated[Path, typer.Argument(metavar="CONFIG.toml", help="Settings of the run.")],
    overrides: Annotated[
        list[str] | None,
        typer.Argument(metavar="[a.b=c]...", help="Settings put over the file, such as optimizer.lr=1e-5."),
    ] = None,
    resume: Annotated[
        str | None,
        typer.Option(help="Go on from the newest checkpoint ('auto'), or from the folder of one."),
    ] = None,
) -> None:
    """Train with GRPO or a loss of its kin, as a file says.

    Writes metrics.jsonl, samples.jsonl, checkpoints, the policy in Hugging Face's format and report.html to
    the run's folder. Ctrl-C finishes the step, writes a checkpoint and stops; --resume auto goes on. Under
    torchrun all processes train one policy.
    """
    try:
        from reason.train.assembly import assemble
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] == "reason":
            raise
        raise ConfigError(
            f"training needs the package {error.name}: pip install 'reason-gym[train]'"
        ) from error
    from reason.train.config_file import load_config
    from reason.train.curves import draw_png
    from reason.train.monitor import Monitor
    from reason.train.policy.loading import export_policy
    from reason.train.report import write_report

    settings = load_config(config, overrides or ())
    folder = Path(settings.folder)
    with assemble(settings) as trainer:
        leads = trainer.world.leads
        monitor = Monitor(settings.steps, live=settings.log.live) if leads else None
        if monitor:
            trainer.listen(monitor)
        try:
            metrics = trainer.train(resume=resume)
        except KeyboardInterrupt as stop:
            typer.echo(f"reason: {stop or 'stopped at once'}; go on with --resume auto", err=True)
            raise typer.Exit(130) from None
        finally:
            if monitor:
                monitor.close()
            if leads and settings.log.report and (folder / "metrics.jsonl").exists():
                write_report(folder)
        weights = trainer.whole_weights()
        if leads:
            export_policy(trainer.policy, folder / "policy", tokenizer=trainer.tokenizer, weights=weights)
            draw_png(folder)
            typer.echo(json.dumps({"folder": str(folder), **metrics}))
