import { isScalar } from "yaml";
import type { PolicyParams } from "../policy/params.ts";
import type { FormulaType } from "../formula/index.ts";
import { complain, found } from "../yaml/place.ts";
import { readNumber } from "../yaml/scalars.ts";
import type { ReadSettings } from "./exploration-kind.ts";

/**
 * @param params those of the policy; `undefined`: they could not be read.
 * @param formulas types of the policy's formulas; `undefined`: some could not be read.
 */
export const settingsOf = (
  params: PolicyParams | undefined,
  formulas: Readonly<Record<string, FormulaType>> | undefined,
): ReadSettings => ({
  formula(place) {
    const name = isScalar(place.node) ? place.node.value : null;
    const hint = "name it among the policy's formulas, and write its name here";
    if (typeof name !== "string")
      return complain(place, `expected the name of a formula of the policy, found ${found(place)}`, hint);
    if (formulas === undefined || place.source.broken.has(name)) return undefined;
    const type = Object.hasOwn(formulas, name) ? formulas[name] : undefined;
    if (type === "number") return name;
    if (type !== undefined) return complain(place, `the formula "${name}" is a ${type}`, "it is a number");
    const guess = place.source.guess(name, Object.keys(formulas));
    return complain(place, `the policy has no formula "${name}"`, guess === null ? hint : `did you mean "${guess}"?`);
  },
  isFormula: (name) => formulas !== undefined && Object.hasOwn(formulas, name),
  setting(place, range) {
    const name = isScalar(place.node) ? place.node.value : null;
    // Text that is no name is meant as a number.
    if (typeof name !== "string" || !/^[A-Za-z_]\w*$/.test(name)) return readNumber(place, range);
    if (params === undefined || place.source.broken.has(name)) return undefined;
    if (!Object.hasOwn(params, name)) {
      const guess = place.source.guess(name, Object.keys(params));
      const mend = guess === null ? `a number, or a parameter of the policy` : `did you mean "${guess}"?`;
      return complain(place, `there is no parameter "${name}"`, mend);
    }
    const { min, max } = params[name]!;
    if (min >= range.min && max <= range.max) return name;
    return complain(
      place,
      `the parameter "${name}" goes from ${min} to ${max}`,
      `its bounds lie within ${range.min} and ${range.max}`,
    );
  },
});
