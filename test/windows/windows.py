"""Windows over the departures and arrivals of the flights, by DuckDB alone.

python windows.py DECISIONS OBSERVATIONS FEATURES FOUND     compares with the decisions in FOUND (Parquet); prints counts as JSON

FEATURES is a JSON file with a list of {name, aggregate, field, event, by, hours, open, when, halfLifeHours}.
"""

import json
import re
import sys

import duckdb

decisions, observations, features, found = sys.argv[1:5]
MS = 3_600_000
db = duckdb.connect()
db.execute(f"""
  CREATE TABLE asked AS
  SELECT decision_id, epoch_ms(decision_ts) AS asked_at, nullif(tailnum, '') AS tailnum, carrier, origin, dest
  FROM read_csv('{decisions}', types = {{'tailnum': 'VARCHAR', 'decision_id': 'VARCHAR'}})
""")
db.execute(f"""
  CREATE TABLE happened AS
  SELECT o.kind, epoch_ms(o.event_ts) AS happened_at, o.delay_min::DOUBLE AS v, a.carrier AS w, a.tailnum, a.carrier, a.origin, a.dest
  FROM read_csv('{observations}', types = {{'decision_id': 'VARCHAR'}}) o JOIN asked a USING (decision_id)
""")

# Null where no event is in the window, but for what counts events or values.
AGGREGATES = {
    "count": "count(happened_at)::DOUBLE",
    "sum": "sum(v)",
    "mean": "sum(v) / count(v)",
    "min": "min(v)",
    "max": "max(v)",
    "last": "last(v ORDER BY happened_at, v) FILTER (v IS NOT NULL)",
    "first": "first(v ORDER BY happened_at, v) FILTER (v IS NOT NULL)",
    "variance": "var_pop(v)",
    "stddev": "stddev_pop(v)",
    "since": f"(any_value(asked_at) - max(happened_at)) / {MS}::DOUBLE",
    "rate": "count(happened_at) / {hours}::DOUBLE",
    "distinct": "count(DISTINCT v)::DOUBLE",
    "top": "list_sort(list_transform(map_entries(histogram(v)), lambda e: {{'fewer': -e.value::BIGINT, 'text': e.key}}))[1].text",
    "decayed": f"sum(v * pow(2, (happened_at - asked_at) / ({{half_life}} * {MS})::DOUBLE))",
}
#: These add up many fractions, in another order.
ROUNDED = {"variance", "stddev", "decayed"}


def one(query):
    return db.execute(query).fetchone()[0]


def check(name, aggregate, event, by, hours, field=None, open=False, when=None, halfLifeHours=None):
    length = hours * MS
    value = AGGREGATES[aggregate].format(hours=hours, half_life=halfLifeHours)
    if field is not None:
        value = re.sub(r"\bv\b", "w", value)
    type = "VARCHAR" if field is not None and aggregate != "distinct" else "DOUBLE"
    keys = " AND ".join(f"e.{key} = a.{key}" for key in by) or "true"
    known = " AND ".join(f"{key} IS NOT NULL" for key in by) or "true"
    # Each window lies in two stretches of its own length: only their events are looked at.
    db.execute(f"""
      CREATE OR REPLACE TABLE expected AS
      WITH event AS (
        SELECT *, happened_at // {length} AS stretch FROM happened WHERE kind = '{event}' AND coalesce({when or "true"}, false)
      ), asking AS (
        SELECT *, unnest([asked_at // {length}, asked_at // {length} - 1]) AS stretch FROM asked
      ), counted AS (
        SELECT a.decision_id, a.asked_at, e.happened_at, e.v, e.w FROM asking a JOIN event e
          ON e.stretch = a.stretch AND {keys} AND e.happened_at < a.asked_at AND e.happened_at {">" if open else ">="} a.asked_at - {length}
      ), windows AS (
        SELECT decision_id, {value} AS value FROM counted GROUP BY decision_id
      )
      SELECT decision_id, CASE WHEN {known} THEN coalesce(value, {"0" if aggregate in ("count", "rate", "distinct") else "NULL"}) END AS value
      FROM asked LEFT JOIN windows USING (decision_id)
    """)
    same = "abs(e.value - d.value) <= 1e-9 * greatest(1, abs(e.value))" if aggregate in ROUNDED else "e.value = d.value"
    joined = f"expected e JOIN (SELECT decisionId, {name}::{type} AS value FROM '{found}') d ON d.decisionId = e.decision_id"
    differs = f"NOT coalesce({same}, e.value IS NULL AND d.value IS NULL)"
    ties = f"SELECT count(*) FROM asked a JOIN happened e ON {keys} AND kind = '{event}'"
    return {
        "compared": one(f"SELECT count(*) FROM {joined}"),
        "different": one(f"SELECT count(*) FROM {joined} WHERE {differs}"),
        "first": [str(row) for row in db.execute(f"SELECT e.*, d.value FROM {joined} WHERE {differs} LIMIT 3").fetchall()],
        "missing": one("SELECT count(*) FROM expected WHERE value IS NULL"),
        "values": one("SELECT count(DISTINCT value) FROM expected"),
        "atTheDecision": one(f"{ties} AND e.happened_at = a.asked_at"),
        "atTheStart": one(f"{ties} AND e.happened_at = a.asked_at - {length}"),
    }


print(json.dumps({each["name"]: check(**each) for each in json.load(open(features))}))
