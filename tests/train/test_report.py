import io
import json
import math
import re
from html.parser import HTMLParser

import pytest
from rich.console import Console

from reason.errors import ConfigError
from reason.train import metrics as metrics_module
from reason.train.curves import curves_of, draw_png, draw_text
from reason.train.metrics import MetricsLog, TensorBoardSink, read_metrics
from reason.train.monitor import Monitor, sparkline
from reason.train.report import write_report


@pytest.fixture
def folder(tmp_path):
    with MetricsLog(tmp_path) as log:
        log.write("warmup", 0, {"update": 1.0, "loss": 3.0})
        log.write(
            "eval", 0, {"solve_rate": 0.5, "solve_rate_low": 0.4, "solve_rate_high": 0.6, "reward": 0.5}
        )
        for step in range(1, 6):
            log.write("train", step, {"solve_rate": step / 5, "reward": math.nan, "loss": -1e-3 * step})
        log.write(
            "eval", 5, {"solve_rate": 0.9, "solve_rate_low": 0.8, "solve_rate_high": 1.0, "reward": 0.9}
        )
    (tmp_path / "samples.jsonl").write_text(
        json.dumps(
            {
                "step": 5,
                "env": "<b>",
                "reward": 1.0,
                "episode": [{"by": "policy", "text": "<script>alert(1)</script>"}],
            }
        )
        + "\n"
    )
    return tmp_path


class Checker(HTMLParser):
    """Notes what a page would fetch or run."""

    def __init__(self):
        super().__init__()
        self.tags, self.links = [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.links += [value for key, value in attributes if key in ("src", "href", "data", "action")]


def test_the_report_needs_nothing_from_elsewhere_and_runs_nothing(folder):
    text = write_report(folder).read_text()
    page = Checker()
    page.feed(text)
    assert page.links == []
    assert "script" not in page.tags
    assert page.tags.count("svg") >= 2
    urls = set(re.findall(r"https?://[^\"' <]+", text))
    assert urls <= {"http://www.w3.org/2000/svg"}
    assert "0.900" in text


def test_what_is_not_finite_is_null_and_is_left_out_of_the_curves(folder):
    lines = read_metrics(folder / "metrics.jsonl")
    assert [line["reward"] for line in lines if line["kind"] == "train"] == [None] * 5
    (curve,) = curves_of(lines, "reward")
    assert curve.kind == "eval"
    assert [curve.kind for curve in curves_of(lines, "loss")] == ["warmup", "train"]


def test_a_curve_is_drawn_in_a_terminal_and_as_png(folder):
    curves = curves_of(read_metrics(folder / "metrics.jsonl"), "solve_rate")
    drawn = draw_text(curves, width=40, height=9, reference=0.6).splitlines()
    plot = [line[9:] for line in drawn[:9]]
    assert {len(line) for line in plot} == {40}
    assert plot[0][-1] == "·"  # 1.0 at the last step
    assert plot[-1][8] == "·"  # 0.2 at step 1, an eighth of the way from 0 to 5
    assert sum(line.count("●") for line in plot) == 2
    assert sum(set(line) <= set("┄·●") for line in plot) == 1
    assert draw_text([]) == "(nothing to draw)"
    assert draw_png(folder, reference=0.6).read_bytes().startswith(b"\x89PNG")


def test_a_run_that_goes_on_forgets_what_came_after_its_checkpoint(folder):
    log = MetricsLog(folder)
    log.rewind(3)
    assert [line["step"] for line in read_metrics(folder / "metrics.jsonl")] == [0, 0, 1, 2, 3]
    assert read_metrics(folder / "samples.jsonl") == []
    log.write("train", 4, {"loss": 1.0})
    assert read_metrics(folder / "metrics.jsonl")[-1] == {"kind": "train", "step": 4, "loss": 1.0}


def test_a_line_that_a_crash_cut_in_two_is_left_out(folder):
    path = folder / "metrics.jsonl"
    whole = read_metrics(path)
    path.write_text(path.read_text() + '{"kind": "train", "st')
    assert read_metrics(path) == whole


def test_processes_that_do_not_lead_write_nothing(tmp_path):
    with MetricsLog(tmp_path / "run", writes=False) as log:
        log.rewind(-1)
        log.write("train", 1, {"loss": 1.0})
    assert not (tmp_path / "run").exists()


def test_the_monitor_shows_a_table_in_a_terminal_and_lines_elsewhere():
    for terminal in (True, False):
        console = Console(force_terminal=terminal, width=100, record=True, file=io.StringIO())
        monitor = Monitor(10, console=console)
        monitor.write("eval", 0, {"reward": 0.25, "solve_rate": 0.25})
        monitor.write("train", 10, {"reward": 0.5, "entropy": 1.25, "loss": math.nan})
        monitor.close()
        text = console.export_text()
        assert "0.5" in text
        assert "1.25" in text


def test_a_sparkline_goes_from_the_least_to_the_largest():
    assert sparkline([3, 1, math.nan, 2]) == "█▁▅"
    assert sparkline([2.0, 2.0]) == "▁▁"
    assert sparkline([]) == ""


def test_tensorboard_gets_the_same_numbers(tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    with MetricsLog(tmp_path, [TensorBoardSink(tmp_path)]) as log:
        log.write("train", 3, {"loss": 0.5, "reward": math.nan})
    events = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    assert [(event.step, event.value) for event in events.Scalars("train/loss")] == [(3, 0.5)]
    assert events.Tags()["scalars"] == ["train/loss"]


def test_a_missing_package_is_told_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "wandb", None)
    with pytest.raises(ConfigError, match=r"log\.wandb needs the package wandb"):
        metrics_module.WandbSink(tmp_path, {})
