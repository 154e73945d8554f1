"""Native XGBoost and pyarrow beside `loopstream score`.

native.py ground FILE ROWS FEATURES   writes a table of numbers as Parquet
native.py train FILE MODEL TREES DEPTH   trains on its first rows
native.py score FILE MODEL OUT        reads, predicts, writes; prints its seconds, without the start of Python
"""

import json
import resource
import sys
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xgboost as xgb

FITTED = 20_000


def ground(path: str, rows: int, features: int) -> None:
    random = np.random.default_rng(20260101)
    columns = {f"x{at}": np.round(random.random(rows) * 1_000, 3) for at in range(features)}
    ids = pa.array([f"d{at}" for at in range(rows)])
    pq.write_table(pa.table({"decisionId": ids, **columns}), path)


def matrix(table: pa.Table) -> np.ndarray:
    numbers = [name for name in table.column_names if name.startswith("x")]
    out = np.empty((table.num_rows, len(numbers)), dtype=np.float32)
    for at, name in enumerate(numbers):
        out[:, at] = table.column(name).to_numpy()
    return out


def train(path: str, model: str, trees: int, depth: int) -> None:
    features = matrix(pq.read_table(path).slice(0, FITTED))
    labels = np.random.default_rng(1).random(len(features)) < 0.3
    booster = xgb.XGBClassifier(n_estimators=trees, max_depth=depth, learning_rate=0.1)
    booster.fit(features, labels)
    booster.save_model(model)


def score(path: str, model: str, out: str) -> None:
    booster = xgb.Booster(model_file=model)
    started = time.perf_counter()
    table = pq.read_table(path)
    read = time.perf_counter()
    predictions = booster.inplace_predict(matrix(table))
    predicted = time.perf_counter()
    pq.write_table(table.append_column("hit", pa.array(predictions.astype(np.float64))), out)
    ended = time.perf_counter()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "seconds": ended - started,
                "read": read - started,
                "predict": predicted - read,
                "write": ended - predicted,
                "cpu": usage.ru_utime + usage.ru_stime,
                "peakMiB": usage.ru_maxrss / 1024,
            }
        )
    )


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "ground":
        ground(rest[0], int(rest[1]), int(rest[2]))
    elif what == "train":
        train(rest[0], rest[1], int(rest[2]), int(rest[3]))
    else:
        score(*rest)
