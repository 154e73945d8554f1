"""Draws decisions again, from nothing but their records. It shares no code with the product.

python check_draws.py KIND SETTINGS < decisions.jsonl, the settings as JSON with every key of the section.
Prints how many differ and the statistic of chi squared of what was chosen against what was logged.
"""

import hashlib
import json
import math
import sys

kind, settings = sys.argv[1], json.loads(sys.argv[2])
share, floor = settings.get("share", 1), settings.get("floor", 0)


def draw(seed, k):
    digest = hashlib.sha256(f"{seed}\0draw\0{k}".encode()).hexdigest()
    return int(digest[:13], 16) / 16**13


def floored(probabilities):
    n = len(probabilities)
    return [1 / n] * n if n * floor >= 1 else [floor + (1 - n * floor) * p for p in probabilities]


def place(u, probabilities):
    end = 0.0
    for at, p in enumerate(probabilities):
        end += p
        if p > 0 and u < end:
            return at
    return max(at for at, p in enumerate(probabilities) if p > 0)


def softmax(scores, temperature):
    most = max(scores)
    weights = [math.exp((score - most) / temperature) for score in scores]
    return [w / sum(weights) for w in weights]


def phi(z):
    return 0.5 * math.erfc(-z / math.sqrt(2))


def best_of(beliefs):
    """How likely each normal belief is the largest, by Simpson's rule over fine steps: another way than the product's."""
    low = max(mean - 9 * sd for mean, sd in beliefs)
    high = max(mean + 9 * sd for mean, sd in beliefs)
    n = 4000
    step = (high - low) / n
    result = [0.0] * len(beliefs)
    for k in range(n + 1):
        x = low + k * step
        cumulated = [phi((x - mean) / sd) for mean, sd in beliefs]
        for at, (mean, sd) in enumerate(beliefs):
            others = math.prod(c for other, c in enumerate(cumulated) if other != at)
            density = math.exp(-0.5 * ((x - mean) / sd) ** 2) / (sd * math.sqrt(2 * math.pi))
            result[at] += (1 if k in (0, n) else 4 if k % 2 else 2) * density * others * step / 3
    return result


def of_choice(scores, beliefs):
    """The probability of each action, None where it may not be drawn."""
    allowed = [at for at, score in enumerate(scores) if score is not None]
    own = [scores[at] for at in allowed]
    n, best = len(own), own.index(max(own))
    if kind == "epsilonGreedy":
        e = settings["epsilonGreedy"]
        p = [e / n + (1 - e if at == best else 0) for at in range(n)]
    elif kind == "softmax":
        p = softmax(own, settings["softmax"])
    elif kind == "thompson":
        p = best_of([beliefs[at] for at in allowed])
    elif kind == "bootstrap":
        heads = [beliefs[at] for at in allowed]
        p = [0.0] * n
        for head in range(settings["bootstrap"]):
            at = best
            for other in range(n):
                if heads[other][head] > heads[at][head]:
                    at = other
            p[at] += 1
        p = [each / settings["bootstrap"] for each in p]
    elif kind == "squareCb":
        gamma = settings["squareCb"]
        if isinstance(gamma, str):
            gamma = beliefs[allowed[best]][0]
        p = [0 if at == best else 1 / (n + gamma * (own[best] - s)) for at, s in enumerate(own)]
        p[best] = 1 - sum(p)
    else:
        p = [1 / n] * n
    p = floored([share * each + (1 - share if at == best else 0) for at, each in enumerate(p)])
    result = [0.0] * len(scores)
    for at, probability in zip(allowed, p):
        result[at] = probability
    return result


def of_order(record):
    """The list by the draws, and the conditional probabilities of its positions."""
    scores, seed = record["scores"], record["seed"]
    order = sorted(range(len(scores)), key=lambda at: (-scores[at], at))
    show = settings.get("show", len(scores))
    if kind == "swap":
        shown = order[:show]
        n = min(len(shown), settings.get("within", show))
        pairs = [(a, b) for a in range(n) for b in range(a + 1, n)]
        lists = [(shown, 1 - settings["swap"] * share)]
        for a, b in pairs:
            other = shown[:]
            other[a], other[b] = other[b], other[a]
            lists.append((other, settings["swap"] * share / len(pairs)))
        chosen = shown
        if draw(seed, 0) < settings["swap"] * share:
            chosen = lists[1 + min(len(pairs) - 1, math.floor(draw(seed, 1) * len(pairs)))][0]
        total, conditionals = 1.0, []
        for k in range(1, len(chosen) + 1):
            alike = sum(p for each, p in lists if each[:k] == chosen[:k])
            conditionals.append(alike / total)
            total = alike
        return chosen, conditionals
    rest, chosen, conditionals, exploring = order[:], [], [], share
    while rest and len(chosen) < show:
        p = [1 / len(rest)] * len(rest) if kind == "uniform" else softmax([scores[at] for at in rest], settings[kind])
        mixed = [exploring * each + (1 - exploring if at == 0 else 0) for at, each in enumerate(p)]
        q = floored(mixed)
        at = place(draw(seed, len(chosen) + 1), q)
        exploring = exploring * p[at] / mixed[at] if mixed[at] > 0 else 1
        conditionals.append(q[at])
        chosen.append(rest.pop(at))
    return chosen, conditionals


different, furthest, most_off, below = [], 0.0, 0.0, 0
cells = {}
count = 0
for line in sys.stdin:
    record = json.loads(line)
    count += 1
    if record["ranking"]:
        chosen, conditionals = of_order(record)
        ids = [record["actions"][at] for at in chosen]
        said = record["propensities"]
        if ids != record["shown"] or len(said) != len(conditionals):
            different.append(record["decisionId"])
            continue
        furthest = max([furthest, abs(math.prod(said) - record["propensity"])])
        furthest = max([furthest] + [abs(a - b) for a, b in zip(said, conditionals)])
        continue
    if record["value"] is None:
        # Everything was excluded.
        assert record["distribution"] == [] and all(score is None for score in record["scores"])
        continue
    probabilities = record["distribution"]
    # Integrals are slow here: of those, every hundredth decision is worked out again. All are drawn again.
    again = record["scores"] and (kind != "thompson" or count % 100 == 0)
    expected = of_choice(record["scores"], record["beliefs"]) if again else probabilities
    furthest = max([furthest] + [abs(a - b) for a, b in zip(probabilities, expected)])
    most_off = max(most_off, abs(sum(probabilities) - 1))
    at = place(draw(record["seed"], 0), probabilities)
    if record["actions"][at] != record["value"] or probabilities[at] != record["propensity"]:
        different.append(record["decisionId"])
    for action, probability, score in zip(record["actions"], probabilities, record["scores"] or probabilities):
        if score is not None and probability < min(floor, 1 / len(probabilities)):
            below += 1
        cell = cells.setdefault(str(action), [0.0, 0.0, 0])
        cell[0] += probability
        cell[1] += probability * (1 - probability)
        cell[2] += action == record["value"]

print(
    json.dumps(
        {
            "decisions": count,
            "different": len(different),
            "first": different[:3],
            "furthest": furthest,
            "sumOff": most_off,
            "belowFloor": below,
            # Of each action: (chosen - expected) in standard deviations, for the probabilities that its decisions had.
            "deviations": {name: (n - e) / math.sqrt(v) for name, (e, v, n) in cells.items() if v > 0},
        }
    )
)
