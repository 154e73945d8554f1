import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { temporaryDir } from "../e2e/command.ts";
import { FETCH_MS, python } from "../python/venv.ts";
import { askFromElsewhere, faultsOf, type Group } from "./foreign-clients.ts";

const dir = temporaryDir();
beforeAll(async () => void (await python()), FETCH_MS);
afterAll(() => dir.remove());

const COUNT = 40;
const groups = (client: string): readonly Group[] =>
  (["id", "none", "unit"] as const).map((key) => ({ name: `${client}-${key}`, key, count: COUNT }));

test(
  "confluent-kafka and Apache's Java client with their default partitioners, with the id, nothing or the unit as key, get one decision and one right row for each id, with kills in between",
  { timeout: 900_000 },
  async () => {
    const clients = { "confluent-kafka": groups("confluent"), java: groups("java") };
    const outcome = await askFromElsewhere({
      place: {
        ...{ brokers: inject("brokers"), registry: inject("registry"), partitions: 4, dir: dir.path },
        prefix: `foreign-clients-${process.pid}-`,
      },
      ...{ clients, perSecond: 80, kills: 2 },
    });
    expect(faultsOf(outcome, clients)).toEqual([]);
    expect(outcome.decided.size).toBe(6 * COUNT);
  },
);
