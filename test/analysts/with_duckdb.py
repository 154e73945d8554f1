"""Reads exported files with DuckDB, as docs/analysts.md says, and prints what a person sees as JSON.

python with_duckdb.py FOLDER
"""

import datetime as dt
import json
import sys

import duckdb

folder = sys.argv[1]
database = duckdb.connect()
# A session in another zone must not change a time.
database.execute("SET TimeZone = 'America/New_York'")


def parquet(table):
    return f"'{folder}/{table}.parquet'"


def csv(table):
    types = "{'decisionId': 'VARCHAR', 'unit': 'VARCHAR', 'zip': 'VARCHAR'}"
    return f"read_csv('{folder}/{table}.csv', types = {types})"


def jsonl(table):
    return f"'{folder}/{table}.jsonl'"


def plain(value, type_):
    if value is None or "TIME" not in type_:
        return value
    return dt.datetime.fromtimestamp(value / 1000, dt.timezone.utc).isoformat(timespec="milliseconds")


def seen(source):
    types = {name: type_ for name, type_, *_ in database.execute(f"DESCRIBE FROM {source}").fetchall()}
    columns = ", ".join(f'epoch_ms("{name}")' if "TIME" in type_ else f'"{name}"' for name, type_ in types.items())
    rows = database.execute(f"SELECT {columns} FROM {source}").fetchall()
    return {
        "types": types,
        "rows": [{name: plain(value, types[name]) for name, value in zip(types, row)} for row in rows],
    }


ways = (parquet, csv, jsonl)
print(json.dumps({f"{table}.{read.__name__}": seen(read(table)) for table in ("rows", "decisions") for read in ways}))
