import { expect, test } from "vitest";
import { compileBlueprint, insertEvent, stateCosts, tilesFor } from "../../../blueprints/index.ts";
import { costsText } from "../../../cli/text/costs-text.ts";

const HOUR = 3_600_000;
const compiled = compileBlueprint(`
useCase: shop
decisionSpace: boolean
context: { user: key, city: category }
events: { paid: { fields: [amount, items] } }
tables: { users: { key: id, fields: { plan: category }, maxRows: 2000000 } }
features:
  - city
  - n_2d: { count: true, of: paid, by: unit, in: 2d }
  - m_30d: { mean: amount, of: paid, by: unit, in: 30d }
  - s_3h: { sum: items, of: paid, by: [user, city], in: 3h }
  - all_1h: { count: true, of: paid, by: none, in: 1h }
  - plan: { table: users, field: plan, by: user }
observations: { y: number }
label: { name: hit, value: y > 0, wait: 1h }
policy: { decide: hit > 0.5 }
`);
const costs = stateCosts(compiled.groups, compiled.blueprint.tables);

test("the costs of windows are those of their tiles, whatever the time of the decision", () => {
  for (const [at, group] of compiled.groups.entries()) {
    const { tilesRead, eventBytes } = costs.windows[at]!;
    const read = Array.from({ length: 400 }, (_, i) => {
      const { first, last } = tilesFor(group, 1e12 + i * Math.round((5 * HOUR) / 7));
      return (last - first) / group.tileMs + 1;
    });
    expect(Math.max(...read), group.id).toBe(tilesRead);
    const values = group.fields.map(() => 1);
    expect(insertEvent(insertEvent(null, 1, values), 2, values).byteLength).toBe(2 * eventBytes);
  }
});

test("people read them for each group and table", () => {
  expect(costsText(costs)).toEqual([
    "its state, in every process of the loop:",
    "  2 windows over paid by unit, on disk: 16 bytes an event, and about 80 for each 7d in which a key has any; a decision reads up to 6 such stretches",
    "  1 window over paid by city and user, in memory: 16 bytes an event, and about 700 for each 15m in which a key has any; a decision reads up to 13 such stretches",
    "  1 window over paid of all keys together, in memory: 8 bytes an event, and about 700 for each 5m in which a key has any; a decision reads up to 13 such stretches",
    "  table users, in memory: up to 2,000,000 versions of rows, 1954 MiB",
  ]);
  expect(costsText({ windows: [], tables: [] })).toEqual([]);
});
