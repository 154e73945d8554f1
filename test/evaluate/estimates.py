"""The value of a policy by a log of the Open Bandit Dataset, by DuckDB alone, from the files that were imported.

python estimates.py DECISIONS CLICKS ITEMS FOLDS BEST SHARE    the policy takes item BEST with SHARE, else any; prints JSON
"""

import json
import sys

import duckdb

decisions, clicks, items, folds, best, share = sys.argv[1:]
db = duckdb.connect()
db.execute(f"""
  CREATE TABLE logged AS
  SELECT decision_id, item_id::INT AS a, propensity_score::DOUBLE AS mu, clicked::INT::DOUBLE AS r,
         ('0x' || left(sha256(decision_id), 8))::BIGINT % {folds} AS fold
  FROM read_csv('{decisions}') d JOIN read_csv('{clicks}') c USING (decision_id)
""")
db.execute(f"""
  CREATE TABLE target AS
  SELECT item::INT AS a, (1 - {share}) / {items} + CASE WHEN item = {best} THEN {share} ELSE 0 END AS p FROM range({items}) t(item)
""")
# q = (clicks + 20 mean) / (impressions + 20) by item, of the other folds; of all with one fold.
db.execute(f"""
  CREATE TABLE model AS
  WITH seen AS (SELECT f.fold, l.a, l.r FROM (SELECT DISTINCT fold FROM logged) f JOIN logged l ON f.fold <> l.fold OR {folds} = 1),
       means AS (SELECT fold, avg(r) AS m FROM seen GROUP BY fold)
  SELECT fold, t.a, (coalesce(sum(r), 0) + 20 * any_value(m)) / (count(r) + 20) AS q
  FROM means CROSS JOIN target t LEFT JOIN seen USING (fold, a) GROUP BY fold, t.a
""")
row = db.execute("""
  WITH expected AS (SELECT fold, sum(p * q) AS v FROM model JOIN target USING (a) GROUP BY fold),
       terms AS (
         SELECT p / mu AS w, r, q, v, w * r AS ips, v + w * (r - q) AS dr
         FROM logged JOIN target USING (a) JOIN model USING (fold, a) JOIN expected USING (fold)
       ),
       one AS (SELECT sum(w * r) / sum(w) AS snips, avg(w) AS mw FROM terms)
  SELECT avg(ips), stddev_samp(ips) / sqrt(count(*)), any_value(snips),
         stddev_samp(w * (r - snips) / mw) / sqrt(count(*)), avg(v), stddev_samp(v) / sqrt(count(*)),
         avg(dr), stddev_samp(dr) / sqrt(count(*)), sum(w) ** 2 / sum(w * w), avg(w), max(w), count(*)
  FROM terms, one
""").fetchone()
names = ["IPS", "SNIPS", "DM", "DR"]
print(
    json.dumps(
        {
            "estimates": {name: {"value": row[2 * at], "standardError": row[2 * at + 1]} for at, name in enumerate(names)},
            "support": dict(zip(["effectiveDecisions", "meanWeight", "largestWeight", "decisions"], row[8:])),
        }
    )
)
