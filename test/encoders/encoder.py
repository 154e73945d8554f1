"""A text encoder as an ONNX file: words weighed by their rarity, in three dimensions (latent semantic analysis).

python encoder.py FILE TEXTS      writes FILE, and prints what scikit-learn makes of the JSON list TEXTS;
                                  a model of numbers is in FILE.numbers
"""

import json
import sys

from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline

file, texts = sys.argv[1:]
SAID = [
    "late train in Prague", "early plane to Berlin", "a plane was late", "trains in Berlin are early",
    "by night train", "plane over Prague", "a night in Berlin", "a late night",
]  # fmt: skip
encoder = make_pipeline(TfidfVectorizer(token_pattern="[a-zA-Z]+"), TruncatedSVD(3, random_state=0)).fit(SAID)
inputs = [("text", StringTensorType([None, 1]))]
with open(file, "wb") as written:
    written.write(to_onnx(encoder, initial_types=inputs, options={TfidfVectorizer: {"locale": "C"}}).SerializeToString())
with open(f"{file}.numbers", "wb") as written:
    numbers = LinearRegression().fit([[0, 1], [1, 0], [1, 1]], [0, 1, 2])
    written.write(to_onnx(numbers, initial_types=[("x", FloatTensorType([None, 2]))]).SerializeToString())
print(json.dumps({"vectors": encoder.transform(json.loads(texts)).tolist()}))
