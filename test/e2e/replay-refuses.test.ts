import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { PARCELS } from "../operators/parcels.ts";
import { loopstream, temporaryDir } from "./command.ts";

const { path, remove } = temporaryDir();
afterAll(() => remove());
const file = (name: string): string => join(path, name);
const at = ["--dir", file("state"), "--partitions", "1"];

const SIZES = PARCELS.replace("context:\n", "context:\n  size: number\n").replace(
  "features:\n",
  "features:\n  - size\n",
);
const OTHER_KEY = PARCELS.replace(
  "features:\n",
  "features:\n  - n_carrier_3h: { count: true, of: scan, by: carrier, in: 3h }\n",
);

async function succeed(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await loopstream([...args, ...at]);
  expect(code, stderr).toBe(0);
  return stdout;
}
/** A decision at ten, and an hour before and after it a scan of an earlier one. */
async function importDay(day: string): Promise<void> {
  const [decisions, observations] = [file(`d${day}.csv`), file(`o${day}.csv`)];
  const head = "decision_id,decision_ts,weight,carrier,express,depot\n";
  writeFileSync(
    decisions,
    `${head}a${day},2024-01-${day}T08:00:00Z,3,air,true,north\nb${day},2024-01-${day}T10:00:00Z,3,air,true,south\n`,
  );
  writeFileSync(
    observations,
    `decision_id,event_ts,kind,minutes,delay\na${day},2024-01-${day}T09:00:00Z,scan,4,\nb${day},2024-01-${day}T11:00:00Z,arrival,,12\n`,
  );
  await succeed("import", "--use-case", "parcels", "--decisions", decisions, "--observations", observations);
}
const replay = (text: string, ...more: readonly string[]): string[] => [
  ...["replay", "--use-case", "parcels", "--blueprint", parseBlueprint(text).version],
  ...more,
];

test(
  "a replay tells on the command line what it can't compute, goes on where it is told to, and says what came since",
  { timeout: 900_000 },
  async () => {
    writeFileSync(file("first.yaml"), PARCELS);
    writeFileSync(file("sizes.yaml"), SIZES);
    writeFileSync(file("key.yaml"), OTHER_KEY);
    await succeed("blueprint", "publish", file("first.yaml"));
    await importDay("01");
    await succeed("blueprint", "publish", file("sizes.yaml"), "--not-live");
    await succeed("blueprint", "publish", file("key.yaml"), "--not-live");

    const refused = await loopstream([...replay(SIZES), ...at]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("  size: none of the 2 requests of parcels carries a value that fits;");
    expect(refused.stderr).toMatch(/\n--incomplete /);
    expect(await succeed(...replay(SIZES, "--incomplete"))).toMatch(/^missing {7}size: none of the 2 requests/m);

    const made = await succeed(...replay(OTHER_KEY));
    expect(made).toMatch(/^decisions {5}2 of parcels/);
    expect(made).not.toMatch(/^(missing|since then)/m);
    await importDay("02");
    expect(await succeed(...replay(OTHER_KEY))).toMatch(
      /^since then {4}2 requests, 2 observations and 2 events came, up to 2024-01-02T11:00:00\.000Z: they are not in it; --fresh makes it again with them$/m,
    );
    const fresh = await loopstream([...replay(OTHER_KEY, "--fresh", "--json"), ...at]);
    expect(fresh.json).toMatchObject({ decisions: 4, missing: [], newer: null });
  },
);
