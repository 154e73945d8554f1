export interface AvroField {
  readonly name: string;
  readonly type: unknown;
  readonly doc: string;
  readonly default?: null;
}

export interface AvroRecord {
  readonly type: "record";
  readonly namespace: string;
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly doc: string;
  readonly fields: readonly AvroField[];
}

/** A field that versions may add and remove. */
export function nullable(name: string, types: readonly unknown[], doc: string): AvroField {
  return { name, type: ["null", ...types], default: null, doc };
}

/** A use case has small letters, digits and `-`, so no two share a namespace. */
export const useCaseNamespace = (what: string, useCase: string): string =>
  `loopstream.${what}_${useCase.replaceAll("-", "_")}`;
