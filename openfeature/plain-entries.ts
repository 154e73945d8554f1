type Plain = string | number | boolean | null;

/**
 * The entries that a record can hold; dates as milliseconds. A context of OpenFeature is shared by many flags: structures
 * and lists are of others, and are left out.
 */
export function plainEntries(values: object): Readonly<Record<string, Plain>> {
  return Object.fromEntries(
    Object.entries(values as Record<string, unknown>).flatMap(([name, value]): [string, Plain][] => {
      if (value instanceof Date) return [[name, value.getTime()]];
      const isPlain = value === null || ["string", "number", "boolean"].includes(typeof value);
      return isPlain ? [[name, value as Plain]] : [];
    }),
  );
}
