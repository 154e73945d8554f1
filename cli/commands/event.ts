import { defineCommand } from "../define-command.ts";
import { flag, toggle } from "../flags/flag.ts";
import { parsePairs } from "../flags/pairs.ts";
import { parsePastTime } from "../flags/times.ts";
import { tellUnknownKind } from "../process/tell-undeclared.ts";
import { withClient } from "../process/with-client.ts";

export const eventCommand = defineCommand({
  name: "event",
  about: "say that something happened, whether or not a decision was asked for",
  args: {
    kind: ["<kind>", "kind of the event, as blueprints name it"],
    attributes: ["[attributes...]", "name=value …: its keys and its measured values"],
  },
  flags: {
    strict: toggle("--strict", "refuse a kind that no blueprint knows"),
    time: flag("--time <time>", "when it happened (default: now)", { parse: parsePastTime }),
    key: flag("--key <text>", "of the record on Kafka (default: the kind)"),
  },
  async run({ settings, output, args: { kind, attributes }, flags: { strict, time, key } }) {
    const said = parsePairs(attributes);
    await withClient(settings, strict, async (client, connection) => {
      const stored = await client.logEvent(kind, said, {
        throwOnError: true,
        time,
        key,
      });
      await tellUnknownKind(kind, connection);
      output.result({ ...stored, kind }, () => `recorded ${kind}`);
    });
  },
});
