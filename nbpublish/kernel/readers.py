"""Libraries that read and write files behind Python's back: in C++, Rust or Fortran, where no audit event is raised.

Their functions are replaced by ones that tell what they are given, once the author has imported them. The call is then
made as if from the author's own frame, because warnings are attributed to it, and DuckDB looks for tables in it.
"""

from __future__ import annotations

import functools
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from types import CodeType
from typing import Any

from nbpublish.kernel.looks import Looks

Tell = Callable[[Looks, Any], None]
_CALL = compile("__nbpublish_call(*__nbpublish_arguments, **__nbpublish_options)", __file__, "eval")
_NAMED = frozenset(
    {
        *("source", "sources", "path", "paths", "path_or_paths", "file", "file_name", "filename", "filepath", "name"),
        *("filename_or_obj", "path_or_buf", "filepath_or_buffer", "path_or_dataframe", "where", "dest", "database"),
        *("input_file", "target", "base_dir", "root_path", "store", "fp", "urlpath", "query", "sql", "statement"),
    }
)
"""Names of arguments that say which file it is."""
_QUOTED = re.compile(r"'([^'\n]+)'|\"([^\"\n]+)\"")
_COPIED_TO = re.compile(r"\bto\s+'([^']+)'", re.IGNORECASE)
_ATTACHED = re.compile(r"\battach\s+(?:if\s+not\s+exists\s+)?(?:database\s+)?'([^']+)'", re.IGNORECASE)
_LIKE_A_PATH = re.compile(r"[\\/]|\.(?:csv|tsv|txt|parquet|json|jsonl|ndjson|xlsx|db|duckdb|arrow|feather)(?:\.\w+)?$")


def reads(looks: Looks, path: Any) -> None:
    """A file is read, or all files of a folder, or those that match a pattern."""
    name = looks.name(path)
    if name is None:
        return
    if os.path.isdir(name):  # noqa: PTH112
        looks.lists(name)
        for folder, folders, names in os.walk(name):
            for entry in folders:
                looks.lists(os.path.join(folder, entry))  # noqa: PTH118
            for entry in names:
                looks.reads(os.path.join(folder, entry))  # noqa: PTH118
    elif re.search(r"[*?\[]", name) and not os.path.exists(name):  # noqa: PTH110
        looks.matches(name)
        for match in looks.matched.get(name, ()):
            looks.reads(match)
    else:
        looks.reads(name)


def scans(looks: Looks, path: Any) -> None:
    """A file is read now, and again whenever a query is collected."""
    reads(looks, path)
    looks.scanned.add(os.path.abspath(os.fsdecode(path)))  # noqa: PTH100


def views(looks: Looks, path: Any) -> None:
    """A file is read now, and again by any later query."""
    scans(looks, path)
    looks.viewed.add(os.path.abspath(os.fsdecode(path)))  # noqa: PTH100


def writes(looks: Looks, path: Any) -> None:
    """A file is written."""
    looks.holds(path, depends=False, forced=True)


def holds(looks: Looks, path: Any) -> None:
    """A file is opened that may be read and written later."""
    if not str(path).startswith(":memory:"):
        looks.reads(path)
        looks.holds(path)


def queries(looks: Looks, text: Any) -> None:
    """Files may be named in an SQL statement."""
    if not isinstance(text, str):
        return
    for path in list(looks.viewed):
        reads(looks, path)
    see = views if re.search(r"\b(?:view|macro|temp|attach)\b", text, re.IGNORECASE) else scans
    written = set(_COPIED_TO.findall(text)) if re.search(r"\bcopy\b", text, re.IGNORECASE) else set()
    for path in written:
        writes(looks, path)
    for path in _ATTACHED.findall(text):
        holds(looks, path)
    for match in _QUOTED.finditer(text):
        path = match[1] or match[2]
        if path not in written and (_LIKE_A_PATH.search(path) or os.path.exists(path)):  # noqa: PTH110
            see(looks, path)


def collects(looks: Looks, *_: Any) -> None:
    """Queries are executed that were made before.

    Who collects one depends on the cell that made it, and so on the files as they were then. Only files that cells
    write may be others by now.
    """
    for path in list(looks.scanned & looks.program):
        reads(looks, path)


def _all(tell: Tell, names: str, of: str = "") -> dict[str, Tell]:
    return {f"{of}.{name}" if of else name: tell for name in names.split()}


READERS: Mapping[str, Mapping[str, Tell]] = {
    "polars": {
        **_all(reads, "read_avro read_csv read_delta read_excel read_ipc read_ipc_schema read_ipc_stream read_json"),
        **_all(reads, "read_lines read_ndjson read_ods read_parquet read_parquet_metadata read_parquet_schema"),
        **_all(reads, "read_csv_batched"),
        **_all(scans, "scan_csv scan_delta scan_iceberg scan_ipc scan_lance scan_lines scan_ndjson scan_parquet"),
        **_all(writes, "write_avro write_csv write_delta write_excel write_ipc write_ipc_stream", "DataFrame"),
        **_all(writes, "write_json write_ndjson write_parquet", "DataFrame"),
        **_all(collects, "collect collect_async collect_batches collect_schema fetch profile describe", "LazyFrame"),
        **_all(collects, "show sink_batches", "LazyFrame"),
        **_all(writes, "sink_csv sink_delta sink_iceberg sink_ipc sink_ndjson sink_parquet", "LazyFrame"),
        **_all(collects, "collect_all collect_all_async"),
    },
    "pandas": {
        **_all(reads, "read_parquet read_feather read_orc read_hdf read_spss read_sas read_stata read_excel"),
        **_all(writes, "to_parquet to_feather to_orc to_hdf", "DataFrame"),
        **_all(holds, "HDFStore.__init__"),
    },
    "pyarrow": _all(reads, "memory_map OSFile input_stream"),
    "pyarrow.csv": {**_all(reads, "read_csv open_csv"), **_all(writes, "write_csv")},
    "pyarrow.json": _all(reads, "read_json open_json"),
    "pyarrow.orc": {**_all(reads, "read_table ORCFile.__init__"), **_all(writes, "write_table ORCWriter.__init__")},
    "pyarrow.feather": {**_all(reads, "read_table read_feather"), **_all(writes, "write_feather")},
    "pyarrow.parquet": {
        **_all(reads, "read_table read_pandas read_metadata read_schema ParquetFile.__init__ ParquetDataset.__init__"),
        **_all(writes, "write_table write_metadata ParquetWriter.__init__"),
    },
    "pyarrow.dataset": _all(scans, "dataset parquet_dataset"),
    "duckdb": {
        **_all(queries, "sql execute query from_query query_df executemany view"),
        **_all(scans, "read_csv read_json read_parquet from_csv_auto from_parquet"),
        **_all(holds, "connect"),
        **_all(queries, "sql execute query from_query executemany", "DuckDBPyConnection"),
        **_all(scans, "read_csv read_json read_parquet from_csv_auto from_parquet", "DuckDBPyConnection"),
        **_all(collects, "fetchall fetchone fetchmany df fetchdf fetchnumpy pl arrow execute show", "DuckDBPyRelation"),
        **_all(collects, "__repr__ __len__ aggregate count to_df to_arrow_table", "DuckDBPyRelation"),
        **_all(writes, "write_csv to_csv write_parquet to_parquet", "DuckDBPyRelation"),
    },
    "h5py": _all(holds, "File.__init__"),
    "tables": _all(holds, "open_file"),
    "netCDF4": _all(holds, "Dataset.__init__"),
    "xarray": {
        **_all(scans, "open_dataset open_dataarray open_mfdataset open_zarr open_datatree load_dataset load_dataarray"),
        **_all(writes, "to_netcdf", "Dataset"),
        **_all(writes, "to_netcdf", "DataArray"),
        **_all(collects, "load compute", "Dataset"),
        **_all(collects, "load compute", "DataArray"),
    },
    "zarr": _all(scans, "open open_array open_group load"),
    "cv2": {**_all(reads, "imread imreadmulti VideoCapture FileStorage"), **_all(writes, "imwrite VideoWriter")},
    "soundfile": {**_all(reads, "read info blocks"), **_all(writes, "write"), **_all(holds, "SoundFile.__init__")},
    "geopandas": {**_all(reads, "read_file read_parquet read_feather"), **_all(writes, "to_file", "GeoDataFrame")},
    "pyogrio": {
        **_all(reads, "read_dataframe read_arrow read_info read_bounds list_layers"),
        **_all(writes, "write_dataframe"),
    },
    "fiona": _all(holds, "open"),
    "rasterio": _all(holds, "open"),
    "pyreadstat": _all(reads, "read_sav read_dta read_sas7bdat read_xport read_por read_file_multiprocessing"),
    "safetensors": _all(reads, "safe_open"),
    "xgboost": {**_all(reads, "load_model", "Booster"), **_all(writes, "save_model", "Booster")},
    "lightgbm": {**_all(reads, "Booster.__init__ Dataset.__init__"), **_all(writes, "save_model", "Booster")},
}
"""By library, the functions and methods that are told of, and how."""


class Readers:
    """The replaced functions of one session."""

    def __init__(self, looks: Looks, when_imported: Callable[[str, Callable[[], None]], None]) -> None:
        self._looks = looks
        self._replaced: list[tuple[Any, str, Any]] = []
        for library in READERS:
            when_imported(library, lambda library=library: self._replace(library))  # type: ignore[misc]

    def _replace(self, library: str) -> None:
        module = sys.modules.get(library)
        for place, tell in READERS[library].items():
            if tell is queries and "marimo" in sys.modules:  # through marimo's frames DuckDB would not find tables
                self._looks.net.stays = True
                self._looks.told(self._looks.net.cast)
                continue
            holder, _, name = place.rpartition(".")
            target = getattr(module, holder, None) if holder else module
            function = getattr(target, name, None)
            if target is None or not callable(function) or isinstance(function, type):
                continue
            with suppress(TypeError, AttributeError):  # a type that cannot be changed
                setattr(target, name, _telling(function, tell, self._looks, 1 if holder else 0))
                self._replaced.append((target, name, function))

    def close(self) -> None:
        """Let the libraries be as they were."""
        for target, name, function in reversed(self._replaced):
            with suppress(TypeError, AttributeError):
                setattr(target, name, function)
        self._replaced.clear()


def _telling(function: Callable[..., Any], tell: Tell, looks: Looks, skipped: int) -> Callable[..., Any]:
    """A function that tells of the files among its arguments before it does the same as another one."""

    @functools.wraps(function)
    def telling(*arguments: Any, **options: Any) -> Any:
        if looks.active:
            looks.told(_tell, tell, looks, arguments[skipped : skipped + 1], options)
        frame = sys._getframe(1)
        code: CodeType = _CALL.replace(co_filename=frame.f_code.co_filename, co_firstlineno=frame.f_lineno)
        names = {
            **frame.f_locals,
            "__nbpublish_call": function,
            "__nbpublish_arguments": arguments,
            "__nbpublish_options": options,
        }
        del options, arguments
        try:
            return eval(code, frame.f_globals, names)
        except BaseException as error:
            inner = error.__traceback__ and error.__traceback__.tb_next and error.__traceback__.tb_next.tb_next
            raise error.with_traceback(inner)  # noqa: B904  the same one, without the frame that stands for the caller's
        finally:
            del frame, names

    return telling


def _tell(tell: Tell, looks: Looks, arguments: tuple[Any, ...], options: Mapping[str, Any]) -> None:
    if tell is collects:
        collects(looks)
    for argument in (*arguments, *(value for name, value in options.items() if name in _NAMED)):
        if tell is queries:
            queries(looks, argument)
        elif tell is not collects:
            for path in _paths(argument):
                tell(looks, path)


def _paths(argument: Any) -> Iterator[Any]:
    """The paths that an argument gives: one or several; addresses in a network and text are none."""
    if isinstance(argument, list | tuple | set):
        for member in argument:
            yield from _paths(member)
    elif isinstance(argument, os.PathLike):
        yield argument
    elif isinstance(argument, str) and len(argument) < 4096 and "\n" not in argument:
        if argument.startswith("file://"):
            yield argument.removeprefix("file://")
        elif "://" not in argument:
            yield os.path.expanduser(argument)  # noqa: PTH111
