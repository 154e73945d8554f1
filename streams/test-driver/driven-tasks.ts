import { inputs, outputs, type SubTopology, type Topology } from "../topology/topology.ts";
import type { MemoryLog } from "./memory-log.ts";
import type { StateEngine } from "../state/engine.ts";
import { TaskState } from "../state/task-state.ts";
import type { TaskEnvironment } from "../task/task-environment.ts";
import { Task } from "../task/task.ts";

/** Upstream first, so that records of a timer upstream meet the timers downstream in event-time order. */
export function inFlowOrder(subTopologies: readonly SubTopology[]): readonly SubTopology[] {
  const ordered = new Set<SubTopology>();
  const visiting = new Set<SubTopology>();
  const visit = (subTopology: SubTopology): void => {
    if (ordered.has(subTopology) || visiting.has(subTopology)) return;
    visiting.add(subTopology);
    for (const other of subTopologies) if (feeds(other, subTopology)) visit(other);
    ordered.add(subTopology);
  };
  for (const subTopology of subTopologies) visit(subTopology);
  return [...ordered];
}

function feeds(from: SubTopology, to: SubTopology): boolean {
  const written = new Set(from.operators.flatMap(outputs).map(({ name }) => name));
  return to.operators.flatMap(inputs).some(({ name }) => written.has(name));
}

/** Every task of the topology over its state in `engine`, at the positions the state stands for. */
export async function openTasks(
  topology: Topology,
  log: MemoryLog,
  engine: StateEngine,
  environment: TaskEnvironment,
): Promise<readonly Task[]> {
  const tasks: Task[] = [];
  for (const subTopology of inFlowOrder(topology.subTopologies)) {
    const partitions = (await log.partitions(subTopology.sources[0]!.name))!;
    for (let partition = 0; partition < partitions; partition++) {
      const state = await TaskState.open(await engine.open(`${subTopology.name}-${partition}`));
      const positions = state.checkpoint?.positions ?? {};
      tasks.push(new Task(topology, subTopology, partition, state, positions, environment, { partitions }));
    }
  }
  return tasks;
}

/**
 * Gives a task its unread records, and makes the state last as a commit does. @returns whether there was anything to
 * do.
 */
export async function runTask(task: Task, log: MemoryLog): Promise<boolean> {
  let added = false;
  for (const { topic, partition, fetched } of task.inputs) {
    const fetch = log.read({ topic: topic.name, partition, offset: fetched });
    if (fetch === undefined) continue;
    added = true;
    await task.add(fetch, 0);
  }
  if (!added) return false;
  await task.process(() => Number.POSITIVE_INFINITY);
  const { streamTime, times: lines } = task;
  await task.state.flush({ positions: task.positions(), streamTime, lines, changelogOffset: 0 });
  return true;
}
