/** `npm run generate`: writes types.ts from the .avsc files. A test fails when it is not up to date. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { format } from "prettier";

interface Field {
  readonly name: string;
  readonly type: Schema;
  readonly doc?: string;
}
interface RecordSchema {
  readonly type: "record";
  readonly name: string;
  readonly namespace?: string;
  readonly doc?: string;
  readonly fields: readonly Field[];
}
type Schema =
  | string
  | readonly Schema[]
  | RecordSchema
  | { readonly type: "array"; readonly items: Schema }
  | { readonly type: "map"; readonly values: Schema }
  | { readonly type: string; readonly logicalType?: string };

const folder = new URL("./avro/", import.meta.url);

export async function generate(): Promise<string> {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".avsc"))
    .sort();
  const roots = files.map((file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")) as RecordSchema);
  const records = new Map<string, RecordSchema>();
  for (const root of roots) collect(root, records);
  const interfaces = [...records.values()].map(toInterface);
  const constants = roots.map(
    (root) =>
      `export const ${lowerFirst(root.name)}Schema = ${JSON.stringify(inline(root, records, new Set()))} as const;`,
  );
  const text = `// Generated from avro/*.avsc by \`npm run generate\`: edit those.\n\n${[...interfaces, ...constants].join("\n\n")}\n`;
  return format(text, { parser: "typescript", printWidth: 120 });
}

function collect(schema: Schema, into: Map<string, RecordSchema>): void {
  if (typeof schema === "string") return;
  if (isUnion(schema)) for (const branch of schema) collect(branch, into);
  else if (isRecord(schema)) {
    into.set(schema.name, schema);
    for (const field of schema.fields) collect(field.type, into);
  } else if ("items" in schema) collect(schema.items, into);
  else if ("values" in schema) collect(schema.values, into);
}

function toInterface(record: RecordSchema): string {
  const fields = record.fields.map(
    (field) => `  /** ${field.doc ?? ""} */\n  readonly ${field.name}: ${toType(field.type)};`,
  );
  return `/** ${record.doc ?? `Part of another record.`} */\nexport interface ${record.name} {\n${fields.join("\n")}\n}`;
}

function toType(schema: Schema): string {
  if (typeof schema === "string") return primitive(schema);
  if (isUnion(schema)) return schema.map(toType).join(" | ");
  if (isRecord(schema)) return schema.name;
  if ("items" in schema) return `readonly (${toType(schema.items)})[]`;
  if ("values" in schema) return `Readonly<Record<string, ${toType(schema.values)}>>`;
  return primitive(schema.type);
}

function primitive(name: string): string {
  if (name === "int" || name === "long" || name === "float" || name === "double") return "number";
  if (name === "bytes") return "Uint8Array";
  return name.replace(/^loopstream\./, "");
}

/** The schema with every record spelled out where it is first named, so that it stands alone in a registry. */
function inline(schema: Schema, records: ReadonlyMap<string, RecordSchema>, seen: Set<string>): Schema {
  if (typeof schema === "string") {
    const record = records.get(schema.replace(/^loopstream\./, ""));
    return record === undefined || seen.has(record.name) ? schema : inline(record, records, seen);
  }
  if (isUnion(schema)) return schema.map((branch) => inline(branch, records, seen));
  if (isRecord(schema)) {
    seen.add(schema.name);
    const fields = schema.fields.map((field) => ({ ...field, type: inline(field.type, records, seen) }));
    return { ...schema, namespace: "loopstream", fields };
  }
  if ("items" in schema) return { ...schema, items: inline(schema.items, records, seen) };
  if ("values" in schema) return { ...schema, values: inline(schema.values, records, seen) };
  return schema;
}

const isUnion = (schema: Schema): schema is readonly Schema[] => Array.isArray(schema);
const isRecord = (schema: Exclude<Schema, string>): schema is RecordSchema => "fields" in schema;
const lowerFirst = (name: string): string => name[0]!.toLowerCase() + name.slice(1);

if (import.meta.main) writeFileSync(new URL("./types.ts", import.meta.url), await generate());
