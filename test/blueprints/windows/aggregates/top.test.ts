import { holdsDefinition, valuesOf } from "./definition.ts";

// Without texts the numbers themselves are compared: of several the smallest.
holdsDefinition("top", (events) => {
  const counts = new Map<number, number>();
  for (const value of valuesOf(events)) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [first] = [...counts].sort(([a, n], [b, m]) => m - n || a - b);
  return first === undefined ? null : first[0];
});
