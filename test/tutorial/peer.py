"""The AUC of scikit-learn's boosted trees, trained on the rows that had no model and scored on those that had one.

python peer.py ROWS.parquet
"""

import json
import sys

import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

rows = pd.read_parquet(sys.argv[1])
features = rows[["edition", "weekend", "opens_7d"]].assign(
    edition=rows["edition"].astype("category"), weekend=rows["weekend"].astype(float)
)
served = rows["prediction_opens"].notna()
model = HistGradientBoostingClassifier(max_depth=4, max_iter=100, random_state=0, categorical_features="from_dtype")
model.fit(features[~served], rows["label"][~served])
auc = roc_auc_score(rows["label"][served], model.predict_proba(features[served])[:, 1])
print(json.dumps({"rows": int(served.sum()), "auc": float(auc)}))
