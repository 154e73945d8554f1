import type { Blueprint } from "../blueprint.ts";
import { commented, interfaceOf, typeAlias, type Property } from "./typescript.ts";
import { KIND, useCaseShape } from "./use-case-shape.ts";

/**
 * TypeScript declarations of a use case, for a product's compiler: valid under `strict`, laid out as prettier does by
 * default. One version always gives the same text.
 */
export function useCaseDeclarations(blueprint: Blueprint): string {
  const { useCase, version } = blueprint;
  const { context, value, payload, option, kinds, observations, events, tables } = useCaseShape(blueprint);
  const types: Property[] = [
    { name: "context", type: ["Context"] },
    { name: "value", type: ["Value"] },
    { name: "observations", type: ["Observations"] },
  ];
  if (payload !== null) types.push({ name: "payload", type: ["Payload"] });
  if (option !== null) types.push({ name: "option", type: ["Option"] });
  if (events !== null) types.push({ name: "events", type: ["Events"] });
  if (tables !== null) types.push({ name: "tables", type: ["Tables"] });
  const parts: readonly (readonly [said: string, text: string])[] = [
    [CONTEXT, interfaceOf("Context", context)],
    ["What is decided.", typeAlias("Value", value)],
    ...(payload === null ? [] : [["The settings of what is decided.", interfaceOf("Payload", payload)] as const]),
    ...(option === null ? [] : [["What the product knows of each option.", interfaceOf("Option", option)] as const]),
    [
      "What the product says of a decision later, in one record or in several.",
      interfaceOf("Observations", observations),
    ],
    ...(kinds === null ? [] : [["The kinds of observations.", typeAlias(KIND, kinds)] as const]),
    ...(events === null ? [] : [["The attributes of events, by kind.", interfaceOf("Events", events)] as const]),
    ...(tables === null ? [] : [["The rows of reference tables.", interfaceOf("Tables", tables)] as const]),
    [
      "The type parameter of `openLoopstream` and `createClient`.",
      interfaceOf("UseCases", [{ name: useCase, type: types }]),
    ],
  ];
  const head = [
    `// Use case ${commented(useCase)}, blueprint version ${commented(version)}.`,
    "// Written by `loopstream types`: write it again for another version.",
  ];
  return `${[head.join("\n"), ...parts.map(([said, text]) => `/** ${said} */\n${text}`)].join("\n\n")}\n`;
}

const CONTEXT = "What the product knows when it asks. Null and undefined are missing values.";
