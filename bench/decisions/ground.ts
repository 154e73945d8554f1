import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { createPlatformaticBackbone, type Backbone } from "../../streams/index.ts";
import { startKafka } from "../../test/servers/kafka.ts";
import { trainModel } from "./work/model.ts";
import type { Guarantee } from "./peer-options.ts";
import { startPeer, type PeerProcess } from "./peer-process.ts";
import type { Peer } from "./peers.ts";
import { preloadUnits, UNITS } from "./work/preload.ts";
import { noRequests, PARTITIONS, replies, unitFeatures } from "./work/topics.ts";

/** The parts that all runs share: a broker of their own, the model, the units' features, a folder. */
export interface Ground {
  readonly brokers: string;
  readonly backbone: Backbone;
  readonly dir: string;
  /** Starts a peer on a fresh group, fresh state that is filled before, and a fresh topic of decisions. `flags` go to its runtime. */
  start(peer: Peer, guarantee: Guarantee, requests: string, flags?: readonly string[]): Promise<Started>;
  createTopic(name: string): Promise<void>;
  deleteTopics(names: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface Started {
  readonly process: PeerProcess;
  /** Ends it and removes everything made for it. */
  end(): Promise<void>;
}

export async function prepareGround(): Promise<Ground> {
  const dir = mkdtempSync(join(tmpdir(), "loopstream-bench-"));
  const model = join(dir, "model.onnx");
  writeFileSync(model, await trainModel());
  const server = await startKafka();
  const { brokers } = server;
  const backbone = await createPlatformaticBackbone({ brokers });
  const admin = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const createTopic = (name: string): Promise<void> =>
    backbone.ensureTopics([{ name, partitions: PARTITIONS, cleanup: "delete" }]);
  await createTopic(replies.name);
  await createTopic(noRequests.name);
  await preloadUnits(backbone);

  let runs = 0;
  const deleteTopics = async (names: readonly string[]): Promise<void> => {
    await admin.deleteTopics({ topics: [...names] });
  };
  return {
    brokers,
    backbone,
    dir,
    createTopic,
    deleteTopics,
    async start(peer, guarantee, requests, flags = []) {
      const id = `${peer.name}-${++runs}`;
      const decisions = `decisions-${id}`;
      const home = join(dir, id);
      mkdirSync(home);
      await createTopic(decisions);
      const args = [
        ...peer.args,
        ...["--brokers", brokers, "--id", id, "--features", unitFeatures.name, "--decisions", decisions],
        ...["--dir", join(home, "state"), "--model", model, "--guarantee", guarantee, "--units", String(UNITS)],
      ];
      const log = join(home, "log.txt");
      await startPeer(peer.command, [...args, "--requests", noRequests.name, "--load"], log).ended();
      const started = startPeer(peer.command, [...flags, ...args, "--requests", requests], log);
      return {
        process: started,
        async end() {
          await started.end();
          await deleteTopics([decisions]);
          rmSync(home, { recursive: true, force: true });
        },
      };
    },
    async close() {
      await admin.disconnect();
      await backbone.close();
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
