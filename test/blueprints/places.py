"""Places of units. It shares no code with the product.

python places.py < pairs.jsonl, each line a salt and a unit. Prints a place a line.
"""

import hashlib
import json
import sys


def place(salt, unit):
    digest = hashlib.sha256(f"{salt}\0{unit}".encode()).hexdigest()
    return int(digest[:13], 16) / 16**13


for line in sys.stdin:
    print(json.dumps(place(*json.loads(line))))
