export { readFormula, type FormulaNames } from "./formula.ts";
export { whole, type Names, type Partly } from "./partly.ts";
export { complain, found, inside, type Place } from "./place.ts";
export { checkName, readBoolean, readChoice, readDuration, readNumber, readShare, readText } from "./scalars.ts";
export {
  complainTwice,
  optional,
  readEntries,
  readItems,
  readSection,
  required,
  type Entry,
  type Section,
} from "./section.ts";
