"""What observing, fingerprinting and keeping cost within a cold build: the same course with all of it, and without.

    python benchmarks/observing.py --notebooks 12 --cells science

Without: the kernel's ledger and observer do nothing, and the store keeps nothing. Observing: the kernel observes and
takes fingerprints, and the store keeps nothing. With: all of it. The three alternate. One more build is not compared:
it has a clock around each part, and tells where the processor time goes. The builds write the whole site, as a user's
do. Needs Linux or macOS.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import course
from incremental import Cost, Nbpublish, cost

LIMIT = 0.10
"""The part of a cold build that observing and fingerprints may take."""
Turn = dict[str, Cost]
"""By mode, what a build took."""
SWITCH, TIMES = "NBPUBLISH_BENCHMARK", "NBPUBLISH_BENCHMARK_TIMES"


# --- in the processes of the build ----------------------------------------------------------------------------------


def without(*, kernel: bool) -> None:
    """Let this process observe and keep nothing."""
    if not kernel:
        keeping_nothing(kernel=False)
    else:
        from nbpublish.kernel import session
        from nbpublish.kernel.account import Account

        class Nothing:
            """Takes the place of anything that observes: whatever is asked of it gives nothing."""

            def __init__(self, *_: Any) -> None: ...

            def close(self, *_: Any) -> Account:
                return Account()

            def __getattr__(self, name: str) -> Nothing:
                return self

            def __call__(self, *_: Any, **named: Any) -> Nothing:
                return self

            def __iter__(self) -> Iterator[Any]:
                return iter(())

            def __contains__(self, item: object) -> bool:
                return False

            def __enter__(self) -> Nothing:
                return self

            def __exit__(self, *_: object) -> None: ...

        for name in ("Ledger", "Observer", "Hidden", "Modules", "Patches", "watching"):
            setattr(session, name, Nothing)


def keeping_nothing(*, kernel: bool) -> None:
    """Let the store of this process keep nothing."""
    if kernel:
        return
    from nbpublish.store.disk import DiskStore

    DiskStore.find = lambda self, key: ()  # type: ignore[method-assign]
    DiskStore.latest = lambda self, place: None  # type: ignore[method-assign]
    DiskStore.keep = lambda self, *traces: None  # type: ignore[method-assign]
    DiskStore.put = lambda self, chunks: ""  # type: ignore[method-assign]


spent: dict[str, float] = {}
within: list[str] = []


def clocked(owner: Any, method: str, name: str) -> None:
    """Count the processor time of a method, and not again what it calls that has a clock of its own."""
    act: Callable[..., Any] = getattr(owner, method)

    def timed(*arguments: Any, **named: Any) -> Any:
        start = time.thread_time()
        within.append(name)
        try:
            return act(*arguments, **named)
        finally:
            within.pop()
            taken = time.thread_time() - start
            spent[name] = spent.get(name, 0.0) + taken
            if within:
                spent[within[-1]] = spent.get(within[-1], 0.0) - taken

    setattr(owner, method, timed)


def with_clocks(*, kernel: bool) -> None:
    """Count what the parts take in this process, and write it down at its end."""
    import atexit

    if kernel:
        from nbpublish.kernel import audit, versions
        from nbpublish.kernel.environment import Environment
        from nbpublish.kernel.hidden import Hidden
        from nbpublish.kernel.modules import Modules
        from nbpublish.kernel.observe import Observer

        clocked(versions.Ledger, "open", "kernel: before a cell")
        clocked(versions.Ledger, "close", "kernel: after a cell")
        for method in ("open", "changed"):
            clocked(Hidden, method, "kernel: states")
            clocked(Environment, method, "kernel: environment variables")
        for name, part in (("fingerprint", "fingerprints"), ("groups", "groups"), ("survey", "what values reach")):
            clocked(versions, name, f"kernel: {part}")
        clocked(versions, "kept_of", "kernel: values for the store")
        clocked(Modules, "_find", "kernel: modules")
        clocked(audit, "_hook", "kernel: what opens, lists, moves files")
        for method in ("open", "close", "observed", "written"):
            clocked(Observer, method, "kernel: files and their digests")
    else:  # the build runs its notebooks one after another: clocks nest in one thread only
        from nbpublish.store.disk import DiskStore
        from nbpublish.traces.recall import Recall

        clocked(Recall, "__call__", "build: keys and look-up")
        for method in ("find", "latest", "keep", "put"):
            clocked(DiskStore, method, f"store: {method}")

    @atexit.register
    def tell() -> None:
        with Path(os.environ[TIMES]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(spent) + "\n")


COMPARED: dict[str, Callable[..., None]] = {
    "without": without,
    "observing": keeping_nothing,
    "with": lambda **_: None,
}
MODES = {**COMPARED, "clocks": with_clocks}


def be_build(folder: str, jobs: int) -> None:
    """Become the process that builds; its kernels are switched the same way."""
    from nbpublish.executors import spawn

    MODES[os.environ[SWITCH]](kernel=False)
    own = f"sys.path.append({str(Path(__file__).parent)!r}); import observing; observing.be_kernel()"
    spawn.COMMAND = spawn_command(own)  # type: ignore[attr-defined]
    sys.argv[:] = ["nbpublish", "build", "--clean", "--json", "--jobs", str(jobs), folder]
    from nbpublish.__main__ import main

    main()


def spawn_command(own: str) -> str:
    """What starts a kernel, with code of our own before it begins."""
    from nbpublish.executors import spawn

    before, last = spawn.COMMAND.rsplit("main(native", 1)  # type: ignore[attr-defined]
    return f"{before}{own}; main(native{last}"


def be_kernel() -> None:
    MODES[os.environ[SWITCH]](kernel=True)


# --- the comparison -------------------------------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notebooks", type=int, default=12)
    parser.add_argument("--cells", choices=sorted(course.COURSES), default="science")
    parser.add_argument("--rows", type=int, default=20_000, help="rows of each notebook's data")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        be_build(options.child, options.jobs)
        return
    with tempfile.TemporaryDirectory() as name:
        turns, parts = measured(Path(name), options)
    print(f"{options.notebooks} notebooks of 15 {options.cells} cells, {options.rows} rows each, {options.repeats} "
          f"repeats, {options.jobs} jobs, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} after\n")
    tell(turns)
    cells = 15 * options.notebooks
    whole = statistics.median(turn["with"].cpu for turn in turns)
    for part, seconds in sorted([*parts.items(), ("all of it", sum(parts.values()))], key=lambda item: -item[1]):
        print(f"{part:<40}{1000 * seconds / cells:>8.2f} ms a cell{seconds / whole:>8.1%}")


def measured(folder: Path, options: argparse.Namespace) -> tuple[list[Turn], dict[str, float]]:
    """What each turn took in each mode, and the seconds that each part took in a build with clocks."""
    made = course.chapters(options.notebooks, options.cells, folder / "data")
    for chapter in made:
        chapter.write_data(options.rows)
    tool = Nbpublish(folder / "book", made)
    tool.set_up()
    times = folder / "times"

    def build(mode: str, jobs: int = options.jobs) -> Cost:
        command = [sys.executable, __file__, "--child", str(tool.folder), "--jobs", str(jobs)]
        taken = cost(command, folder, {SWITCH: mode, TIMES: str(times)})
        cells = json.loads(taken.said)["cells"]
        assert not cells["reused"], cells
        assert cells["run"] >= len(made) * 15, cells
        return taken

    build("with")  # leaves compiled modules and a warm disk to all
    turns = [{mode: build(mode) for mode in COMPARED} for _ in range(options.repeats)]
    build("clocks", 1)
    parts: dict[str, float] = {}
    for line in times.read_text(encoding="utf-8").splitlines():
        for part, seconds in json.loads(line).items():
            parts[part] = parts.get(part, 0.0) + seconds
    return turns, parts


def tell(turns: list[Turn]) -> None:
    """Print what each mode took, and how much more than `without`, turn by turn."""
    print(f"{'':<22}{'least':>9}{'median':>9}{'most':>9}")
    for kind in ("wall", "cpu"):
        for mode in COMPARED:
            taken = [getattr(turn[mode], kind) for turn in turns]
            print(f"{mode + ', ' + kind:<22}{min(taken):>8.1f}s{statistics.median(taken):>8.1f}s{max(taken):>8.1f}s")
        for mode in ("observing", "with"):
            more = [getattr(turn[mode], kind) / getattr(turn["without"], kind) - 1 for turn in turns]
            median = statistics.median(more)
            asked = f"   asked: below {LIMIT:.0%}, {'met' if median < LIMIT else 'NOT met'}"
            is_asked = (mode, kind) == ("observing", "cpu")
            print(f"{mode + ', more':<22}{min(more):>9.1%}{median:>9.1%}{max(more):>9.1%}{asked if is_asked else ''}")
        print()


if __name__ == "__main__":
    main()
