/** `npm run generate`: writes types/ from the .avsc files, a file each. A test fails when one is not up to date. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { format } from "prettier";

interface Field {
  readonly name: string;
  readonly type: Schema;
  readonly doc?: string;
  /**
   * The strings that this release knows, under a name; or the name alone if another field declares them. Not part of
   * the registered schema.
   */
  readonly union?: Union | string;
}
interface Union {
  readonly name: string;
  readonly values: readonly string[];
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

/** Everything that one .avsc file declares. */
interface Source {
  /** With its folder, if it is in one, and without its ending. */
  readonly file: string;
  readonly root: RecordSchema;
  readonly records: readonly RecordSchema[];
  readonly unions: readonly Union[];
}

const folder = new URL("./avro/", import.meta.url);
const HEAD = "// Generated from ../avro/ by `npm run generate`: edit that.";

/** The generated files by name. */
export async function generate(): Promise<ReadonlyMap<string, string>> {
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".avsc"))
    .sort()
    .map(read);
  const records = new Map(sources.flatMap((source) => source.records.map((record) => [record.name, record] as const)));
  const owners = new Map(
    sources.flatMap(({ file, records, unions }) => [...records, ...unions].map(({ name }) => [name, file] as const)),
  );
  const files = new Map<string, string>();
  for (const source of sources)
    files.set(`${source.file}.ts`, await pretty(toModule(source, records, owners), source.file.split("/").length));
  const index = sources.map(({ file }) => `export * from "./${file}.ts";`).join("\n");
  return files.set("index.ts", await pretty(index));
}

const pretty = (text: string, depth = 1): Promise<string> =>
  format(`${HEAD.replace("..", Array(depth).fill("..").join("/"))}\n\n${text}`, {
    parser: "typescript",
    printWidth: 120,
  });

function read(name: string): Source {
  const root = JSON.parse(readFileSync(new URL(name, folder), "utf8")) as RecordSchema;
  const records: RecordSchema[] = [];
  collect(root, records);
  const declared = records.flatMap(({ fields }) => fields.map(({ union }) => union));
  const unions = declared.filter((union) => typeof union === "object");
  return { file: name.replace(/\.avsc$/, ""), root, records, unions };
}

/** The records that a schema declares. */
function collect(schema: Schema, into: RecordSchema[]): void {
  if (typeof schema === "string") return;
  if (isUnion(schema)) for (const branch of schema) collect(branch, into);
  else if (isRecord(schema)) {
    into.push(schema);
    for (const field of schema.fields) collect(field.type, into);
  } else if ("items" in schema) collect(schema.items, into);
  else if ("values" in schema) collect(schema.values, into);
}

function toModule(
  { file, root, records, unions }: Source,
  all: ReadonlyMap<string, RecordSchema>,
  owners: ReadonlyMap<string, string>,
): string {
  const up = file.includes("/") ? "../" : "./";
  const parts = [...records.map(toInterface), ...unions.map(toUnion)].join("\n\n");
  const foreign = [...owners].filter(([name, owner]) => owner !== file && new RegExp(`: .*\\b${name}\\b`).test(parts));
  const imports = foreign.map(([name, owner]) => `import type { ${name} } from "${up}${owner}.ts";`).sort();
  const { text, used } = byName(inlined(root, all), file, all, owners);
  imports.push(...used.map((name) => `import { ${constant(name)} } from "${up}${owners.get(name)!}.ts";`));
  const schema = `export const ${constant(root.name)} = ${text} as const;`;
  return [imports.sort().join("\n"), parts, schema].filter((text) => text !== "").join("\n\n");
}

const constant = (name: string): string => `${lowerFirst(name)}Schema`;
const inlined = (root: RecordSchema, all: ReadonlyMap<string, RecordSchema>): string =>
  JSON.stringify(inline(root, all, new Set()));

/** A schema's text, in which whole schemas of other files stand under their names: they are the same, and shorter to read. */
function byName(
  schema: string,
  file: string,
  all: ReadonlyMap<string, RecordSchema>,
  owners: ReadonlyMap<string, string>,
): { readonly text: string; readonly used: readonly string[] } {
  const others = [...all.values()]
    .filter(({ name, namespace }) => namespace !== undefined && owners.get(name) !== file)
    .map((record) => ({ name: record.name, text: inlined(record, all) }))
    .sort((a, b) => b.text.length - a.text.length);
  const used: string[] = [];
  let text = schema;
  for (const other of others) {
    if (!text.includes(other.text)) continue;
    used.push(other.name);
    text = text.replaceAll(other.text, constant(other.name));
  }
  return { text, used };
}

function toInterface(record: RecordSchema): string {
  const fields = record.fields.map(
    (field) => `  /** ${field.doc ?? ""} */\n  readonly ${field.name}: ${toFieldType(field)};`,
  );
  return `/** ${record.doc ?? `Part of another record.`} */\nexport interface ${record.name} {\n${fields.join("\n")}\n}`;
}

const toFieldType = ({ type, union }: Field): string =>
  union === undefined ? toType(type) : toType(type).replace("string", typeof union === "string" ? union : union.name);

function toUnion({ name, values }: Union): string {
  const list = `${lowerFirst(name).replace(/y$/, "ie")}s`;
  return (
    `/** All that this release writes. A newer one may have written others. */\n` +
    `export const ${list} = ${JSON.stringify(values)} as const;\nexport type ${name} = (typeof ${list})[number];`
  );
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

/** The schema with every record spelled out at its first use, so that it stands alone in a registry. */
function inline(schema: Schema, records: ReadonlyMap<string, RecordSchema>, seen: Set<string>): Schema {
  if (typeof schema === "string") {
    const record = records.get(schema.replace(/^loopstream\./, ""));
    return record === undefined || seen.has(record.name) ? schema : inline(record, records, seen);
  }
  if (isUnion(schema)) return schema.map((branch) => inline(branch, records, seen));
  if (isRecord(schema)) {
    seen.add(schema.name);
    const fields = schema.fields.map(({ union: _, ...field }) => ({
      ...field,
      type: inline(field.type, records, seen),
    }));
    return { ...schema, namespace: "loopstream", fields };
  }
  if ("items" in schema) return { ...schema, items: inline(schema.items, records, seen) };
  if ("values" in schema) return { ...schema, values: inline(schema.values, records, seen) };
  return schema;
}

const isUnion = (schema: Schema): schema is readonly Schema[] => Array.isArray(schema);
const isRecord = (schema: Exclude<Schema, string>): schema is RecordSchema => "fields" in schema;
const lowerFirst = (name: string): string => name[0]!.toLowerCase() + name.slice(1);

if (import.meta.main) {
  const types = new URL("./types/", import.meta.url);
  const files = await generate();
  mkdirSync(types, { recursive: true });
  for (const file of readdirSync(types, { recursive: true, encoding: "utf8" }))
    if (file.endsWith(".ts") && !files.has(file)) rmSync(new URL(file, types));
  for (const [file, text] of files) {
    mkdirSync(new URL(".", new URL(file, types)), { recursive: true });
    writeFileSync(new URL(file, types), text);
  }
}
