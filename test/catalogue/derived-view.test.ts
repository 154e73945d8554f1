import { expect, test } from "vitest";
import { derivedView } from "../../catalogue/derived-view.ts";
import { Table } from "./table-of.ts";

test("what is derived from a table is derived once a change of the table, and of each table by itself", () => {
  let derived = 0;
  const sum = derivedView<number, number>((view) => {
    derived++;
    return [...view.values()].reduce((a, b) => a + b, 0);
  });
  const table = new Table<number>(String, [1, 2]);
  const other = new Table<number>(String, [7]);
  expect([sum(table), sum(table), sum(other), sum(table), sum(other)]).toEqual([3, 3, 7, 3, 7]);
  expect(derived).toBe(2);
  table.put(5);
  expect([sum(table), sum(table), sum(other)]).toEqual([8, 8, 7]);
  expect(derived).toBe(3);
});
