"""A text encoder as an ONNX file: words weighed by their rarity, in three dimensions (latent semantic analysis).

python encoder.py FILE TEXTS      writes FILE, and prints what scikit-learn makes of the JSON list TEXTS;
                                  a model of numbers is in FILE.numbers, and FILE.unit divides by 0 where no word is known
"""

import json
import sys

from onnx import helper
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
model = to_onnx(encoder, initial_types=inputs, options={TfidfVectorizer: {"locale": "C"}})
with open(file, "wb") as written:
    written.write(model.SerializeToString())
# Vectors of length 1: of a text without a known word it is 0 / 0.
sum_of = model.graph.output[0].name
model.graph.node.append(helper.make_node("ReduceL2", [sum_of], ["size"], keepdims=1))
model.graph.node.append(helper.make_node("Div", [sum_of, "size"], ["unit"]))
model.graph.output[0].name = "unit"
with open(f"{file}.unit", "wb") as written:
    written.write(model.SerializeToString())
with open(f"{file}.numbers", "wb") as written:
    numbers = LinearRegression().fit([[0, 1], [1, 0], [1, 1]], [0, 1, 2])
    written.write(to_onnx(numbers, initial_types=[("x", FloatTensorType([None, 2]))]).SerializeToString())
print(json.dumps({"vectors": encoder.transform(json.loads(texts)).tolist()}))
