/** The parts of the document that the page shows. */
export interface Shown {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly requestBody?: { readonly content?: Contents };
  readonly responses?: Readonly<Record<string, { readonly content?: Contents }>>;
}
type Contents = Readonly<Record<string, { readonly schema?: Schema }>>;

interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

/** The document as one page for people: no script, nothing from elsewhere. */
export function documentPage({ info, paths = {} }: Shown): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => section(method, path, operation)),
  );
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${text(info.title)} over HTTP</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
  code { font-family: ui-monospace, monospace } h2 { margin-top: 2.5rem; font-size: 1.1rem }
  table { border-collapse: collapse; width: 100% } td, th { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; border-top: 1px solid #8884 }
</style>
<h1>${text(info.title)} ${text(info.version)}</h1>
<p>${text(info.description ?? "")} The document for programs: <a href="openapi.json">openapi.json</a>.</p>
${operations.join("\n")}
</html>
`;
}

function section(method: string, path: string, operation: Operation): string {
  const { summary = "", description = "", requestBody, responses = {} } = operation;
  const answers = Object.entries(responses)
    .filter(([status]) => status !== "default")
    .map(([status, { content }]) => table(`answer ${status}`, content));
  return [
    `<h2 id="${text(`${method}-${path}`)}"><code>${text(method.toUpperCase())} ${text(path)}</code></h2>`,
    `<p>${text(summary)}. ${text(description)}</p>`,
    table("body", requestBody?.content),
    ...answers,
  ].join("\n");
}

function table(caption: string, content: Contents | undefined): string {
  const schema = Object.values(content ?? {})[0]?.schema;
  if (schema === undefined) return "";
  const rows = fields(schema, "").map(
    ({ name, type, about }) => `<tr><td><code>${text(name)}</code><td>${text(type)}<td>${text(about)}</tr>`,
  );
  return `<table><tr><th>${text(caption)}<th>type<th></tr>\n${rows.join("\n")}\n</table>`;
}

/** Fields by their paths, the items of lists with `[]`. */
function fields(schema: Schema, path: string): readonly { name: string; type: string; about: string }[] {
  const { properties = {}, required = [], items, anyOf = [] } = schema;
  const inner = Object.entries(properties).flatMap(([name, each]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const type = `${typeOf(each)}${required.includes(name) ? "" : ", optional"}`;
    return [{ name: at, type, about: each.description ?? "" }, ...fields(each, at)];
  });
  const ofItems = items === undefined ? [] : fields(items, `${path}[]`);
  const ofEach = anyOf.flatMap((each) => fields(each, path));
  return [
    ...inner,
    ...ofItems,
    ...ofEach.filter(({ name }, at) => ofEach.findIndex((one) => one.name === name) === at),
  ];
}

function typeOf({ type, anyOf, enum: values, const: value, items }: Schema): string {
  if (values !== undefined) return values.join(" | ");
  if (value !== undefined) return String(value);
  if (anyOf !== undefined) return anyOf.map(typeOf).join(" | ");
  if (type === "array") return `list of ${typeOf(items ?? {})}`;
  return Array.isArray(type) ? type.join(" | ") : ((type as string | undefined) ?? "any");
}

const text = (value: string): string =>
  value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
