"""Steps of episodes of planes from rows, by DuckDB alone.

python independent.py ROWS STEPS SAMPLE     compares with the steps that were exported (Parquet); prints counts as JSON
"""

import json
import sys

import duckdb

rows, steps, sample = sys.argv[1:4]
GAP_MS, LENGTH = 9 * 3_600_000, 6
db = duckdb.connect()
db.execute(f"""
  CREATE TABLE ordered AS
  SELECT *, label_minutes > 120 AS ends, 1 - 0.05 * label_minutes AS worth, epoch_ms(decisionTime) AS decided_at,
    row_number() OVER w AS n, lag(label_minutes > 120) OVER w AS ended,
    epoch_ms(decisionTime) - lag(epoch_ms(decisionTime)) OVER w AS pause,
    lead(decisionId) OVER w AS follower, lead(epoch_ms(decisionTime)) OVER w AS follower_at,
    lead(origin) OVER w AS follower_origin, lead(distance) OVER w AS follower_distance, lead(value) OVER w AS follower_value
  FROM '{rows}' WHERE episodeKey IS NOT NULL
  WINDOW w AS (PARTITION BY episodeKey ORDER BY decisionTime, decisionId)
""")
db.execute(f"""
  CREATE TABLE made AS
  WITH runs AS (
    SELECT *, sum(CASE WHEN ended IS NULL OR ended OR pause > {GAP_MS} THEN 1 ELSE 0 END)
      OVER (PARTITION BY episodeKey ORDER BY n) AS run FROM ordered
  ), placed AS (
    SELECT *, row_number() OVER (PARTITION BY episodeKey, run ORDER BY n) - 1 AS place FROM runs
  ), divided AS (
    SELECT *, place // {LENGTH} AS part, place % {LENGTH} AS step FROM placed
  )
  SELECT decisionId, episodeKey AS key, step,
    first_value(decisionId) OVER (PARTITION BY episodeKey, run, part ORDER BY n) AS episodeId,
    origin, distance, value, worth, ends,
    follower IS NOT NULL AND NOT ends AND follower_at - decided_at <= {GAP_MS} AS follows,
    follower, follower_at - decided_at AS difference, follower_origin, follower_distance, follower_value
  FROM divided
""")
EQUAL = f"""
  m.episodeId = s.episodeId AND m.key = s.key AND m.step = s.step AND m.origin IS NOT DISTINCT FROM s.state_origin
  AND m.distance IS NOT DISTINCT FROM s.state_distance AND (CASE WHEN m.value THEN 'true' ELSE 'false' END) = s.action
  AND s.actionIndex = (CASE WHEN m.value THEN 1 ELSE 0 END) AND s.propensity = 0.5 AND abs(m.worth - s.reward) < 1e-9
  AND s.terminal = m.ends
  AND s.nextDecisionId IS NOT DISTINCT FROM (CASE WHEN follows THEN follower END)
  AND s.timeDifference IS NOT DISTINCT FROM (CASE WHEN follows THEN difference END)
  AND s.nextState_origin IS NOT DISTINCT FROM (CASE WHEN follows THEN follower_origin END)
  AND s.nextState_distance IS NOT DISTINCT FROM (CASE WHEN follows THEN follower_distance END)
  AND s.nextAction IS NOT DISTINCT FROM (CASE WHEN follows THEN (CASE WHEN follower_value THEN 'true' ELSE 'false' END) END)
  AND s.truncated = (NOT ends AND (m.step = {LENGTH} - 1 OR NOT follows))
"""


def different(of: str, join: str) -> list[tuple[object, ...]]:
    return db.execute(f"""
      SELECT coalesce(m.decisionId, s.decisionId) FROM made m {join} JOIN '{of}' s ON m.decisionId = s.decisionId
      WHERE NOT coalesce({EQUAL}, false)
    """).fetchall()


def one(query: str) -> float:
    found = db.execute(query).fetchone()
    return found[0] if found else 0


wrong = different(steps, "FULL")
print(
    json.dumps(
        {
            "rows": one("SELECT count(*) FROM made"),
            "reward": one("SELECT sum(worth) FROM made"),
            "different": len(wrong),
            "first": [str(row[0]) for row in wrong[:5]],
            "sampled": one(f"SELECT count(*) FROM '{sample}'"),
            "sampleDifferent": len(different(sample, "INNER")),
            "terminals": one(f"SELECT count(*) FROM '{steps}' WHERE terminal"),
            "truncated": one(f"SELECT count(*) FROM '{steps}' WHERE truncated"),
            "longest": one(f"SELECT max(step) + 1 FROM '{steps}'"),
        }
    )
)
