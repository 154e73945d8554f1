/** The loop as `loopstream start` runs it on Kafka, without ticks and on topics with a prefix, until it is killed. Its settings come as JSON in the first argument. */
import { connect, loopOptions, settingsOf, startLoop } from "../../loop/index.ts";
import { Outages, silent } from "../../streams/index.ts";

export interface LoopProcess {
  readonly brokers: string;
  readonly registry: string;
  readonly prefix: string;
  readonly partitions: number;
  readonly dir: string;
}

/** The settings of the processes, and of the tools beside them. */
export function settingsFor({ brokers, registry, prefix, partitions, dir }: LoopProcess) {
  const own = { dir, id: prefix, instanceId: "one", sessionTimeoutMs: 3_000 };
  return settingsOf({ brokers: brokers.split(","), registry, partitions, ...own });
}

if (import.meta.main) {
  const given = JSON.parse(process.argv[2]!) as LoopProcess;
  const settings = settingsFor(given);
  const connection = await connect(settings, { prefix: given.prefix, outages: new Outages(), log: silent });
  await startLoop({
    ...loopOptions(settings, connection, "live"),
    onFailure: (error) => {
      console.error(error);
      process.exit(1);
    },
  });
  process.stdout.write("running\n");
  // It ends with the process that started it.
  process.stdin.on("end", () => process.exit(1)).resume();
}
