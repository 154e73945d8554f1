"""Reads exported files with polars, as docs/analysts.md says, and prints what a person sees as JSON.

python with_polars.py FOLDER
"""

import datetime as dt
import json
import sys

import polars as pl

folder = sys.argv[1]
times = {"rows": ["decisionTime", "rowTime", "labelTime"], "decisions": ["decisionTime"]}


def parquet(table):
    return pl.read_parquet(f"{folder}/{table}.parquet")


def csv(table):
    texts = {name: pl.String for name in ("decisionId", "unit", "zip")}
    return pl.read_csv(f"{folder}/{table}.csv", schema_overrides=texts, try_parse_dates=True)


def jsonl(table):
    frame = pl.read_ndjson(f"{folder}/{table}.jsonl")
    return frame.with_columns(pl.col(times[table]).str.to_datetime(time_zone="UTC"))


def plain(value):
    return value.isoformat(timespec="milliseconds") if isinstance(value, dt.datetime) else value


def seen(frame):
    rows = [{name: plain(value) for name, value in row.items()} for row in frame.to_dicts()]
    return {"types": {name: str(type_) for name, type_ in frame.schema.items()}, "rows": rows}


ways = (parquet, csv, jsonl)
print(json.dumps({f"{table}.{read.__name__}": seen(read(table)) for table in times for read in ways}))
