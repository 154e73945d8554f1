"""Features of context entries and of other features, over all flights, by DuckDB and scikit-learn alone.

python derived.py make DECISIONS FOLDER    writes decisions.csv, with more columns, and words.csv
python derived.py check DECISIONS FOLDER   compares FOLDER/decisions.parquet; prints counts as JSON
"""

import json
import sys

import duckdb
from sklearn.feature_extraction import FeatureHasher

what, decisions, folder = sys.argv[1:4]
db = duckdb.connect()
db.execute("SET TimeZone = 'UTC'")
WORD = "[\\p{L}\\p{M}\\p{N}]+"


def one(query):
    return db.execute(query).fetchone()[0]


if what == "make":
    # Three airports; of the others a place that follows from the name. Gusts are missing in most lines.
    db.execute(f"""
      CREATE TABLE lines AS
      SELECT *,
        CASE origin WHEN 'EWR' THEN 40.6925 WHEN 'JFK' THEN 40.639751 ELSE 40.777245 END AS from_lat,
        CASE origin WHEN 'EWR' THEN -74.168667 WHEN 'JFK' THEN -73.778925 ELSE -73.872608 END AS from_lon,
        ascii(dest[1]) - 40 + ascii(dest[2]) / 100 AS to_lat,
        CASE WHEN dest = 'ATL' THEN 190 ELSE -ascii(dest[3]) - ascii(dest[2]) / 10 END AS to_lon,
        CASE WHEN visib::DOUBLE < 3 THEN NULL WHEN visib::DOUBLE < 5 THEN '[]'
             ELSE to_json(list_filter([carrier, engine, carrier, dest], lambda x: x IS NOT NULL))::VARCHAR END AS tags,
        CASE WHEN wind_gust IS NOT NULL THEN to_json([wind_speed::DOUBLE, wind_gust::DOUBLE])::VARCHAR END AS winds,
        CASE WHEN manufacturer IS NOT NULL THEN 'Built by ' || manufacturer || ', Zürich-' || dest || '/' || coalesce(engine, '?') END AS notes
      FROM read_csv('{decisions}', all_varchar = true, nullstr = '')
    """)
    db.execute(f"COPY lines TO '{folder}/decisions.csv' (HEADER)")
    # Every third word is in no row.
    db.execute(f"""
      COPY (
        WITH words AS (SELECT unnest(regexp_extract_all(lower(notes), '{WORD}')) AS word FROM lines)
        SELECT word, to_json([length(word) / 8, ascii(word) / 64 - 1, count(*)::DOUBLE % 17 / 4])::VARCHAR AS meaning,
               round(count(*) / (SELECT count(*) FROM words), 6) AS share
        FROM words GROUP BY word HAVING ascii(reverse(word)) % 3 > 0 ORDER BY word
      ) TO '{folder}/words.csv' (HEADER)
    """)
    print(json.dumps({"lines": one("SELECT count(*) FROM lines")}))
else:
    numbers = "distance sched_block_min dep_minute_of_day temp humid wind_dir wind_speed wind_gust visib from_lat from_lon to_lat to_lon".split()
    db.execute(f"""
      CREATE TABLE asked AS
      SELECT decision_id, epoch_ms(decision_ts::TIMESTAMPTZ) AS asked_at, decision_ts::TIMESTAMPTZ AS at_utc,
        sched_arr_ts::TIMESTAMPTZ AS arrives, carrier, origin, dest, manufacturer, engine, tags, winds, notes,
        {', '.join(f'{name}::DOUBLE AS {name}' for name in numbers)}
      FROM read_csv('{folder}/decisions.csv', all_varchar = true, nullstr = '')
    """)
    db.execute(f"""
      CREATE TABLE words AS SELECT word, meaning::JSON::DOUBLE[] AS meaning, share::DOUBLE AS share
      FROM read_csv('{folder}/words.csv', all_varchar = true)
    """)
    db.execute(f"""
      CREATE TABLE embedded AS
      SELECT decision_id, sum(weight * meaning[1]) / sum(1) AS e0, sum(weight * meaning[2]) / sum(1) AS e1,
             sum(weight * meaning[3]) / sum(1) AS e2
      FROM (SELECT decision_id, unnest(regexp_extract_all(lower(notes), '{WORD}')) AS word FROM asked)
      JOIN (SELECT *, 0.01 / (0.01 + share) AS weight FROM words) USING (word) GROUP BY decision_id
    """)
    texts = [text for (text,) in db.execute("SELECT DISTINCT dest FROM asked UNION SELECT DISTINCT unnest(tags::JSON::VARCHAR[]) FROM asked").fetchall()]

    def slots(count):
        hashed = FeatureHasher(count, input_type="string", alternate_sign=False).transform([[text] for text in texts])
        return [(text, int(row.indices[0])) for text, row in zip(texts, hashed)]

    for count in (7, 32):
        db.execute(f"CREATE TABLE slots_{count} (text VARCHAR, slot INTEGER)")
        db.executemany(f"INSERT INTO slots_{count} VALUES (?, ?)", slots(count))
    db.execute("""
      CREATE TABLE hashed AS
      SELECT decision_id, histogram(slot) AS slots
      FROM (SELECT decision_id, unnest(tags::JSON::VARCHAR[]) AS text FROM asked) JOIN slots_7 USING (text) GROUP BY decision_id
    """)
    # A cross has its parts with "|" between them.
    bucket = "CASE WHEN temp < 32 THEN '<32' WHEN temp < 50 THEN '32..50' WHEN temp < 68 THEN '50..68' WHEN temp >= 68 THEN '>=68' END"
    local = "timezone('America/New_York', arrives)"
    sphere = (
        "2 * 6371.0088 * asin(sqrt(least(1, pow(sin(radians(to_lat - from_lat) / 2), 2) + "
        "cos(radians(from_lat)) * cos(radians(to_lat)) * pow(sin(radians(to_lon - from_lon) / 2), 2))))"
    )
    tag = lambda value: f"CASE WHEN tags IS NOT NULL THEN list_contains(tags::JSON::VARCHAR[], '{value}')::INT::DOUBLE END"
    exact = {
        "speed": "distance / sched_block_min",
        "muggy": "CASE WHEN temp IS NOT NULL AND humid IS NOT NULL THEN (temp > 60 AND humid > 70)::INT::DOUBLE END",
        "late_hours": f"(hour({local}) - 12)::DOUBLE",
        "temp_part": bucket,
        "temp_number": "CASE WHEN temp < 32 THEN 0 WHEN temp < 50 THEN 1 WHEN temp < 68 THEN 2 WHEN temp >= 68 THEN 3 END::DOUBLE",
        "route": "origin || '|' || dest",
        "maker_weather": f"manufacturer || '|' || ({bucket})",
        "origins_EWR": "(origin = 'EWR')::INT::DOUBLE",
        "origins_XXX": "(origin = 'XXX')::INT::DOUBLE",
        "has_UA": tag("UA"),
        "has_Turbo_fan": tag("Turbo-fan"),
        **{f"dests_{n}": f"(slot = {n})::INT::DOUBLE" for n in range(32)},
        **{f"tagged_{n}": f"CASE WHEN tags IS NOT NULL THEN coalesce(slots[{n}], 0)::DOUBLE END" for n in range(7)},
        "winds_0": "(winds::JSON::DOUBLE[])[1]",
        "winds_1": "(winds::JSON::DOUBLE[])[2]",
        "minute": f"minute({local})::DOUBLE",
        "hour": f"hour({local})::DOUBLE",
        "day_of_week": f"isodow({local})::DOUBLE",
        "weekend": f"(isodow({local}) >= 6)::INT::DOUBLE",
        "day": f"day({local})::DOUBLE",
        "day_of_year": f"dayofyear({local})::DOUBLE",
        "week": f"week({local})::DOUBLE",
        "month": f"month({local})::DOUBLE",
        "quarter": f"quarter({local})::DOUBLE",
        "year": f"year({local})::DOUBLE",
        "asked_hour": "hour(timezone('Asia/Kolkata', at_utc))::DOUBLE",
    }
    rounded = {
        "log_distance": "ln(1 + distance)",
        "km": f"CASE WHEN abs(to_lon) <= 180 THEN {sphere} END",
        "minute_of_day_sin": "sin(2 * pi() * dep_minute_of_day / 1440)",
        "minute_of_day_cos": "cos(2 * pi() * dep_minute_of_day / 1440)",
        "wind_sin": "sin(2 * pi() * (wind_dir % 360) / 360)",
        "wind_cos": "cos(2 * pi() * (wind_dir % 360) / 360)",
        "said_0": "e0",
        "said_1": "e1",
        "said_2": "e2",
    }
    everything = {**exact, **rounded}
    db.execute(f"""
      CREATE TABLE expected AS SELECT decision_id, {', '.join(f'{sql} AS {name}' for name, sql in everything.items())}
      FROM asked LEFT JOIN embedded USING (decision_id) LEFT JOIN hashed USING (decision_id) LEFT JOIN slots_32 ON text = dest
    """)
    joined = f"expected e JOIN '{folder}/decisions.parquet' d ON d.decisionId = e.decision_id"
    result = {}
    for name in everything:
        differs = f"e.{name} IS DISTINCT FROM d.{name}"
        if name in rounded:
            differs = f"(e.{name} IS NULL) != (d.{name} IS NULL) OR abs(e.{name} - d.{name}) > 1e-12 * greatest(1, abs(e.{name}))"
        result[name] = {
            "compared": one(f"SELECT count(*) FROM {joined}"),
            "different": one(f"SELECT count(*) FROM {joined} WHERE {differs}"),
            "missing": one(f"SELECT count(*) FROM {joined} WHERE e.{name} IS NULL"),
            "values": one(f"SELECT count(DISTINCT e.{name}) FROM {joined}"),
            "first": [str(row) for row in db.execute(f"SELECT e.decision_id, e.{name}, d.{name} FROM {joined} WHERE {differs} LIMIT 3").fetchall()],
        }
    print(json.dumps(result))
