/**
 * A use case that the program defines: a mistyped name or value of it is an error of the compiler.
 * Run it with `node examples/typed.ts`; typed.out is what it prints.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { defineUseCase, openLoopstream, type UseCasesOf } from "loopstream";

const parcels = defineUseCase({
  useCase: "parcels",
  decisionSpace: { actions: ["call", "text"] },
  context: { weight: "number", depot: "key" },
  observations: { late_min: "number" },
  events: { scan: { fields: { minutes: "number" } }, arrival: {} },
  tables: { depots: { key: "depot", fields: { bays: "number", region: "category" } } },
  features: [
    "weight",
    { m_scan: { mean: "minutes", of: "scan", by: "depot", in: "1h" } },
    { bays: { table: "depots", field: "bays", by: "depot" } },
    { region: { table: "depots", field: "region", by: "depot" } },
  ],
  label: { name: "late", when: 'kind == "arrival"', value: "late_min >= 10", wait: "10m" },
  training: { minRows: 100 },
  policy: { decide: 'if(late > 0.5, "call", "text")' },
});

const dir = await mkdtemp(`${tmpdir()}/loopstream-`);
const loop = await openLoopstream<UseCasesOf<typeof parcels>>({ dir });
await loop.publishBlueprint(parcels);

// Half an hour ago: of the two depots the small one in Rome is late.
const time = Date.now() - 1_800_000;
const depots = [
  ["oslo", { bays: 12, region: "north" }, 2],
  ["rome", { bays: 2, region: "south" }, 30],
] as const;
for (const [depot, values] of depots) {
  await loop.tables.put({ table: "depots", key: [depot], values, validFrom: time - 1 });
  await loop.logEvent("scan", { depot, minutes: 5 }, { time: time - 1 });
}
for (let i = 0; i < 200; i++) {
  const [depot, , late_min] = depots[i % 2]!;
  const request = { unit: `receiver-${i}`, context: { weight: i % 7, depot } };
  const { decisionId } = await loop.getDecision("parcels", request, { time, default: "text" });
  await loop.logObservations(decisionId, { kind: "arrival", late_min }, { time: time + 60_000 });
}
await loop.idle();
await loop.train("parcels");
await loop.idle();

for (const [depot] of depots) {
  const { value, reason } = await loop.getDecision("parcels", { unit: "anna", context: { weight: 3, depot } });
  console.log(`${depot}: ${value} (${reason})`);
}
const { values } = await loop.tables.get("depots", ["rome"]);
console.log(`Rome has ${String(values?.["bays"])} bays`);
await loop.close();
await rm(dir, { recursive: true });
