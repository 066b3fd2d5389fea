"""Threads and tasks that go on when their cell has ended."""

from __future__ import annotations

from hazards import Build, edit, ran

START = "import threading\ngo, found = threading.Event(), []\ndef work():\n    go.wait()\n    found.append(limit)"
THREAD = "thread = threading.Thread(target=work)\nthread.start()"


def test_a_thread_and_the_cells_below_it_run_together_or_not_at_all(author: Build) -> None:
    cells = ["y = 1", START, "limit = 5", THREAD, "print(y)", "go.set()\nthread.join()\nprint(found)"]
    run = author(*cells)
    [problem] = run.problems
    assert (problem.code, problem.severity, problem.line) == ("left-running", "warning", run.notebook.cells[3].line)
    assert ran(author(*cells)) == []
    assert ran(author(*edit(cells, 5, cells[5] + "\nprint('again')"))) == [3, 4, 5]
    assert ran(author(*edit(cells, 0, "y = 2"))) == [0, 3, 4, 5]
    assert ran(author(*edit(cells, 2, "limit = 6"))) == [2, 3, 4, 5]


def test_a_thread_that_has_ended_is_nothing_to_speak_of(author: Build) -> None:
    cells = [START + "\nlimit = 1", THREAD + "\ngo.set()\nthread.join()", "print(found)", "print('other')"]
    assert author(*cells).problems == ()
    assert ran(author(*edit(cells, 3, "print('another')"))) == [3]


def test_the_idle_threads_of_a_pool_are_nothing_to_speak_of(author: Build) -> None:
    cells = ["from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(1)"]
    cells += ["print(list(pool.map(abs, [-1])))", "print('other')"]
    assert author(*cells).problems == ()
    assert ran(author(*edit(cells, 2, "print('another')"))) == [2]


def test_a_task_that_a_cell_leaves_pending_is_told(author: Build) -> None:
    cells = ["import asyncio\nlog = []\nasync def later():\n    await asyncio.sleep(0.01)\n    log.append(1)"]
    cells += ["await asyncio.sleep(0)\ntask = asyncio.ensure_future(later())", "await task\nprint(log)"]
    cells += ["print('other')"]
    run = author(*cells)
    assert [(p.code, p.line) for p in run.problems] == [("left-running", run.notebook.cells[1].line)]
    assert {1, 2} <= {*ran(author(*edit(cells, 2, "await task\nprint(log, 'again')")))}


def test_output_that_is_redirected_is_redirected_for_the_cells_below(author: Build) -> None:
    cells = ["import io, sys\nsaid = io.StringIO()\nbefore = sys.stdout", "sys.stdout = said", "print('one')"]
    cells += ["sys.stdout = before", "print(said.getvalue())"]
    author(*cells)
    author(*edit(cells, 2, "print('two')"))
    author(*edit(cells, 1, "pass"))


def test_a_trace_function_goes_on_in_the_cells_below(author: Build) -> None:
    tracing = "import sys\nseen = []\ndef trace(frame, event, arg):\n    seen.append(frame.f_code.co_name)"
    cells = [tracing, "def f():\n    return 1", "sys.settrace(trace)", "f();", "sys.settrace(None)"]
    cells += ["print('f' in seen)"]
    author(*cells)
    author(*edit(cells, 3, "1"))
    author(*edit(cells, 2, "pass"))
