"""The lines of the documentation on a file of steps, and d3rlpy's learning on what they give.

python with_d3rlpy.py LINES STEPS GRID     in the folder of `steps.parquet`: prints what was found as JSON
LINES is the file of the documentation's lines, STEPS how many steps of gradients, GRID the states to choose for (JSON)
"""

import json
import sys
from pathlib import Path

import d3rlpy
import numpy
import pyarrow.parquet

lines, gradient_steps, grid = Path(sys.argv[1]).read_text(), int(sys.argv[2]), json.loads(Path(sys.argv[3]).read_text())
d3rlpy.seed(1)
given: dict[str, object] = {}
exec(compile(lines, "docs/analysts.md", "exec"), given)
data = given["data"]

table = pyarrow.parquet.read_table("steps.parquet", columns=["episodeId", "actionIndex", "reward"])
rewards: dict[str, list[float]] = {}
for step in table.to_pylist():
    if step["actionIndex"] is not None and step["reward"] is not None:
        rewards.setdefault(step["episodeId"], []).append(step["reward"])
sums = [sum(each) for each in rewards.values()]
returns = [float(episode.compute_return()) for episode in data.episodes]
counts = [int(episode.size()) for episode in data.episodes]
same_counts = counts == [len(each) for each in rewards.values()]

algorithm = d3rlpy.algos.DiscreteCQLConfig(gamma=0.95).create(device="cpu:0")
epochs = algorithm.fit(
    data,
    n_steps=gradient_steps,
    n_steps_per_epoch=gradient_steps // 2,
    logger_adapter=d3rlpy.logging.NoopAdapterFactory(),
    show_progress=False,
)
states = numpy.asarray(grid, "float32")
values = [algorithm.predict_value(states, numpy.full(len(states), action)) for action in (0, 1)]
print(
    json.dumps(
        {
            "d3rlpy": d3rlpy.__version__,
            "actions": data.dataset_info.action_size,
            "episodes": len(returns),
            "steps": data.transition_count,
            "ended": sum(bool(episode.terminated) for episode in data.episodes),
            "fileEpisodes": len(sums),
            "fileSteps": sum(map(len, rewards.values())),
            "sameCounts": same_counts,
            "farthestReturn": max(abs(a - b) for a, b in zip(returns, sums, strict=True)) if same_counts else None,
            "total": sum(returns),
            "losses": [metrics["loss"] for _, metrics in epochs],
            "finite": bool(numpy.isfinite(values).all()),
            "chosen": algorithm.predict(states).tolist(),
        }
    )
)
