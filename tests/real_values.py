"""A notebook of values as courses have them, one a name. Executed as `__main__`, here and in processes of its own."""

# ruff: noqa  # a notebook, in whatever style its author has

import array
import collections
import datetime
import decimal
import enum
import fractions
import functools
import operator
import pathlib
import random
import re
import types
import typing
import uuid
import zoneinfo
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import altair as alt
import networkx as nx
import numpy as np
import pandas as pd
import PIL.Image
import plotly.express as px
import plotly.graph_objects as go
import polars as pl
import pyarrow as pa
import pydantic
import scipy.sparse as sp
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KDTree
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

# --- the language

numbers = [0, -1, 10**40, 0.5, -0.0, float("inf"), 1j, True, None, ...]
texts = {"日本語": "é", "lone": "\ud800", b"b": b"\0"}
nested = {"a": [1, (2, {3, "x"}), {"k": [[]]}], (1, 2): frozenset({frozenset({1}), frozenset({"a", "b"})})}
words = {"alpha", "beta", "gamma", "delta", ("e", "f"), None, 3}
recursive = [1]
recursive.append({"self": recursive})
shared = [[1], 2]
shared.append(shared[0])
linked = None
for _i in range(3000):
    linked = (linked, [_i])
bytes_ = bytearray(b"abc")
array_ = array.array("d", [1.5, 2])
range_ = [range(1, 10, 2), slice(1, None), NotImplemented]
ordered = collections.OrderedDict(b=1, a=2)
ordered.move_to_end("b")
counted = collections.Counter("mississippi")
defaulted = collections.defaultdict(list, a=[1])
queue = collections.deque([1, [2]], maxlen=4)
chained = collections.ChainMap({"a": 1}, {"b": [2]})
space = types.SimpleNamespace(a=1, b=[2])
proxy_free = types.MappingProxyType({"a": 1})
when = [datetime.date(2024, 2, 29), datetime.datetime(2024, 1, 1, 12, fold=1), datetime.time(1), datetime.timedelta(1, 2)]
zoned = datetime.datetime(2024, 4, 1, 9, tzinfo=zoneinfo.ZoneInfo("Asia/Tokyo"))
utc = datetime.datetime(2024, 4, 1, tzinfo=datetime.timezone.utc)
offset_zone = datetime.timezone(datetime.timedelta(hours=9), "JST")
exact = [decimal.Decimal("1.10"), fractions.Fraction(1, 3), uuid.UUID(int=5)]
path = pathlib.Path("data/iris.csv")
pattern = re.compile(r"(a)|b", re.I)
dice = random.Random(3)
dice.random()
library_function = [np.mean, len, operator.itemgetter(1, "a"), str.upper, np.add, functools.reduce, [1].append]
annotation = [list[int], typing.Optional[int], dict[str, "Point"]]
an_error = ValueError("no", 3)

# --- what the author defines


class Colour(enum.Enum):
    RED = 1
    GREEN = "g"


class Level(enum.IntFlag):
    LOW = 1
    HIGH = 2


@dataclass
class Point:
    x: float
    y: float = 0.0
    tags: list = field(default_factory=list)

    def norm(self):
        return (self.x**2 + self.y**2) ** 0.5


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self):
        self.a = [1]


class Shape(ABC):
    count = 0

    @abstractmethod
    def area(self): ...

    @property
    def double(self):
        return 2 * self.area()

    @staticmethod
    def unit():
        return 1

    @classmethod
    def make(cls):
        return cls()


class Square(Shape):
    side: float = 2.0

    def area(self):
        return super().double if self.side < 0 else self.side**2


class Hostile:
    """Nothing of this may be called."""

    def __eq__(self, other):
        raise RuntimeError("__eq__")

    def __hash__(self):
        return object.__hash__(self)

    def __repr__(self):
        raise RuntimeError("__repr__")

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise RuntimeError(name)

    def __reduce_ex__(self, protocol):
        raise RuntimeError("__reduce_ex__")

    @property
    def __class__(self):
        return int


class Words(list):
    pass


class Money(int):
    pass


Pair = collections.namedtuple("Pair", "left right")


class Row(typing.NamedTuple):
    key: str
    value: list


class Reading(pydantic.BaseModel):
    station: str
    values: list[float] = []
    when: datetime.datetime | None = None


colours = [Colour.RED, Level.LOW | Level.HIGH]
point = Point(1.0, tags=["a"])
points = [Point(float(i)) for i in range(5)]
slotted = Slotted()
square = Square()
hostile_class = Hostile
some_words = Words(["a", ["b"]])
some_words.title = "t"
money = Money(5)
money.currency = "JPY"
pair = Pair(1, [2])
row = Row("k", [1])
reading = Reading(station="x", values=[1.0, 2.5])

factor = 3


def scale(x, by=2, *, plus=[0]):
    """Doc."""
    return x * by * factor + plus[0]


scale.calls = 0
square_of = lambda x: x * x  # noqa: E731


def counter():
    n = 0

    def step():
        nonlocal n
        n += 1
        return n

    def now():
        return n

    return step, now


step, now = counter()
step()


def outer():
    def factorial(n):
        return 1 if n == 0 else n * factorial(n - 1)

    return factorial


factorial = outer()


@functools.wraps(scale)
def wrapped(*args):
    return scale(*args)


@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


bound = point.norm
partial = functools.partial(scale, 1, by=4)
handlers = {"scale": scale, "square": square_of, "step": step}

# --- numpy

np_types = {code: np.array([0, 1, 0], dtype=code) for code in np.typecodes["AllInteger"] + np.typecodes["AllFloat"] + "?"}
np_times = [np.array(["2024-01-01", "NaT"], "M8[D]"), np.array([1, 2], "m8[ms]")]
np_texts = [np.array(["a", "日本"]), np.array([b"ab", b"c"]), np.array(["x", "longer"], dtype=np.dtypes.StringDType())]
np_structured = np.array([(1, 2.5, "a"), (3, 4.5, "b")], dtype=[("n", "i4"), ("f", ">f8"), ("s", "U3")])
np_record = np_structured.view(np.recarray)
np_aligned = np.zeros(2, np.dtype([("a", "i1"), ("b", "f8")], align=True))
np_fortran = np.asfortranarray(np.arange(6.0).reshape(2, 3))
np_readonly = np.arange(3)
np_readonly.flags.writeable = False
np_view = np.arange(20.0).reshape(4, 5)[::2, 1:4]
np_reversed = np.arange(5)[::-1]
np_zero_d = np.array(7.0)
np_empty = np.zeros((0, 3))
np_objects = np.array([1, "a", [2]], dtype=object)
np_masked = np.ma.masked_array([1, 2, 3], mask=[0, 1, 0])
np_matrix = np.matrix([[1, 2], [3, 4]])
np_scalars = [np.float32(1.5), np.int64(3), np.str_("a"), np.datetime64("2024-01-01"), np.bool_(True), np.complex64(1j)]
np_dtypes = [np.dtype("f4"), np.dtype([("a", "i4")]), np.float64]
np_generator = np.random.default_rng(1)
np_generator.random(3)
np_legacy = np.random.RandomState(2)
np_pair = [np_fortran, np_fortran[0], np_fortran[:, 1:]]
np_poly = np.polynomial.Polynomial([1, 2, 3])

# --- frames

frame = pd.DataFrame(
    {
        "n": [1, 2, 3],
        "f": [0.5, np.nan, 2],
        "s": ["a", None, "c"],
        "c": pd.Categorical(["x", "y", "x"], ordered=True),
        "t": pd.date_range("2024-01-01", periods=3, tz="Asia/Tokyo"),
        "i": pd.array([1, None, 3], dtype="Int64"),
        "b": pd.array([True, None, False], dtype="boolean"),
        "o": [[1], {"a": 2}, None],
        "d": pd.to_timedelta([1, 2, 3], unit="h"),
    },
    index=pd.Index(["p", "q", "r"], name="key"),
)
frame.attrs["source"] = "sensor"
frame_multi = pd.DataFrame(
    np.arange(8.0).reshape(4, 2), index=pd.MultiIndex.from_product([["a", "b"], [1, 2]], names=["u", "v"]), columns=["x", "y"]
)
frame_wide = frame_multi.T
frame_part = frame_multi.iloc[1:3]
frame_column = frame_multi["y"]
frame_empty = pd.DataFrame()
series = pd.Series([1, 2, 3], name="s", index=pd.date_range("2024", periods=3, freq="D"))
pd_small = [pd.Timestamp("2024-01-01", tz="UTC"), pd.Timedelta(1, "D"), pd.Period("2024-01"), pd.Interval(0, 1), pd.NA, pd.NaT]
pd_index = [pd.RangeIndex(3), pd.Index([1.5, 2]), pd.period_range("2024", periods=2, freq="M"), pd.interval_range(0, 3)]
pd_sparse = pd.Series(pd.arrays.SparseArray([0, 0, 1]))
pd_arrow = pd.Series([1, 2, None], dtype="int64[pyarrow]")
pd_dtype = [pd.CategoricalDtype(["a", "b"]), pd.Int64Dtype()]
pd_offset = pd.offsets.MonthEnd(2)
pd_grouped_mean = frame_multi.groupby("u").mean()

pl_frame = pl.DataFrame(
    {
        "n": [1, 2, None],
        "s": ["a", "日本", None],
        "l": [[1], [], None],
        "d": [datetime.date(2024, 1, 1)] * 3,
        "st": [{"a": 1}, {"a": 2}, {"a": None}],
    }
).with_columns(c=pl.col("s").cast(pl.Categorical))
pl_filtered = pl.DataFrame({"s": [f"a long text number {i}" for i in range(100)], "n": range(100)}).filter(pl.col("n") % 7 == 0)
pl_series = pl.Series("x", [1.5, None, 2])
pl_schema = {"a": pl.Int64, "b": pl.List(pl.String), "c": pl.Enum(["u", "v"])}
pa_table = pa.table({"a": [1, 2, None], "s": ["x", None, "z"], "l": [[1], None, []]}).replace_schema_metadata({"k": "v"})
pa_slice = pa_table.slice(1, 2)
pa_array = pa.array(["a", None, "c"]).slice(1)
pa_small = [pa.scalar(3), pa.schema([("a", pa.int32())]), pa.field("f", pa.string(), nullable=False), pa.list_(pa.int8())]

# --- models, graphs, pictures

X = np.random.RandomState(0).normal(size=(60, 4))
y = (X[:, 0] + X[:, 1] > 0).astype(int)
model_logistic = LogisticRegression().fit(X, y)
model_tree = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, y)
model_forest = RandomForestClassifier(5, random_state=0).fit(X, y)
model_boosted = GradientBoostingClassifier(n_estimators=3, random_state=0).fit(X, y)
model_hist = HistGradientBoostingRegressor(max_iter=3, random_state=0).fit(X, y)
model_svc = SVC(probability=False).fit(X, y)
model_knn = KNeighborsClassifier().fit(X, y)
model_bayes = GaussianNB().fit(X, y)
model_mlp = MLPClassifier((4,), max_iter=5, random_state=0).fit(X, y)
model_kmeans = KMeans(2, n_init=1, random_state=0).fit(X)
model_pca = make_pipeline(StandardScaler(), PCA(2)).fit(X)
model_text = TfidfVectorizer().fit(["a cat sat", "the dog sat"])
model_counts = CountVectorizer().fit_transform(["a cat sat", "the dog sat"])
model_columns = make_column_transformer((OneHotEncoder(), ["c"]), (StandardScaler(), ["n"])).fit(frame)
model_search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2).fit(X, y)
model_search.refit_time_ = 0
for _key in [key for key in model_search.cv_results_ if key.endswith("_time")]:
    del model_search.cv_results_[_key]
model_function = FunctionTransformer(scale)
model_unfitted = SVC()
kd_tree = KDTree(X)
sparse = [sp.csr_matrix([[0, 1], [2, 0]]), sp.coo_array([[0, 1.5]]), sp.dok_matrix((2, 2)), sp.lil_matrix((2, 2))]
graph = nx.karate_club_graph()
graph_directed = nx.DiGraph([(1, 2, {"w": [3]})])
picture = PIL.Image.new("RGB", (4, 3), "red")
picture.putpixel((1, 1), (1, 2, 3))
picture_palette = picture.convert("P")
plotly_scatter = go.Figure(go.Scatter(x=np.arange(3), y=[1, 4, 9]), layout={"title": "t"})
plotly_express = px.line(frame_multi.reset_index(), x="v", y="x", color="u")
altair_chart = alt.Chart(frame_multi.reset_index()).mark_line().encode(x="v:O", y=alt.Y("x:Q").scale(zero=False))
altair_layers = alt.layer(altair_chart, altair_chart.mark_point()).interactive()
