"""Predicts rows with each model by Python's onnxruntime alone, and compares with what two others predicted.

usage: in_python.py CASES.json, a list of {"name", "onnx", "rows", "outputs", "predictions": {by: file}}.
Rows are JSON, a list a row, in the order of the file's `features`; predictions are float32, an output after the other.
"""

import json
import sys

import numpy as np
import onnxruntime

LARGEST = 1e38


def encode(rows, metadata):
    """The file says all that is needed: its columns in their order, and the categories of each."""
    features, categories = json.loads(metadata["features"]), json.loads(metadata["categories"])
    matrix = np.full((len(rows), len(features)), np.nan, np.float32)
    for column, name in enumerate(features):
        codes = {value: code for code, value in enumerate(categories[name])} if name in categories else None
        for at, row in enumerate(rows):
            value = row[column]
            if codes is not None:
                value = codes.get(value)
            if value is not None:
                matrix[at, column] = min(LARGEST, max(-LARGEST, value))
    return matrix


def distance(ours, theirs):
    """The largest. A probability's is absolute; that of a number is in its own size, or in the deviation of all of them
    where it is close to 0: float32 has no more digits. NaN is at no distance that a test accepts."""
    theirs = theirs.astype(np.float64)
    unit = np.maximum(np.maximum(1, np.abs(theirs)), theirs.std(axis=1, keepdims=True))
    apart = np.abs(ours - theirs) / unit
    return float(np.where(np.isfinite(apart), apart, np.inf).max())


def judge(case):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(case["onnx"], options, ["CPUExecutionProvider"])
    with open(case["rows"], encoding="utf-8") as file:
        matrix = encode(json.load(file), session.get_modelmeta().custom_metadata_map)
    names = [output.name for output in session.get_outputs()]
    mine = np.stack([each[:, 0] for each in session.run(None, {session.get_inputs()[0].name: matrix})])
    theirs = {by: np.fromfile(path, np.float32).reshape(mine.shape) for by, path in case["predictions"].items()}
    return {
        "name": case["name"],
        "outputs": names,
        "rows": mine.shape[1],
        "missing": float(np.isnan(matrix).mean()),
        "distinct": len(np.unique(mine[0])),
        "apart": {by: distance(mine, predicted) for by, predicted in theirs.items()},
    }


with open(sys.argv[1], encoding="utf-8") as file:
    print(json.dumps([judge(case) for case in json.load(file)]))
