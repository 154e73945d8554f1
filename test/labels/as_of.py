"""Labels with different waits, as of several times, by DuckDB alone.

python as_of.py make DECISIONS OBSERVATIONS FOLDER              writes FOLDER/observations.csv: with costs
python as_of.py check DECISIONS OBSERVATIONS FOLDER TIME…       compares FOLDER/rows-N.parquet; prints counts as JSON
"""

import json
import sys

import duckdb

what, decisions, observations, folder, *times = sys.argv[1:]
db = duckdb.connect()
db.execute("SET TimeZone = 'UTC'")
db.execute(f"""
  CREATE TABLE asked AS
  SELECT decision_id, decision_ts::TIMESTAMPTZ AS asked_at, distance
  FROM read_csv('{decisions}', types = {{'tailnum': 'VARCHAR', 'decision_id': 'VARCHAR'}})
""")

if what == "make":
    # Parts of a cost come before the end of its wait, of a third of the decisions also after it.
    db.execute(f"""
      COPY (
        SELECT decision_id, kind, event_ts::TIMESTAMPTZ::TIMESTAMP AS event_ts, delay_min, NULL AS cents
        FROM read_csv('{observations}', types = {{'decision_id': 'VARCHAR'}})
        UNION ALL
        SELECT decision_id, 'cost', (asked_at + INTERVAL 5 MINUTE)::TIMESTAMP, NULL, distance % 7 + 0.25
        FROM asked WHERE hash(decision_id) % 5 > 0
        UNION ALL
        SELECT decision_id, 'cost', (asked_at + INTERVAL 3 HOUR)::TIMESTAMP, NULL, 1.5
        FROM asked WHERE hash(decision_id) % 3 = 0
        ORDER BY event_ts, decision_id, kind
      ) TO '{folder}/observations.csv' (HEADER, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%SZ')
    """)
    print(json.dumps({"asked": db.execute("SELECT count(*) FROM asked").fetchone()[0]}))
    sys.exit()

db.execute(f"""
  CREATE TABLE seen AS
  SELECT o.decision_id, kind, event_ts::TIMESTAMPTZ AS seen_at, delay_min, cents
  FROM read_csv('{folder}/observations.csv', types = {{'decision_id': 'VARCHAR', 'cents': 'DOUBLE'}}) o
  JOIN asked USING (decision_id) WHERE event_ts::TIMESTAMPTZ < asked_at + INTERVAL 40 HOUR
""")
LABELS = {"arrives_late": 36, "departs_late": 6, "minutes": 12, "cost": 2}
count = lambda query: db.execute(query).fetchone()[0]


def compare(file, time):
    """The rows of a file beside the definitions: a label is mature when its wait is over, of all that was seen by then."""
    db.execute(f"""
      CREATE OR REPLACE TABLE expected AS
      WITH known AS (
        SELECT decision_id,
               arg_max(delay_min, seen_at) FILTER (WHERE kind = 'arrival') AS arrival,
               arg_max(delay_min, seen_at) FILTER (WHERE kind = 'departure') AS departure,
               coalesce(sum(cents) FILTER (WHERE kind = 'cost'), 0) AS cost
        FROM seen WHERE seen_at <= TIMESTAMPTZ '{time}' GROUP BY decision_id
      )
      SELECT a.decision_id, asked_at,
             TIMESTAMPTZ '{time}' >= asked_at + INTERVAL 36 HOUR AS mature_arrives_late,
             TIMESTAMPTZ '{time}' >= asked_at + INTERVAL 6 HOUR AS mature_departs_late,
             TIMESTAMPTZ '{time}' >= asked_at + INTERVAL 12 HOUR AS mature_minutes,
             CASE WHEN mature_arrives_late THEN (arrival >= 15)::INT::DOUBLE END AS arrives_late,
             CASE WHEN mature_departs_late THEN (departure >= 15)::INT::DOUBLE END AS departs_late,
             CASE WHEN mature_minutes THEN arrival::DOUBLE END AS minutes,
             coalesce(k.cost, 0)::DOUBLE AS cost,
             true AS mature_cost,
             100 * (CASE WHEN mature_arrives_late THEN (arrival >= 15)::INT END) - coalesce(k.cost, 0) AS reward
      FROM asked a LEFT JOIN known k USING (decision_id)
      WHERE TIMESTAMPTZ '{time}' >= asked_at + INTERVAL 2 HOUR
    """)
    rows = f"'{folder}/{file}.parquet'"
    differs = " OR ".join(
        [f"e.{name} IS DISTINCT FROM r.label_{name}" for name in LABELS]
        + [f"r.maturity_{name} IS DISTINCT FROM (CASE WHEN e.mature_{name} THEN 'mature' ELSE 'waiting' END)" for name in LABELS]
        + [
            "(r.maturity = 'partial') IS DISTINCT FROM (NOT e.mature_arrives_late)",
            "e.reward IS DISTINCT FROM r.reward",
            f"r.rowTime > TIMESTAMPTZ '{time}'",
        ]
    )
    joined = f"expected e FULL JOIN {rows} r ON r.decisionId = e.decision_id"
    first = db.execute(f"SELECT e.*, r.* FROM {joined} WHERE {differs} LIMIT 3").fetchall()
    ends = " AND ".join(f"r.rowTime <> r.decisionTime + INTERVAL {hours} HOUR" for hours in LABELS.values())
    return {
        "expected": count("SELECT count(*) FROM expected"),
        "rows": count(f"SELECT count(*) FROM {rows}"),
        "different": count(f"SELECT count(*) FROM {joined} WHERE {differs}"),
        "first": [str(row) for row in first],
        "partial": count(f"SELECT count(*) FROM {rows} WHERE maturity = 'partial'"),
        "later": count(f"SELECT count(*) FROM {rows} r WHERE {ends}"),
        **{f"mature_{name}": count(f"SELECT count(*) FROM {rows} WHERE maturity_{name} = 'mature'") for name in LABELS},
    }


print(
    json.dumps(
        {
            "times": [compare(f"rows-{at}", time) for at, time in enumerate(times)],
            "replayed": [compare(f"replayed-{at}", time) for at, time in enumerate(times)],
        }
    )
)
