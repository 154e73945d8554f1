import { afterEach, beforeEach, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import {
  applyBlueprints,
  checkFiles,
  listVersions,
  planBlueprints,
  publishBlueprint,
  storeBlueprint,
  withdrawBlueprint,
  type AppliedVersion,
  type BlueprintFile,
  type PlannedVersion,
} from "../../loop/index.ts";
import { blueprints } from "../../schemas/index.ts";
import { PARCELS } from "../operators/parcels.ts";
import { openLive, type LiveLoop } from "./live-loop.ts";

const LATER = PARCELS.replace("wait: 2h", "wait: 5h");
const LETTERS = PARCELS.replace("useCase: parcels", "useCase: letters");
const WITH_TABLE = (useCase: string, type: string): string =>
  PARCELS.replace("useCase: parcels", `useCase: ${useCase}`).replace(
    "features:\n",
    `tables:\n  depots: { key: depot, fields: { bays: ${type} } }\nfeatures:\n  - bays: { table: depots, field: bays, by: depot }\n`,
  );
const version = (text: string): string => parseBlueprint(text).version;
const parcels = (text: string): BlueprintFile => ({ file: "parcels.yaml", text });

let live: LiveLoop;
beforeEach(async () => {
  live = await openLive();
});
afterEach(() => live.close());

const plan = (files: readonly BlueprintFile[], shadow = false): Promise<readonly PlannedVersion[]> =>
  planBlueprints(live.loop, checkFiles(files), { shadow, now: Date.now() });
async function apply(files: readonly BlueprintFile[], shadow = false): Promise<readonly AppliedVersion[]> {
  const checked = checkFiles(files);
  const planned = await planBlueprints(live.loop, checked, { shadow, now: Date.now() });
  const applied: AppliedVersion[] = [];
  await applyBlueprints(live.loop, checked, planned, (one) => applied.push(one));
  return applied;
}
const records = async (): Promise<number> => (await live.all(blueprints)).length;

test("an applied file is unchanged afterwards, and applying it again writes no record", async () => {
  expect(await plan([parcels(PARCELS)])).toMatchObject([{ action: "new", state: null, before: null, changes: [] }]);
  expect(await records()).toBe(0);
  await apply([parcels(PARCELS)]);
  const written = await records();
  expect(await apply([parcels(`# a comment\n${PARCELS}`)])).toEqual([]);
  expect(await records()).toBe(written);
  expect(await plan([parcels(LATER)])).toMatchObject([
    {
      ...{ action: "changed", to: "live", before: version(PARCELS), version: version(LATER) },
      changes: [{ path: "label.wait", text: "label.wait: 2h → 5h" }],
      trainsOnBefore: { ok: false, reason: "label.wait: 5h here, 2h there" },
    },
  ]);
});

test("versions that are stored, replaced, withdrawn or live later are made live, and their state is told", async () => {
  await storeBlueprint(live.loop, PARCELS);
  expect(await plan([parcels(PARCELS)])).toMatchObject([{ action: "new", state: "notLive" }]);
  await apply([parcels(PARCELS)]);
  await apply([parcels(LATER)]);
  expect(await plan([parcels(PARCELS)])).toMatchObject([{ action: "changed", state: "replaced" }]);
  await apply([parcels(PARCELS)]);
  const tomorrow = Date.now() + 86_400_000;
  await publishBlueprint(live.loop, LATER, tomorrow);
  expect(await plan([parcels(PARCELS)])).toMatchObject([
    { action: "unchanged", later: { version: version(LATER), since: tomorrow } },
  ]);
  expect(await plan([parcels(LATER)])).toMatchObject([{ action: "changed", state: "later", later: null }]);
  await withdrawBlueprint(live.loop, "parcels", version(PARCELS), Date.now());
  expect(await plan([parcels(PARCELS)])).toMatchObject([{ action: "new", state: "withdrawn", before: null }]);
});

test("in shadow a changed version decides beside the live one; without it the version leaves the shadow and is live", async () => {
  const letters = { file: "letters.yaml", text: LETTERS };
  await apply([parcels(PARCELS)]);
  const applied = await apply([parcels(LATER), letters], true);
  expect(applied.map(({ plan: { useCase, to } }) => [useCase, to])).toEqual([
    ["parcels", "shadow"],
    ["letters", "live"],
  ]);
  expect(applied[0]!.shadowed).toMatchObject({ version: version(LATER), unchanged: false });
  expect(await plan([parcels(LATER), letters], true)).toMatchObject([
    { action: "unchanged", state: "shadow", before: version(PARCELS) },
    { action: "unchanged", state: "live" },
  ]);
  expect(await plan([parcels(PARCELS)], true)).toMatchObject([{ action: "unchanged", to: "live" }]);
  await apply([parcels(LATER)]);
  const states = (await listVersions(live.loop, Date.now())).map((each) => [each.version, each.state]);
  expect(states).toContainEqual([version(PARCELS), "replaced"]);
  expect(states).toContainEqual([version(LATER), "live"]);
});

test("types are compared between the files too: a table that two of them declare has one type", async () => {
  const files = [
    { file: "a.yaml", text: WITH_TABLE("one", "number") },
    { file: "b.yaml", text: WITH_TABLE("two", "category") },
  ];
  await expect(plan(files)).rejects.toMatchObject({
    code: "CHANGED_TYPES",
    message: expect.stringMatching(/^b\.yaml: two .* category here, number in one /) as string,
  });
  expect(await records()).toBe(0);
  await expect(plan([files[0]!, { ...files[1]!, text: WITH_TABLE("two", "number") }])).resolves.toHaveLength(2);
});

test("an error on the way leaves those before it live, and the same call does the rest", async () => {
  const checked = checkFiles([parcels(PARCELS), { file: "letters.yaml", text: LETTERS }]);
  const planned = await planBlueprints(live.loop, checked, { shadow: false, now: Date.now() });
  const stop = (): never => {
    throw new Error("the disk is full");
  };
  await expect(applyBlueprints(live.loop, checked, planned, stop)).rejects.toThrow("the disk is full");
  expect(await plan(checked)).toMatchObject([{ action: "unchanged" }, { action: "new" }]);
  await apply(checked);
  expect(await plan(checked)).toMatchObject([{ action: "unchanged" }, { action: "unchanged" }]);
});
