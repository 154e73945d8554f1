"""Reads exported files with pandas, as docs/analysts.md says, and prints what a person sees as JSON.

python with_pandas.py FOLDER
"""

import json
import sys

import pandas as pd

folder = sys.argv[1]
times = {"rows": ["decisionTime", "rowTime", "labelTime"], "decisions": ["decisionTime", "repeatOf"]}
told = {"decisionId": "str", "unit": "str", "zip": "str", "value": "boolean", "member": "boolean"}


def parquet(table):
    return pd.read_parquet(f"{folder}/{table}.parquet")


def nullable(table):
    return pd.read_parquet(f"{folder}/{table}.parquet", dtype_backend="numpy_nullable")


def csv(table):
    return pd.read_csv(f"{folder}/{table}.csv", dtype=told, parse_dates=times[table])


def jsonl(table):
    frame = pd.read_json(f"{folder}/{table}.jsonl", lines=True, dtype=False, convert_dates=False)
    for name in times[table]:
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame


def plain(value):
    if isinstance(value, pd.Timestamp):
        return value.isoformat(timespec="milliseconds")
    return None if pd.isna(value) else value


def seen(frame):
    rows = [{name: plain(value) for name, value in row.items()} for row in frame.astype(object).to_dict("records")]
    return {"types": {name: str(type_) for name, type_ in frame.dtypes.items()}, "rows": rows}


ways = (parquet, nullable, csv, jsonl)
print(json.dumps({f"{table}.{read.__name__}": seen(read(table)) for table in times for read in ways}))
