import type { ContextFeature } from "../../blueprint.ts";
import { booleanOf } from "../../values/boolean-value.ts";
import { categoryOf } from "../../values/category-value.ts";
import { numberOf } from "../../values/number-value.ts";
import { complain } from "../../yaml/place.ts";
import type { FeatureKind, FeatureType, FeatureValue } from "../feature-kind.ts";

/** For a value that has its declared type already, the cost is one check of that type. */
const EXTRACT: Readonly<Record<FeatureType, (given: unknown) => FeatureValue>> = {
  number: (value) => numberOf(value) ?? null,
  category: (value) => (typeof value === "string" && value !== "" ? value : (categoryOf(value) ?? null)),
  boolean(value) {
    const read = typeof value === "boolean" ? value : (booleanOf(value) ?? null);
    return read === null ? null : read ? 1 : 0;
  },
};

const INSTEAD: Readonly<Record<string, string>> = {
  text: "make a feature of it with formula",
  list: "make features of it with oneHot or hash",
  time: "make a feature of it with calendar or formula",
};

/** An entry of the context, by its name. */
export const contextKind: FeatureKind<ContextFeature> = {
  name: "context",
  written: "name",
  keys: () => ({}),
  marks: () => [],
  read(place, name, { context }) {
    const type = Object.hasOwn(context.known, name) ? context.known[name] : undefined;
    if (type === undefined) {
      if (place.source.broken.has(name) || !context.complete) return "unusable";
      const guess = place.source.guess(name, Object.keys(context.known));
      const hint = guess === null ? "declare it under context, or give it a window" : `did you mean "${guess}"?`;
      return complain(place, `"${name}" is not in context`, hint);
    }
    if (type === "key") {
      complain(place, `"${name}" is a key, which the model never sees`, "make it a category, or leave it out");
      return "unusable";
    }
    if (type === "number" || type === "category" || type === "boolean") return { kind: "context", name, type };
    complain(place, `"${name}" is a ${type}, and no value of a column`, INSTEAD[type]);
    return "unusable";
  },
  canonical: (feature) => feature,
  describe: ({ type }) => `${type} of the context`,
  columnDoc: ({ type }) =>
    `Feature from the request's context (${type === "boolean" ? "boolean, 1 or 0" : type}); null when it was missing.`,
  type: ({ type }) => type,
  compute: ({ name, type }) => ({ from: "context", entry: name, value: EXTRACT[type] }),
};
