/**
 * Imports files and kills its own process with -9 at the given step of the import's transactions.
 * `node killed-import.ts '{"dir":…}'`: see `Killed`.
 */
import { importHistory } from "../../../loop/history/import-history.ts";
import {
  createConfluentRegistry,
  createEmbeddedBackbone,
  createKafkaBackbone,
  prefixed,
  type Backbone,
  type Producer,
} from "../../../streams/index.ts";
import { openTools } from "../../../loop/index.ts";
import { compiled, loopOptions, openLoop, quiet } from "./shop-log.ts";
import { fileTables } from "../../../cli/files/index.ts";

export interface Killed {
  /** Of the embedded log, where the loop runs too, or of nothing. */
  readonly dir: string;
  /** Instead of the embedded log; nothing is run. */
  readonly kafka?: { readonly brokers: string; readonly registry: string; readonly prefix: string };
  readonly files: { readonly decisions: string; readonly observations: string };
  /** Before this step of all begins, sends and commits; 0: never. */
  readonly killAt: number;
}

const { dir, kafka, files, killAt } = JSON.parse(process.argv[2]!) as Killed;

type Transaction = Awaited<ReturnType<Producer["begin"]>>;

let steps = 0;
function step(): void {
  if (++steps === killAt) process.kill(process.pid, "SIGKILL");
}

function killing(transaction: Transaction): Transaction {
  const around =
    <A extends readonly unknown[]>(work: (...args: A) => Promise<void>) =>
    async (...args: A): Promise<void> => {
      step();
      await work(...args);
      step();
    };
  return {
    ...transaction,
    send: around((records) => transaction.send(records)),
    sendOffsets: around((group, positions) => transaction.sendOffsets(group, positions)),
    commit: around(() => transaction.commit()),
    abort: () => transaction.abort(),
  };
}

const watched = (backbone: Backbone): Backbone =>
  new Proxy(backbone, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name !== "producer") return typeof value === "function" ? (value.bind(target) as unknown) : value;
      return async (options: Parameters<Backbone["producer"]>[0]): Promise<Producer> => {
        const producer = await target.producer(options);
        if (options?.transactionalId?.includes("-import-") !== true) return producer;
        return {
          send: (records) => producer.send(records),
          begin: async () => killing(await producer.begin()),
          settled: async () => producer.settled?.(),
          close: () => producer.close(),
        };
      };
    },
  });

const common = { ...quiet, id: "shop", blueprint: compiled.blueprint, tables: fileTables(files) };
if (kafka === undefined) {
  const backbone = await createEmbeddedBackbone({ dir });
  const loop = await openLoop(loopOptions(backbone, backbone.registry, `${dir}/state`));
  await importHistory({ ...common, tools: { ...loop, backbone: watched(backbone) }, loop });
  await loop.close();
  await backbone.close();
} else {
  const cluster = await createKafkaBackbone({ brokers: kafka.brokers.split(",") });
  const registry = createConfluentRegistry({ url: kafka.registry });
  const backbone = prefixed(cluster, kafka.prefix);
  const options = { ...loopOptions(backbone, registry, dir), subjectPrefix: kafka.prefix };
  const tools = await openTools(options);
  await importHistory({ ...common, tools: { ...tools, backbone: watched(backbone) }, loop: undefined });
  await tools.close();
  await cluster.close();
  await registry.close();
}
process.stdout.write(`${steps}\n`);
