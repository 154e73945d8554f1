/**
 * Opens the directory of its first argument, stores what its other arguments say (or, after `--join`, joins a group of that topic and
 * takes its partitions), and stays until its input ends.
 */
import { openShared } from "../../../../streams/backbones/local/index.ts";

const [dir, ...values] = process.argv.slice(2);
const { backbone, shared, close } = await openShared(dir!);
if (values[0] === "--join") {
  const listener = { assigned: () => Promise.resolve([]), revoked: () => Promise.resolve() };
  const group = await backbone.group({ groupId: "g", copartitioned: [values.slice(1)], listener });
  await group.poll(0);
} else {
  await backbone.ensureTopics([{ name: "held", partitions: 1, cleanup: "delete" }]);
  const producer = await backbone.producer();
  const at = { topic: "held", partition: 0, timestamp: 1, key: null };
  await producer.send(values.map((value) => ({ ...at, value: Buffer.from(value) })));
}
process.stdout.write(`${JSON.stringify({ shared })}\n`);
for await (const _ of process.stdin);
await close();
