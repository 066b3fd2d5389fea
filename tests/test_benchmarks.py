"""Benchmarks take parts of nbpublish out, or time them; where these have moved, they must be told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.mark.parametrize("mode", ["without", "observing", "with", "clocks"])
@pytest.mark.parametrize("kernel", [True, False])
def test_the_benchmark_of_observing_finds_what_it_switches(mode: str, kernel: bool, tmp_path: Path) -> None:
    code = f"import observing; observing.MODES[{mode!r}](kernel={kernel}); observing.spawn_command('pass')"
    environment = {**os.environ, "NBPUBLISH_BENCHMARK_TIMES": str(tmp_path / "times")}
    subprocess.run([sys.executable, "-c", code], cwd=BENCHMARKS, env=environment, check=True)


@pytest.mark.parametrize("mode", ["without", "observing"])
def test_what_it_switches_off_lets_a_site_be_built(mode: str, tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("# %%\nx = iter([1])\n\n# %%\ny = iter([2])\n")  # which are kept together
    build = "from nbpublish.frontends.cli import main; main(['build', sys.argv[1]], standalone_mode=False)"
    code = f"import sys, observing; observing.MODES[{mode!r}](kernel=False); {build}"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=BENCHMARKS, check=True)
    assert (tmp_path / "site" / "one" / "index.html").is_file()
