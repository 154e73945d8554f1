"""Vowpal Wabbit as the judge of exported dsjson: it reads the file, learns from it, acts, and logs what it did.

python learn.py EXPORTED LOG    the last quarter of the lines is held back; VW acts on their contexts and writes LOG.
In the world of the test an option whose topic is the wanted one is taken in 8 of 10 cases, any other in 1 of 10.
Prints JSON.
"""

import json
import random
import re
import sys

import vowpalwabbit

exported, log = sys.argv[1:]
SETTINGS = "--dsjson --cb_explore_adf --epsilon 0.25 -q :: --strict_parse --random_seed 7"
draws = random.Random(7)


def read_by_vw(path):
    """The file read by VW's own driver: what it says at its end, and every line that is neither that nor its banner."""
    vw = vowpalwabbit.Workspace(f"{SETTINGS} -P 1000000 -d {path}", enable_logging=True)
    vw.finish()
    text = "\n".join(vw.get_log())
    found = {name: float(re.search(rf"{name} = ([-0-9.]+)", text)[1]) for name in ("number of examples", "average loss")}
    found["warnings"] = [line for line in text.split("\n") if re.search(r"warn|error|malformed|invalid", line, re.IGNORECASE)]
    return found


def best_of(line):
    wanted = line["c"]["want"]
    return [at for at, option in enumerate(line["c"]["_multi"]) if option["topic"] == wanted]


with open(exported) as file:
    texts = file.read().splitlines()
held = len(texts) // 4
seen, later = texts[:-held], texts[-held:]

# Progressively: each line is predicted before it is learnt. The cost that VW's probabilities have in this world.
vw = vowpalwabbit.Workspace(SETTINGS, enable_logging=True)
losses = []
for text in seen:
    best = best_of(json.loads(text))
    losses.append(-sum(p * (0.8 if at in best else 0.1) for at, p in enumerate(vw.predict(text))))
    examples = vw.parse(text)
    vw.learn(examples)
    vw.finish_example(examples)

lines, is_best = [], 0
for number, text in enumerate(later):
    line = json.loads(text)
    asked = {name: value for name, value in line.items() if not name.startswith("_label")}
    probabilities = vw.predict(json.dumps(asked))
    best = best_of(line)
    is_best += max(range(len(probabilities)), key=probabilities.__getitem__) in best
    taken = draws.choices(range(len(probabilities)), probabilities)[0]
    reward = float(draws.random() < (0.8 if taken in best else 0.1))
    order = [taken] + [at for at in range(len(probabilities)) if at != taken]
    lines.append(
        {
            "_label_cost": 0.0 - reward,
            "_label_probability": probabilities[taken],
            "_label_Action": taken + 1,
            "_labelIndex": taken,
            "Timestamp": line["Timestamp"],
            "Version": "1",
            "EventId": f"vw-{number}",
            "a": [at + 1 for at in order],
            "c": line["c"],
            "p": [probabilities[at] for at in order],
            "VWState": {"m": "first"},
        }
    )
vw.finish()
with open(log, "w") as file:
    file.writelines(json.dumps(line) + "\n" for line in lines)

print(
    json.dumps(
        {
            "exported": read_by_vw(exported),
            "log": read_by_vw(log),
            "firstLoss": sum(losses[:50]) / 50,
            "lastLoss": sum(losses[-500:]) / 500,
            "isBest": is_best / len(later),
            "meanReward": -sum(line["_label_cost"] for line in lines) / len(lines),
        }
    )
)
