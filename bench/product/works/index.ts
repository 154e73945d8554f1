import { flightsWork } from "./flights.ts";
import { mixedWork } from "./mixed.ts";
import { numbersWork } from "./numbers.ts";
import type { Work, WorkName } from "./work.ts";

export { workNames } from "./work.ts";
export type { Life, Work, WorkName } from "./work.ts";

export function workOf(name: WorkName): Work {
  if (name === "numbers") return numbersWork();
  return name === "mixed" ? mixedWork() : flightsWork(name);
}
