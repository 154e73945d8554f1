"""The aircraft of the flights as a reference table, and its rows as of each decision by DuckDB alone.

python as_of.py make DECISIONS FOLDER     writes planes.csv, changes.csv, deleted.csv, makers.csv and routes.csv
python as_of.py check DECISIONS FOLDER    compares FOLDER/decisions.parquet; prints counts as JSON
"""

import json
import sys

import duckdb

what, decisions, folder = sys.argv[1:4]
db = duckdb.connect()
db.execute("SET TimeZone = 'UTC'")
db.execute(f"""
  CREATE TABLE asked AS
  SELECT decision_id, decision_ts::TIMESTAMPTZ AS asked_at, nullif(tailnum, '') AS tailnum, carrier, origin,
         seats, engines, manufacturer
  FROM read_csv('{decisions}', types = {{'tailnum': 'VARCHAR', 'decision_id': 'VARCHAR'}})
""")


def written(query, name):
    db.execute(f"COPY ({query}) TO '{folder}/{name}' (HEADER, TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%SZ')")


if what == "make":
    db.execute("""
      CREATE TABLE planes AS
      SELECT tailnum, any_value(seats) AS seats, any_value(engines) AS engines,
             any_value(manufacturer) AS manufacturer, count(*) AS flights
      FROM asked WHERE tailnum IS NOT NULL GROUP BY tailnum
    """)
    written("SELECT tailnum, seats, engines, manufacturer FROM planes ORDER BY tailnum", "planes.csv")
    # At exactly the time of the plane's twentieth decision, and for some on the first of March.
    written(
        """
        SELECT tailnum, seats + 1000 AS seats, NULL AS engines, manufacturer, asked_at::TIMESTAMP AS since
        FROM (SELECT tailnum, asked_at FROM asked WHERE tailnum IS NOT NULL
              QUALIFY row_number() OVER (PARTITION BY tailnum ORDER BY asked_at, decision_id) = 20) JOIN planes USING (tailnum)
        UNION ALL
        SELECT tailnum, seats + 0.5, engines, 'refitted/' || manufacturer, TIMESTAMP '2013-03-01 10:00:00'
        FROM planes WHERE hash(tailnum) % 3 = 0
        ORDER BY since DESC, tailnum
        """,
        "changes.csv",
    )
    written("SELECT tailnum FROM planes ORDER BY flights DESC, tailnum LIMIT 3", "deleted.csv")
    written(
        """
        SELECT DISTINCT manufacturer AS maker, length(manufacturer) AS letters FROM planes WHERE manufacturer IS NOT NULL
        UNION ALL SELECT 'refitted/BOEING', -1
        ORDER BY maker
        """,
        "makers.csv",
    )
    written(
        "SELECT carrier, origin, count(*) AS flights FROM asked GROUP BY ALL HAVING count(*) > 1000 ORDER BY ALL",
        "routes.csv",
    )
    print(json.dumps({"planes": db.execute("SELECT count(*) FROM planes").fetchone()[0]}))
else:
    text = "types = {'tailnum': 'VARCHAR', 'seats': 'DOUBLE', 'engines': 'DOUBLE', 'manufacturer': 'VARCHAR'}"
    db.execute(f"""
      CREATE TABLE versions AS
      SELECT tailnum, TIMESTAMPTZ '1970-01-01 00:00:00+00' AS since, seats, engines, manufacturer
      FROM read_csv('{folder}/planes.csv', {text})
      UNION ALL
      SELECT tailnum, since::TIMESTAMPTZ, seats, engines, manufacturer FROM read_csv('{folder}/changes.csv', {text})
      UNION ALL
      SELECT tailnum, TIMESTAMPTZ '2013-03-10 00:00:00+00', NULL, NULL, NULL FROM read_csv('{folder}/deleted.csv')
    """)
    db.execute(f"""
      CREATE TABLE expected AS
      SELECT a.decision_id, a.asked_at, v.since, v.seats, v.engines, v.manufacturer,
             m.letters::DOUBLE AS letters, r.flights::DOUBLE AS flights
      FROM asked a
      ASOF LEFT JOIN versions v ON a.tailnum = v.tailnum AND a.asked_at > v.since
      LEFT JOIN read_csv('{folder}/makers.csv') m ON m.maker = v.manufacturer
      LEFT JOIN read_csv('{folder}/routes.csv') r ON r.carrier = a.carrier AND r.origin = a.origin
    """)
    columns = ["seats", "engines", "manufacturer", "letters", "flights"]
    differs = " OR ".join(f"e.{name} IS DISTINCT FROM d.{name}" for name in columns)
    joined = f"expected e JOIN '{folder}/decisions.parquet' d ON d.decisionId = e.decision_id"
    count = lambda query: db.execute(query).fetchone()[0]
    print(
        json.dumps(
            {
                "asked": count("SELECT count(*) FROM asked"),
                "compared": count(f"SELECT count(*) FROM {joined}"),
                "different": count(f"SELECT count(*) FROM {joined} WHERE {differs}"),
                "first": [str(row) for row in db.execute(f"SELECT e.*, d.seats, d.engines, d.manufacturer, d.letters, d.flights FROM {joined} WHERE {differs} LIMIT 5").fetchall()],
                "ties": count("SELECT count(*) FROM asked a JOIN versions v ON a.tailnum = v.tailnum AND a.asked_at = v.since"),
                "changed": count("SELECT count(*) FROM expected WHERE since > TIMESTAMPTZ '2000-01-01 00:00:00+00'"),
                "noKey": count("SELECT count(*) FROM asked WHERE tailnum IS NULL"),
                "missing": count("SELECT count(*) FROM expected WHERE manufacturer IS NULL"),
                "letters": count("SELECT count(*) FROM expected WHERE letters = -1"),
            }
        )
    )
