"""What becomes of a notebook whose cells behave, misbehave and die, told of the executor that builds use."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import textwrap
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from nbpublish.errors import KernelError
from nbpublish.executors.inline import InlineExecutor
from nbpublish.executors.limits import Limits
from nbpublish.executors.local import LocalExecutor, LocalKernel
from nbpublish.executors.spare import Spare
from nbpublish.executors.spawn import Spawned
from nbpublish.model import ERROR, Cell, ErrorData, Names, Notebook, Options, Trace

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals")


class Told:
    """A kernel that is handed sources and answers with what a reader would see."""

    def __init__(self, kernel: LocalKernel) -> None:
        self.kernel = kernel
        self.line = 1

    def run(self, source: str, **options: object) -> Trace:
        source = textwrap.dedent(source).strip("\n")
        cell = Cell(f"c{self.line}", "code", source, self.line, options=Options(**options))  # type: ignore[arg-type]
        self.line += source.count("\n") + 2
        return self.kernel.run(cell, Names())


@contextmanager
def started(root: Path, limits: Limits | None = None, path: str = "week 1/講義.py") -> Iterator[Told]:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).touch()
    with LocalExecutor(root, limits).start(Notebook(path, "percent", ())) as kernel:
        yield Told(kernel)


def text(trace: Trace) -> str:
    return "".join(output.data.get("text/plain", "") for output in trace.outputs)


def said(trace: Trace) -> list[tuple[str, str]]:
    return [(output.channel, output.data.get("text/plain", "")) for output in trace.outputs]


def error(trace: Trace) -> ErrorData:
    found = [output.data[ERROR] for output in trace.outputs if ERROR in output.data]
    assert len(found) == 1, trace
    data: ErrorData = found[0]
    return data


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width + 1) * height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


# --- a notebook runs as its script would ------------------------------------------------------------------------------


def test_a_cell_that_runs_again_warns_again_and_fails_again(tmp_path: Path) -> None:
    with started(tmp_path) as told:
        for source, exit, word in (("1 is 1", "ok", "SyntaxWarning"), ("x = (", "failed", ""), ("y = 2\ny", "ok", "2")):
            traces = []
            for _ in range(4):
                told.line = 1
                traces.append(told.run(source))
            assert [trace.exit for trace in traces] == [exit] * 4
            assert [trace.outputs for trace in traces[1:]] == [traces[0].outputs] * 3
            assert word in text(traces[0])


def test_cells_share_a_namespace_and_show_what_they_print_and_end_with(tmp_path: Path) -> None:
    with started(tmp_path) as notebook:
        assert said(notebook.run("x = 20\nprint('twenty')")) == [("stdout", "twenty\n")]
        assert said(notebook.run("x + 1")) == [("result", "21")]
        assert said(notebook.run("x + 1;  # not shown")) == []


def test_the_world_is_that_of_the_script_started_in_its_folder(tmp_path: Path) -> None:
    script = """
        import sys, os
        facts = [__name__, __file__, sys.argv, sys.path[0], os.getcwd(), sys.modules["__main__"].__dict__ is globals()]
        facts += [__builtins__.__name__, __package__, __spec__, sys.stdout.encoding, sys.stdout.isatty()]
        print(facts)
    """
    source = textwrap.dedent(script)
    with started(tmp_path) as notebook:
        ours = text(notebook.run(source))
    path = tmp_path / "week 1/講義.py"
    path.write_text(source, encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    python = subprocess.run(
        [sys.executable, path.name], cwd=path.parent, env=environment, capture_output=True, check=True
    )
    assert ours == python.stdout.decode()


@pytest.mark.parametrize("name", ["random", "types", "json", "IPython", "struct", "pickle", "PIL", "traceback"])
def test_a_file_beside_the_notebook_may_be_called_like_a_library(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.py").write_text("MINE = True\n")
    with started(tmp_path, path="nb.py") as notebook:
        assert said(notebook.run(f"import {name}\n{name}.MINE")) == [("result", "True")]
        assert said(notebook.run("{'a': [1]}")) == [("result", "{'a': [1]}")]
        assert error(notebook.run("1/0"))["name"] == "ZeroDivisionError"
        assert text(notebook.run(f"import {name} as again\nagain.MINE, again is {name}")) == "(True, True)"
        shown = notebook.run(f"class P:\n    def _repr_png_(self): return {png(3, 2)!r}\nP()")
        assert shown.outputs[0].metadata["width"] == 3


def test_a_traceback_begins_in_the_cell_also_where_a_loop_runs_it(tmp_path: Path) -> None:
    with started(tmp_path) as notebook:
        trace = notebook.run("import asyncio\nawait asyncio.sleep(0)\n1 / 0")
        assert [frame["line"] for frame in error(trace)["frames"]] == [3]
        later = notebook.run("await asyncio.wait_for(asyncio.sleep(9), 0.01)")
        assert [frame["library"] for frame in error(later)["frames"]][:2] == [False, True]


def test_top_level_await_keeps_one_loop_for_the_whole_notebook(tmp_path: Path) -> None:
    with started(tmp_path) as notebook:
        assert notebook.run("import asyncio\ntask = asyncio.ensure_future(asyncio.sleep(0, 7))\nawait asyncio.sleep(0)")
        assert said(notebook.run("await task")) == [("result", "7")]
        assert said(notebook.run("asyncio.run(asyncio.sleep(0, 8))")) == [("result", "8")]
        assert said(notebook.run("await asyncio.sleep(0, 9)")) == [("result", "9")]


def test_source_is_found_under_the_notebooks_path_and_lines(tmp_path: Path) -> None:
    with started(tmp_path) as notebook:
        notebook.run("first = 1")
        notebook.run("def f():\n    return first\n\nclass A:\n    x = 1\n")
        assert "return first" in text(notebook.run("import inspect\nprint(inspect.getsource(f), inspect.getsource(A))"))
        assert text(notebook.run("f.__code__.co_firstlineno")) == "3"


# --- what is captured, and in which order -----------------------------------------------------------------------------


def test_c_code_subprocesses_and_python_write_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)  # it would keep C from buffering
    with started(tmp_path) as notebook:
        trace = notebook.run("""
            import ctypes, subprocess, sys, os
            print("python 1")
            ctypes.CDLL(None).puts(b"C, buffered")
            print("python 2")
            subprocess.run([sys.executable, "-c", "print('subprocess')"])
            sys.stdout.buffer.write(b"bytes\\n")
            os.write(1, b"descriptor\\n")
            print("error", file=sys.stderr)
            print("end")
        """)
    lines = ["python 1", "C, buffered", "python 2", "subprocess", "bytes", "descriptor"]
    assert said(trace) == [("stdout", "\n".join(lines) + "\n"), ("stderr", "error\n"), ("stdout", "end\n")]


def test_what_is_displayed_stands_between_what_is_printed(tmp_path: Path) -> None:
    with started(tmp_path) as notebook:
        trace = notebook.run("print('a'); display(1); print('b'); display(2)\n3")
    assert said(trace) == [
        ("stdout", "a\n"), ("display", "1"), ("stdout", "b\n"), ("display", "2"), ("result", "3")
    ]  # fmt: skip


def test_logging_and_warnings_are_shown_with_the_authors_line_and_again_in_each_cell(tmp_path: Path) -> None:
    with started(tmp_path) as notebook:
        assert "WARNING:root:careful" in text(notebook.run("import logging\nlogging.warning('careful')"))
        assert "again" in text(notebook.run("logging.warning('again')"))
        line = notebook.line + 2
        notebook.run("import warnings\ndef f():\n    warnings.warn('old')")
        for _ in range(2):
            assert text(notebook.run("f(); f()")) == (
                f"week 1/講義.py:{line}: UserWarning: old\n  warnings.warn('old')\n"
            )


def test_a_progress_bar_leaves_its_last_state(tmp_path: Path) -> None:
    with started(tmp_path) as notebook:
        trace = notebook.run("from tqdm import tqdm\nfor i in tqdm(range(3), ncols=40): print('step', i)")
    channels = [channel for channel, _ in said(trace)]
    assert channels.count("stderr") == 1
    assert "100%" in text(trace)
    assert " 0%" not in text(trace)


def test_endless_output_is_cut_where_the_limit_is(tmp_path: Path) -> None:
    with started(tmp_path, Limits(output=1000)) as notebook:
        trace = notebook.run("for i in range(100_000): print('x' * 10)")
        assert trace.exit == "ok"
        assert text(trace).count("x") < 1000
        assert "output is cut here" in text(trace)
        assert "output is cut here" in text(notebook.run("import os; os.system('yes | head -c 100000')"))
        assert "output is cut here" in text(notebook.run("display('y' * 5000)"))
        assert said(notebook.run("'next'")) == [("result", "'next'")]


def test_a_replaced_stdout_loses_nothing(tmp_path: Path) -> None:
    with started(tmp_path) as notebook:
        trace = notebook.run("""
            import io, sys
            sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8")
            print("前")
            display(1)
        """)
        assert said(trace) == [("stdout", "前\n"), ("display", "1")]
        assert text(notebook.run("print('後')")) == "後\n"


def test_a_fork_prints_once_and_never_answers_in_the_notebooks_name(tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    with started(tmp_path) as notebook:
        trace = notebook.run("import os\nif os.fork() == 0:\n    print('child')\nelse:\n    os.wait(); print('parent')")
        assert (text(trace), trace.exit) == ("child\nparent\n", "ok")
        assert text(notebook.run("1")) == "1"


def test_nobody_answers_and_nothing_waits_for_an_answer(tmp_path: Path) -> None:
    with started(tmp_path, Limits(cell=3)) as notebook:
        assert "nobody can answer" in error(notebook.run("input('Your name? ')"))["message"]
        assert "nobody can answer" in error(notebook.run("import pdb\npdb.set_trace()\nx = 1"))["message"]
        assert "does nothing" in text(notebook.run("breakpoint()"))


# --- how a cell may end -----------------------------------------------------------------------------------------------


def test_a_failing_cell_shows_the_authors_frames_and_the_next_one_runs(tmp_path: Path) -> None:
    with started(tmp_path) as notebook:
        trace = notebook.run("import json\ndef read(s):\n    return json.loads(s)\nread('{')")
        failed = error(trace)
        assert trace.exit == "failed"
        assert failed["name"] == "JSONDecodeError"
        own = [(frame["path"], frame["line"], frame["code"]) for frame in failed["frames"] if not frame["library"]]
        assert own == [("week 1/講義.py", 4, "read('{')"), ("week 1/講義.py", 3, "return json.loads(s)")]
        assert {frame["path"] for frame in failed["frames"] if frame["library"]} == {
            "json/__init__.py", "json/decoder.py"
        }  # fmt: skip
        assert text(notebook.run("1")) == "1"


@pytest.mark.parametrize(
    ("source", "exit"),
    [("import sys; sys.exit()", "stopped"), ("raise SystemExit(0)", "stopped"), ("import sys; sys.exit(2)", "failed")],
)
def test_sys_exit_ends_the_cell_and_only_a_failure_is_one(tmp_path: Path, source: str, exit: str) -> None:
    with started(tmp_path) as notebook:
        assert notebook.run(source).exit == exit
        assert notebook.run("1").exit == "ok"


def test_a_cell_that_takes_too_long_is_interrupted_where_it_was_and_the_kernel_lives_on(tmp_path: Path) -> None:
    with started(tmp_path) as notebook:
        notebook.run("x = 1")
        trace = notebook.run("import time\nprint('before')\ntime.sleep(60)", timeout=0.3)
        assert trace.exit == "failed"
        assert text(trace) == "before\n"
        assert error(trace)["name"] == "Timeout"
        assert "0.3 s" in error(trace)["message"]
        assert error(trace)["frames"][-1]["code"] == "time.sleep(60)"
        assert text(notebook.run("x")) == "1"


def test_a_cell_that_swallows_the_interrupt_has_still_run_out_of_time(tmp_path: Path) -> None:
    with started(tmp_path) as notebook:
        trace = notebook.run(
            "import time\ntry: time.sleep(60)\nexcept KeyboardInterrupt: print('no')", timeout=0.3
        )
        assert (trace.exit, error(trace)["name"], text(trace)) == ("failed", "Timeout", "no\n")


@POSIX
def test_a_cell_deaf_to_signals_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nbpublish.executors.local._GRACE", 0.2)
    with started(tmp_path, Limits(cell=0.3)) as notebook:
        trace = notebook.run("""
            import signal, time
            for number in (signal.SIGINT, signal.SIGTERM): signal.signal(number, signal.SIG_IGN)
            print("deaf")
            time.sleep(60)
        """)
        assert (trace.exit, error(trace)["name"], text(trace)) == ("died", "Timeout", "deaf\n")
        later = notebook.run("1")
        assert (later.exit, error(later)["name"]) == ("died", "Timeout")


def test_a_notebook_has_a_time_of_its_own(tmp_path: Path) -> None:
    with started(tmp_path, Limits(notebook=0.5)) as notebook:
        assert notebook.run("import time\ntime.sleep(0.3)").exit == "ok"
        trace = notebook.run("time.sleep(60)")
        assert (trace.exit, error(trace)["name"]) == ("died", "Timeout")
        assert error(trace)["message"].startswith("The notebook")


@POSIX
def test_a_crash_says_which_signal_and_which_line(tmp_path: Path) -> None:
    with started(tmp_path) as notebook:
        trace = notebook.run("import ctypes, os\nprint('so far')\ndisplay(1)\nos.write(1, b'raw')\nctypes.string_at(0)")
    assert trace.exit == "died"
    assert text(trace) == "so far\n1raw"
    assert error(trace)["name"] == "Crash"
    assert "SIGSEGV" in error(trace)["message"]
    own = [frame for frame in error(trace)["frames"] if not frame["library"]]
    assert [(frame["path"], frame["line"], frame["code"]) for frame in own] == [
        ("week 1/講義.py", 5, "ctypes.string_at(0)")
    ]


def test_a_process_that_leaves_says_with_which_code(tmp_path: Path) -> None:
    with started(tmp_path) as notebook:
        trace = notebook.run("import os\nprint('bye')\nos._exit(3)")
        assert (trace.exit, text(trace)) == ("died", "bye\n")
        assert "exit code 3" in error(trace)["message"]


def test_a_notebook_that_takes_too_much_memory_is_ended(tmp_path: Path) -> None:
    with started(tmp_path, Limits(memory=300 * 2**20)) as notebook:
        assert notebook.run("small = bytearray(2**20)").exit == "ok"
        trace = notebook.run("print('filling')\nbig = bytearray(400 * 2**20)\nimport time; time.sleep(60)")
        assert (trace.exit, error(trace)["name"], text(trace)) == ("died", "MemoryLimit", "filling\n")


def test_cells_that_each_take_little_time_and_memory_are_counted_together(tmp_path: Path) -> None:
    with started(tmp_path, Limits(memory=300 * 2**20)) as notebook:
        exits = [notebook.run(f"part_{n} = b'x' * (40 * 2**20)").exit for n in range(20)]
        assert (exits[0], exits[-1]) == ("ok", "died")


@POSIX
def test_nothing_that_a_notebook_started_outlives_it(tmp_path: Path) -> None:
    with started(tmp_path) as notebook:
        trace = notebook.run("""
            import subprocess, sys
            sleep = "import time; time.sleep(600)"
            plain = subprocess.Popen([sys.executable, "-c", sleep])
            own_session = subprocess.Popen([sys.executable, "-c", sleep], start_new_session=True)
            daemon = '''
            import os, time
            os.setsid()
            if pid := os.fork():
                print(pid, flush=True)
                os._exit(0)
            os.close(1)
            time.sleep(600)
            '''.replace(" " * 12, "")
            orphan = subprocess.run([sys.executable, "-c", daemon], stdout=subprocess.PIPE, text=True).stdout
            print(plain.pid, own_session.pid, orphan)
        """)
        started_here = [int(pid) for pid in text(trace).split()]
        assert len(started_here) == 3
        assert all(map(psutil.pid_exists, started_here))
    assert not [pid for pid in started_here if _runs(pid)]


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_threads_and_exit_functions_cannot_hold_the_end_up(tmp_path: Path) -> None:
    with started(tmp_path) as notebook:
        notebook.run("import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()")
        notebook.run("import atexit\natexit.register(lambda: open('left.txt', 'w').write('yes'))")
        notebook.run("file = open('open.txt', 'w')\nfile.write('unfinished')")
        left = time.monotonic()
    assert time.monotonic() - left < 300  # it sleeps for 600
    assert (tmp_path / "week 1/left.txt").read_text() == "yes"
    assert (tmp_path / "week 1/open.txt").read_text() == "unfinished"


def test_an_exit_function_that_hangs_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nbpublish.executors.local._GRACE", 0.2)
    with started(tmp_path) as notebook:
        pid = int(text(notebook.run("import atexit, os, time\natexit.register(time.sleep, 600)\nos.getpid()")))
    assert not _runs(pid)


def test_closing_the_executor_interrupts_what_runs(tmp_path: Path) -> None:
    (tmp_path / "nb.py").touch()
    executor = LocalExecutor(tmp_path)
    traces = []

    def work() -> None:
        with executor.start(Notebook("nb.py", "percent", ())) as kernel:
            traces.append(Told(kernel).run("print('on')\nimport time; time.sleep(60)"))

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.5)
    executor.close()
    thread.join(5)
    assert (traces[0].exit, error(traces[0])["name"]) == ("died", "Interrupted")


@POSIX
def test_ctrl_c_ends_the_cell_and_its_process(tmp_path: Path) -> None:
    (tmp_path / "nb.py").touch()
    script = """
        import sys
        from pathlib import Path
        from nbpublish.executors.local import LocalExecutor
        from nbpublish.model import Cell, Names, Notebook
        source = "import os\\nopen('pid', 'w').write(str(os.getpid()))\\nimport time; time.sleep(60)"
        cell = Cell("c", "code", source, 1)
        with LocalExecutor(Path(sys.argv[1])).start(Notebook("nb.py", "percent", (cell,))) as kernel:
            trace = kernel.run(cell, Names())
            print(trace.exit, trace.outputs[-1].data)
    """
    command = [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        note = tmp_path / "pid"
        end = time.monotonic() + 5
        while not (note.exists() and note.read_text()) and time.monotonic() < end:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=10)
    assert "died" in output
    assert "Interrupted" in output
    assert not _runs(int(note.read_text()))


def test_a_kernel_that_cannot_start_is_our_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nbpublish.executors.spawn.COMMAND", "import no_such_module")
    with started(tmp_path) as notebook, pytest.raises(KernelError, match="no_such_module"):
        notebook.run("1")


# --- a process that is started ahead ----------------------------------------------------------------------------------


PID = Cell("c", "code", "import os\nprint(os.getpid())", 1)
MARIMO = Notebook("nb.py", "marimo", (Cell("m", "code", "import marimo", 9),), order="dataflow")


def pid_in(executor: LocalExecutor, notebook: Notebook) -> int:
    with executor.start(notebook) as kernel:
        return int(text(kernel.run(PID, Names())))


def started_ahead(spare: Spare, **how: bool) -> Spawned:
    spare.start(**how)
    assert spare._spawned
    return spare._spawned


def is_gone(spawned: Spawned) -> bool:
    return spawned.process.poll() is not None and not Path(spawned.folder.name).exists()


def test_a_process_that_was_started_ahead_becomes_the_first_kernel_and_none_is_left(tmp_path: Path) -> None:
    (tmp_path / "nb.py").touch()
    with Spare() as spare:
        first = started_ahead(spare)
        executor = LocalExecutor(tmp_path, spare=spare)
        assert pid_in(executor, Notebook("nb.py", "percent", ())) == first.process.pid
        assert pid_in(executor, Notebook("nb.py", "percent", ())) != first.process.pid
        unused = started_ahead(spare)
    assert is_gone(first)
    assert is_gone(unused)


def test_a_process_that_was_started_otherwise_becomes_no_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hook has set a variable meanwhile, or it has loaded what the notebook does not."""
    (tmp_path / "nb.py").touch()
    with Spare() as spare:
        executor = LocalExecutor(tmp_path, spare=spare)
        first = started_ahead(spare)
        monkeypatch.setenv("NB_HOOK", "set")
        assert pid_in(executor, Notebook("nb.py", "percent", ())) != first.process.pid
        second = started_ahead(spare, marimo=True)
        assert pid_in(executor, Notebook("nb.py", "percent", ())) != second.process.pid
        assert is_gone(first)
        assert is_gone(second)


@pytest.mark.parametrize("sibling", ["msgspec.py", "marimo.py", "other.py"])
def test_loading_marimo_ahead_changes_nothing(tmp_path: Path, sibling: str) -> None:
    pytest.importorskip("marimo")
    (tmp_path / "nb.py").touch()
    (tmp_path / sibling).write_text("print('the sibling')\nui = None\n")
    name = sibling.removesuffix(".py")
    code = f"import sys\nprint(sorted(sys.modules))\nimport marimo, {name}\nprint(marimo.__file__, {name}.__file__)"
    code += "\nimport warnings\nprint(sorted(sys.modules), sys.path, sys.meta_path, warnings.filters)"
    said = []
    with Spare() as spare:
        for early in (False, True):
            if early:
                ahead = started_ahead(spare, marimo=True)
            with LocalExecutor(tmp_path, spare=spare).start(MARIMO) as kernel:
                said.append(text(kernel.run(Cell("c", "code", code, 1), Names())))
        assert is_gone(ahead)
        assert spare.take(MARIMO, tmp_path) is None, "it was taken"
    assert said[0] == said[1]
    assert ("the sibling" in said[0]) == (sibling != "msgspec.py")


def test_a_fault_of_ours_is_called_ours_and_the_kernel_lives_on(tmp_path: Path) -> None:
    with started(tmp_path) as notebook:
        notebook.run("from nbpublish.kernel.capture import Capture\nbefore = Capture.begin\nCapture.begin = None")
        trace = notebook.run("1")
        assert trace.exit == "failed"
        assert "That is our bug" in error(trace)["message"]


# --- in this process ----------------------------------------------------------------------------------------------


def test_the_inline_executor_gives_the_same_and_leaves_no_trace(tmp_path: Path) -> None:
    (tmp_path / "nb.py").touch()
    (tmp_path / "sibling_of_nb.py").write_text("x = 1")
    before = (sys.stdout, sys.modules["__main__"], list(sys.path), Path.cwd(), dict(os.environ), list(sys.meta_path))
    cells = ("import os, sibling_of_nb\nprint('a'); os.system('echo b'); display(3)", "1/0")
    with InlineExecutor(tmp_path).start(Notebook("nb.py", "percent", ())) as kernel:
        traces = [kernel.run(Cell(str(n), "code", source, n), Names()) for n, source in enumerate(cells, 1)]
    assert said(traces[0]) == [("stdout", "a\nb\n"), ("display", "3"), ("result", "0")][:2]
    assert error(traces[1])["name"] == "ZeroDivisionError"
    after = (sys.stdout, sys.modules["__main__"], list(sys.path), Path.cwd(), dict(os.environ), list(sys.meta_path))
    assert before == after
    assert "sibling_of_nb" not in sys.modules


def test_the_inline_executor_gives_libraries_back_as_they_were(tmp_path: Path) -> None:
    import matplotlib.pyplot as plt
    from IPython.core import display_functions

    plt.close("all")  # of tests that ran before in this process
    before = (plt.show, plt.Figure.show, display_functions.display)
    (tmp_path / "nb.py").touch()
    with InlineExecutor(tmp_path).start(Notebook("nb.py", "percent", ())) as kernel:
        source = "import matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()\ndisplay([1])"
        trace = kernel.run(Cell("c", "code", source, 1), Names())
    assert ["image/svg+xml" in output.data for output in trace.outputs] == [True, False]
    assert (plt.show, plt.Figure.show, display_functions.display) == before


def test_restoring_the_settings_of_matplotlib_leaves_the_backend_to_be_chosen() -> None:
    import matplotlib

    from nbpublish.kernel.states import STATES

    (settings,) = (state for state in STATES if state.name == "<rcParams>")
    chosen = dict.__getitem__(matplotlib.rcParams, "backend")
    undecided = object()
    try:
        dict.__setitem__(matplotlib.rcParams, "backend", undecided)
        settings.write(settings.read())
        assert dict.__getitem__(matplotlib.rcParams, "backend") is undecided
    finally:
        dict.__setitem__(matplotlib.rcParams, "backend", chosen)
