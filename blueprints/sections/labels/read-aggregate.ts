import { isScalar } from "yaml";
import type { LabelAggregate } from "../../blueprint.ts";
import { labelAggregates } from "../../labels/aggregates/index.ts";
import { writtenAggregate } from "../../labels/aggregates/written.ts";
import { lostNumber } from "../../lost-number.ts";
import { complain, type Place } from "../../yaml/place.ts";
import { readChoice } from "../../yaml/scalars.ts";

/** As they are written. */
export const aggregateChoices = (): readonly string[] =>
  labelAggregates.all().map(({ name, parameter }) => parameter?.example ?? name);

export function readAggregate(place: Place): LabelAggregate | undefined {
  const text = isScalar(place.node) ? String(place.node.value) : "";
  const written = writtenAggregate(text);
  if (written === undefined) {
    const percent = /^(?:p|perc(?:entile)?_?)(\d{1,2}(?:\.\d+)?)$/i.exec(text)?.[1];
    if (percent === undefined) return readChoice(place, aggregateChoices() as readonly LabelAggregate[]);
    return complain(
      place,
      `expected ${aggregateChoices().join(" | ")}, found "${text}"`,
      `write quantile(${Number(percent) / 100})`,
    );
  }
  const { kind, parameter } = written;
  const { name, parameter: wanted } = kind;
  if (wanted === undefined) {
    if (parameter === undefined) return name as LabelAggregate;
    return complain(place, `${name} has nothing in parentheses, found "${text}"`, `write ${name} alone`);
  }
  const { what, min, max, example } = wanted;
  const lost = lostNumber(parameter ?? "");
  if (lost !== undefined) return complain(place, lost.what, lost.hint);
  const number = Number(parameter);
  if (parameter !== undefined && parameter !== "" && number >= min && number <= max) {
    return `${name}(${number})` as LabelAggregate;
  }
  const expected = `${name} needs ${what} from ${min} to ${max} in parentheses`;
  const percent = number > max && max === 1 && number <= 100 ? `${name}(${number / 100})` : example;
  return complain(place, `${expected}, found "${text}"`, `write ${percent}`);
}
