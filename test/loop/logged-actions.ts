import { join } from "node:path";
import { expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { audit } from "../../recompute/index.ts";
import {
  clock,
  deadLetters,
  decisionRequests,
  observations,
  type DecisionRequested,
  type TrainingRow,
} from "../../schemas/index.ts";
import { defineTopic, readTopic, SOURCE_HEADER, type Backbone, type SchemaRegistry } from "../../streams/index.ts";
import { ScorerCache } from "../../serving/index.ts";
import { publishBlueprint, replay, startLoop, type Loop } from "../../loop/index.ts";
import { eventually } from "../eventually.ts";

const SHOP = `useCase: shop
decisionSpace: { actions: [mail, call, visit] }
context: { price: number }
features: [price]
observations: { amount: number }
label: { name: sale, value: amount > 5, wait: 1h, default: 0 }
policy: { decide: 'if(sale > 0.5, "mail", "call")' }
join: { ttl: 2h }
training: { minRows: 1, schedule: none, freshRows: none }
`;
const shop = compileBlueprint(SHOP);
const START = Date.UTC(2026, 0, 5);
const HOUR = 3_600_000;
const feed = { [SOURCE_HEADER]: Buffer.from("import-shop") };

const schema = decisionRequests.schema as { readonly fields: readonly { readonly name: string }[] };
/** As producers of a release before wrote them. */
const formerRequests = defineTopic<Omit<DecisionRequested, "logged">>({
  name: decisionRequests.name,
  schema: { ...(schema as object), fields: schema.fields.filter(({ name }) => name !== "logged") },
});

export interface Opened {
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  readonly prefix: string;
  readonly dir: string;
}

/** What is promised of actions that history brings, on any backbone: in rows, in a replay and in an audit. */
export function loggedActionsSuite(open: () => Promise<Opened>): void {
  test("actions of history are in the rows with their propensities, a replay makes the same rows, and an audit finds nothing", async () => {
    const { backbone, registry, prefix, dir } = await open();
    const options = { backbone, registry, subjectPrefix: prefix, partitions: 2, salt: "x" };
    const loop: Loop = await startLoop({
      ...options,
      id: `logged${process.pid}${Date.now()}`,
      stateDir: join(dir, "state"),
      delivery: "exactlyOnce",
      commitIntervalMs: 0,
      maxTaskIdleMs: Number.POSITIVE_INFINITY,
      codeVersion: "test",
    });
    const rowsOn = async (name: string): Promise<readonly string[]> => {
      const rows: TrainingRow[] = [];
      for await (const { value } of readTopic(backbone, loop.serdes, rowsTopic(shop, name))) rows.push(value);
      return rows
        .map(({ decisionId, value, propensity, reason, mode, label }) =>
          [decisionId, value, propensity, reason, mode, label].join(" "),
        )
        .sort();
    };
    const request = (decisionId: string, more: object) => ({
      topic: decisionRequests,
      key: decisionId,
      value: { decisionId, useCase: "shop", unit: "u", context: { price: 1 }, deferred: false, ...more },
      time: START,
      headers: feed,
    });
    const seen = { decisionId: "a", useCase: "shop", observationId: "o", values: { amount: 9 } };
    const expected = [
      "a visit 0.25 logged loggingOnly 1",
      "b call  logged loggingOnly 0",
      "c   noModel loggingOnly 0",
      "d   noModel loggingOnly 0",
      "f   noModel loggingOnly 0",
    ];
    try {
      await publishBlueprint(loop, SHOP, 0);
      const { value, key, time } = request("d", {});
      await loop.publisher.publish([{ topic: formerRequests, key, value: value as never, time, headers: feed }]);
      await loop.publisher.publish([
        request("a", { logged: { value: "visit", propensity: 0.25 } }),
        request("b", { logged: { value: "call", propensity: null } }),
        request("c", { logged: null }),
        request("e", { logged: { value: "fax", propensity: 1 } }),
        { ...request("f", { logged: { value: "visit", propensity: 1 } }), headers: {} },
        { topic: observations, key: "a", value: seen, time: START + 1, headers: feed },
      ] as never);
      await loop.application.idle();
      const later = START + 3 * HOUR;
      for (const headers of [feed, {}]) {
        await loop.publisher.publish([{ topic: clock, key: "clock", value: { time: later }, time: later, headers }]);
        await loop.application.idle();
      }
      await eventually(async () => expect(await rowsOn(rowsTopic(shop).name)).toEqual(expected), {
        timeout: 20_000,
        interval: 200,
      });
      const letters: string[] = [];
      for await (const { value: letter } of readTopic(backbone, loop.serdes, deadLetters)) {
        letters.push(`${String(Buffer.from(letter.key!))} ${letter.code}`);
      }
      expect(letters.sort()).toEqual(["e BAD_ACTION", "f BAD_ACTION"]);
      const again = await replay({
        ...options,
        dir: join(dir, "replay"),
        commitIntervalMs: 0,
        stepMs: HOUR,
        latenessMs: 60_000,
        request: { useCase: "shop" },
      });
      expect(await rowsOn(again!.rowsTopic)).toEqual(expected);
      const scorers = new ScorerCache(backbone, loop.serdes);
      const source = { backbone, serdes: loop.serdes, scorers: scorers.get.bind(scorers), salt: "x" };
      const audited = await audit(source, { share: 1, from: 0, to: Number.POSITIVE_INFINITY });
      expect(audited).toMatchObject({ sampled: 5, recomputed: 5, differing: 0 });
    } finally {
      await loop.close();
    }
  });
}
