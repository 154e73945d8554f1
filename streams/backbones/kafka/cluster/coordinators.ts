import type { Broker, Cluster } from "./wire.ts";

/** Which broker answers for a group (0) or a transactional id (1), asked once and again after `forget`. */
export class Coordinators {
  readonly #cluster: Cluster;
  readonly #nodes = new Map<string, string | number>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  async of(id: string, coordinatorType: 0 | 1): Promise<Broker> {
    const key = `${coordinatorType}${id}`;
    const nodeId = this.#nodes.get(key);
    if (nodeId !== undefined) return this.#cluster.findBroker({ nodeId });
    const broker = await this.#cluster.findGroupCoordinator({ groupId: id, coordinatorType });
    this.#nodes.set(key, broker.nodeId);
    return broker;
  }

  forget(): void {
    this.#nodes.clear();
  }
}
