"""Native XGBoost beside a backtest: judge.py ROWS CONFIG

ROWS is the Parquet file of `loopstream rows --out`. CONFIG is JSON: the features, which of them are categories, the columns of label and
prediction, XGBoost's parameters and rounds, and the days between two fits.

Every so many days, on a Monday at 04:00 UTC first, XGBoost learns from all rows that are complete by then, and predicts the decisions up to
the next fit. Prints JSON: by month, and over all, the figures of both on the same decisions, those that loopstream served by a model and
that XGBoost had a model for.
"""

import json
import sys

import numpy as np
import pyarrow.parquet as pq
import xgboost as xgb

DAY = 86_400_000
MONDAY = 4 * DAY + 4 * 3_600_000  # 5 January 1970, 04:00
LEAST = 1e-7


def losses(labels, predictions):
    kept = np.clip(predictions.astype(np.float64), LEAST, 1 - LEAST)
    return -(labels * np.log(kept) + (1 - labels) * np.log(1 - kept))


def auc(labels, predictions):
    """Area under the ROC curve by mean ranks."""
    order = np.argsort(predictions, kind="stable")
    _, first, counts = np.unique(predictions[order], return_index=True, return_counts=True)
    ranks = np.empty(len(order))
    ranks[order] = np.repeat(first + (counts + 1) / 2, counts)
    positives = labels.sum()
    negatives = len(labels) - positives
    return float((ranks[labels == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def gain(days, ours, theirs):
    """How much smaller our log loss is, with the standard error of a mean whose independent parts are days."""
    difference = theirs - ours
    mean = difference.mean()
    _, part = np.unique(days, return_inverse=True)
    sums = np.bincount(part, difference - mean)
    return float(mean), float(np.sqrt((sums**2).sum()) / len(difference))


def matrix(table, config):
    columns = []
    for name in config["features"]:
        column = table.column(name).combine_chunks()
        if name in config["categories"]:
            texts = column.to_pylist()
            codes = {text: code for code, text in enumerate(sorted({text for text in texts if text is not None}))}
            columns.append(np.array([np.nan if text is None else codes[text] for text in texts], np.float32))
        else:
            columns.append(column.cast("float64").to_numpy(zero_copy_only=False).astype(np.float32))
    return np.column_stack(columns)


def millis(column):
    return column.cast("timestamp[ms]").cast("int64").to_numpy()


def weekly(decided, complete, features, labels, config):
    """Predictions of each row by the newest fit before its decision; NaN before the first."""
    step = config["days"] * DAY
    predictions = np.full(len(labels), np.nan, np.float32)
    at = (decided.min() - MONDAY) // (7 * DAY) * 7 * DAY + MONDAY
    fits = 0
    while at < decided.max():
        # A model that is published at a time serves the decisions behind it.
        served = (decided > at) & (decided <= at + step)
        known = complete <= at
        if known.sum() >= config["minRows"] and served.any():
            fitted = xgb.train(config["params"], xgb.DMatrix(features[known], labels[known]), config["rounds"])
            predictions[served] = fitted.predict(xgb.DMatrix(features[served]))
            fits += 1
        at += step
    return predictions, fits


def main(path, config):
    table = pq.read_table(path)
    decided, complete = millis(table.column("decisionTime")), millis(table.column("rowTime"))
    labels = table.column(config["label"]).cast("float64").to_numpy(zero_copy_only=False)
    ours = table.column(config["prediction"]).to_numpy(zero_copy_only=False).astype(np.float32)
    theirs, fits = weekly(decided, complete, matrix(table, config), labels, config)
    both = ~np.isnan(ours) & ~np.isnan(theirs) & ~np.isnan(labels)
    months = np.array([str(month) for month in decided.astype("datetime64[ms]").astype("datetime64[M]")])

    def figures(which):
        days = decided[which] // DAY
        label, our, their = labels[which], ours[which], theirs[which]
        our_loss, their_loss = losses(label, our), losses(label, their)
        mean, error = gain(days, our_loss, their_loss)
        return {
            "decisions": int(which.sum()),
            "ours": {"auc": auc(label, our), "logLoss": float(our_loss.mean())},
            "native": {"auc": auc(label, their), "logLoss": float(their_loss.mean())},
            "gain": mean,
            "error": error,
        }

    found = {month: figures(both & (months == month)) for month in sorted(set(months[both]))}
    print(json.dumps({"fits": fits, "months": {**found, "all": figures(both)}}))


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
