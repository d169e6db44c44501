"""Writes each of the types that Polars has: a value, an extreme, and no value."""
import sys, datetime as dt
from decimal import Decimal as D
import polars as pl
pl.DataFrame({
  "i": pl.Series([1, -2**63, None], dtype=pl.Int64), "u": pl.Series([0, 2**64-1, None], dtype=pl.UInt64),
  "dec": pl.Series([D("1.50"), D("-99999999.99"), None], dtype=pl.Decimal(10, 2)),
  "dur": pl.Series([dt.timedelta(days=1, microseconds=5), dt.timedelta(seconds=-1), None], dtype=pl.Duration("us")),
  "ts": pl.Series([dt.datetime(2024, 2, 29, 12, 0, 0, 1), dt.datetime(1, 1, 1), None], dtype=pl.Datetime("us")),
  "tz": pl.Series([dt.datetime(2024, 2, 29, 12), dt.datetime(2024, 7, 1), None], dtype=pl.Datetime("us")).dt.replace_time_zone("Europe/Madrid"),
  "tns": pl.Series([dt.datetime(2024, 2, 29, 12), dt.datetime(2024, 7, 1), None], dtype=pl.Datetime("ns")),
  "time": pl.Series([dt.time(0, 0, 0, 1), dt.time(23, 59, 59), None], dtype=pl.Time),
  "cat": pl.Series(["a", "b", None], dtype=pl.Categorical), "enum": pl.Series(["x", "y", None], dtype=pl.Enum(["x", "y"])),
  "bin": pl.Series([b"", b"\x00\xff", None], dtype=pl.Binary),
  "list": pl.Series([[1.5, None], [], None], dtype=pl.List(pl.Float64)),
  "arr": pl.Series([[1, 2], [3, 4], None], dtype=pl.Array(pl.Int32, 2)),
  "struct": pl.Series([{"a": 1, "b": {"c": "ñ"}}, {"a": None, "b": {"c": None}}, None], dtype=pl.Struct({"a": pl.Int64, "b": pl.Struct({"c": pl.String})})),
  "txt": pl.Series(["", "🦆\\N", None]),
}).write_parquet(sys.argv[1])
