"""Native XGBoost beside `loopstream train`: native.py FILE TREES DEPTH fits the rows of a Parquet file, all but its newest tenth, and prints its CPU seconds."""

import json
import sys
import time

import numpy as np
import pyarrow.parquet as pq
import xgboost as xgb


def main(path: str, trees: int, depth: int) -> None:
    table = pq.read_table(path)
    fitted = round(table.num_rows * 0.9)
    names = [name for name in table.column_names if name.startswith("x")]
    features = np.column_stack([table.column(name).to_numpy()[:fitted].astype(np.float32) for name in names])
    labels = table.column("label").to_numpy()[:fitted]
    params = {"objective": "binary:logistic", "max_depth": depth, "eta": 0.1, "tree_method": "hist", "max_bin": 256}
    started, wall = time.process_time(), time.perf_counter()
    xgb.train(params, xgb.DMatrix(features, labels), trees)
    print(json.dumps({"cpu": time.process_time() - started, "seconds": time.perf_counter() - wall}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
