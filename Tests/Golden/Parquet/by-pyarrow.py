"""Writes each of pyarrow's types: an extreme, another, and no value."""
import sys, decimal as d, datetime as dt, uuid
import pyarrow as pa, pyarrow.parquet as pq
D = d.Decimal; utc = dt.timezone.utc
columns = [
  ("b", pa.bool_(), [True, False]),
  ("i8", pa.int8(), [-128, 127]), ("i16", pa.int16(), [-32768, 32767]),
  ("i32", pa.int32(), [-2**31, 2**31-1]), ("i64", pa.int64(), [-2**63, 2**63-1]),
  ("u8", pa.uint8(), [0, 255]), ("u16", pa.uint16(), [0, 65535]),
  ("u32", pa.uint32(), [0, 2**32-1]), ("u64", pa.uint64(), [0, 2**64-1]),
  ("f32", pa.float32(), [-0.0, float("inf")]), ("f64", pa.float64(), [5e-324, float("nan")]),
  ("dec9", pa.decimal128(9, 2), [D("-1234567.89"), D("0.01")]),
  ("dec38", pa.decimal128(38, 10), [D("1234567890123456789012345678.0123456789"), D("-0.0000000001")]),
  ("txt", pa.string(), ["", "ñandú 🦆 'x' \\ \t\n,\""]), ("big", pa.large_string(), ["a" * 5, "\u0001"]),
  ("bin", pa.binary(), [b"", b"\x00\xff"]), ("fix", pa.binary(3), [b"\x00\x01\x02", b"abc"]),
  ("date", pa.date32(), [dt.date(1, 1, 1), dt.date(9999, 12, 31)]),
  ("t_us", pa.time64("us"), [dt.time(0, 0), dt.time(23, 59, 59, 999999)]),
  ("t_ms", pa.time32("ms"), [dt.time(0, 0), dt.time(23, 59, 59, 999000)]),
  ("ts_s", pa.timestamp("s"), [dt.datetime(1969, 12, 31, 23, 59, 59), dt.datetime(2024, 2, 29, 12)]),
  ("ts_ms", pa.timestamp("ms"), [dt.datetime(1969, 12, 31, 23, 59, 59, 999000), dt.datetime(2024, 2, 29, 12)]),
  ("ts_us", pa.timestamp("us"), [dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59, 999999)]),
  ("ts_ns", pa.timestamp("ns"), [0, 1709208000000001000]),
  ("tz_us", pa.timestamp("us", "America/New_York"), [dt.datetime(2024, 2, 29, 12, tzinfo=utc), dt.datetime(1900, 1, 1, tzinfo=utc)]),
  ("tz_ms", pa.timestamp("ms", "UTC"), [dt.datetime(2024, 2, 29, 12, tzinfo=utc), dt.datetime(1900, 1, 1, tzinfo=utc)]),
  ("list_i", pa.list_(pa.int32()), [[1, None, 3], []]),
  ("list_t", pa.list_(pa.string()), [["a,b", 'q"', ""], [None]]),
  ("list2", pa.list_(pa.list_(pa.int64())), [[[1, 2], [3, 4]], [[5], [6]]]),
  ("struct", pa.struct([("a", pa.int32()), ("b", pa.list_(pa.string()))]), [{"a": 1, "b": ["x", None]}, {"a": None, "b": []}]),
  ("map", pa.map_(pa.string(), pa.int32()), [[("k", 1), ("l", None)], []]),
  ("dict", pa.dictionary(pa.int32(), pa.string()), ["red", "blue"]),
]
arrays = [pa.array(v + [None], type=t) for _, t, v in columns]
pq.write_table(pa.table(arrays, names=[n for n, _, _ in columns]), sys.argv[1])
