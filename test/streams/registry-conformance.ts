import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AvroSchema, SchemaRegistry } from "../../streams/registry/registry.ts";

export interface OpenedRegistry {
  readonly registry: SchemaRegistry;
  close(): Promise<void>;
}

type Field = Readonly<Record<string, unknown>>;

/** What `streams/registry/registry.ts` promises, of any registry. `open` is called once. */
export function registryConformance(name: string, open: () => Promise<OpenedRegistry>): void {
  describe(`the ${name} registry`, () => {
    let opened: OpenedRegistry;
    let subjects = 0;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());
    const registry = (): SchemaRegistry => opened.registry;
    const newSubject = (): string => `subject-${process.pid}-${Date.now().toString(36)}-${++subjects}-value`;
    const clicked = (...more: readonly Field[]): AvroSchema => ({
      type: "record",
      name: "Clicked",
      namespace: "test.registry",
      fields: [{ name: "user", type: "string" }, ...more],
    });
    const withDefault = { name: "price", type: "double", default: 0 };
    const withoutDefault = { name: "price", type: "double" };

    test("the same schema has the same id, however often it is registered", async () => {
      const subject = newSubject();
      const id = await registry().register(subject, clicked(), "BACKWARD");
      expect(Number.isInteger(id) && id > 0).toBe(true);
      expect(await registry().register(subject, clicked(), "BACKWARD")).toBe(id);
      expect(await registry().register(newSubject(), clicked(), "BACKWARD")).toBe(id);
    });

    test("a schema comes back by its id as it was given, documentation and logical types included", async () => {
      const schema = {
        type: "record",
        name: "Observed",
        namespace: "test.registry",
        doc: "What was seen.",
        fields: [
          { name: "at", type: { type: "long", logicalType: "timestamp-millis" }, doc: "Event time." },
          { name: "value", type: ["null", "double"], default: null },
          { name: "kind", type: { type: "enum", name: "Kind", symbols: ["A", "B"] } },
          { name: "tags", type: { type: "map", values: "string" } },
        ],
      };
      const id = await registry().register(newSubject(), schema, "BACKWARD");
      expect(await registry().schema(id)).toEqual(schema);
    });

    test("schemas that differ have ids that differ", async () => {
      const subject = newSubject();
      const first = await registry().register(subject, clicked(), "BACKWARD");
      const second = await registry().register(subject, clicked(withDefault), "BACKWARD");
      expect(second).not.toBe(first);
      expect(await registry().schema(first)).toEqual(clicked());
      expect(await registry().schema(second)).toEqual(clicked(withDefault));
    });

    test("BACKWARD: a new field without a default is an INCOMPATIBLE_SCHEMA that names subject and field", async () => {
      const subject = newSubject();
      await registry().register(subject, clicked(), "BACKWARD");
      const rejected = registry().register(subject, clicked(withoutDefault), "BACKWARD");
      await expect(rejected).rejects.toMatchObject({ code: "INCOMPATIBLE_SCHEMA", flags: { fatal: true } });
      await expect(rejected).rejects.toThrow(subject);
      await expect(rejected).rejects.toThrow(/price/);
    });

    test("BACKWARD: a field may go, and may come with a default", async () => {
      const subject = newSubject();
      await registry().register(subject, clicked(withoutDefault), "BACKWARD");
      await registry().register(subject, clicked(), "BACKWARD");
      await registry().register(subject, clicked({ name: "late", type: "boolean", default: false }), "BACKWARD");
      expect(await registry().subjects()).toContain(subject);
    });

    test("BACKWARD: another type of a field is refused", async () => {
      const subject = newSubject();
      await registry().register(subject, clicked(withDefault), "BACKWARD");
      const other = clicked({ name: "price", type: "string", default: "" });
      await expect(registry().register(subject, other, "BACKWARD")).rejects.toMatchObject({
        code: "INCOMPATIBLE_SCHEMA",
      });
    });

    test("BACKWARD asks only about the last schema, BACKWARD_TRANSITIVE about all", async () => {
      const text = { name: "price", type: "string", default: "" };
      const run = async (mode: "BACKWARD" | "BACKWARD_TRANSITIVE"): Promise<number> => {
        const subject = newSubject();
        await registry().register(subject, clicked(withoutDefault), mode);
        await registry().register(subject, clicked(), mode);
        return registry().register(subject, clicked(text), mode);
      };
      expect(await run("BACKWARD")).toBeGreaterThan(0);
      await expect(run("BACKWARD_TRANSITIVE")).rejects.toMatchObject({ code: "INCOMPATIBLE_SCHEMA" });
    });

    test("FORWARD: a field without a default may come, but not go", async () => {
      const subject = newSubject();
      await registry().register(subject, clicked(), "FORWARD");
      await registry().register(subject, clicked(withoutDefault), "FORWARD");
      await expect(
        registry()
          .register(subject, clicked(), "FORWARD")
          .then(() => "again"),
      ).resolves.toBe("again");
      const gone: AvroSchema = {
        type: "record",
        name: "Clicked",
        namespace: "test.registry",
        fields: [withoutDefault],
      };
      await expect(registry().register(subject, gone, "FORWARD")).rejects.toMatchObject({
        code: "INCOMPATIBLE_SCHEMA",
      });
    });

    test("FULL: fields come and go only with a default", async () => {
      const subject = newSubject();
      await registry().register(subject, clicked(), "FULL");
      await registry().register(subject, clicked(withDefault), "FULL");
      const refused = clicked(withDefault, { name: "extra", type: "int" });
      await expect(registry().register(subject, refused, "FULL")).rejects.toMatchObject({
        code: "INCOMPATIBLE_SCHEMA",
      });
    });

    test("records match by their names without namespaces, or by an alias, as Avro's specification says", async () => {
      const subject = newSubject();
      const of = (more: Field): AvroSchema => ({ ...(clicked() as Field), ...more }) as AvroSchema;
      await registry().register(subject, clicked(), "FULL");
      await registry().register(subject, of({ namespace: "test.registry.moved" }), "FULL");
      const renamed = of({ name: "Tapped" });
      await expect(registry().register(subject, renamed, "FULL")).rejects.toMatchObject({
        code: "INCOMPATIBLE_SCHEMA",
      });
      const [former, back] = [newSubject(), of({ name: "Tapped", aliases: ["test.registry.Clicked"] })];
      await registry().register(former, clicked(), "BACKWARD");
      await registry().register(former, back, "BACKWARD");
    });

    test("NONE: anything goes", async () => {
      const subject = newSubject();
      const first = await registry().register(subject, clicked(), "NONE");
      expect(await registry().register(subject, clicked(withoutDefault), "NONE")).not.toBe(first);
      expect(await registry().register(subject, "string", "NONE")).toBeGreaterThan(0);
    });

    test("a subject keeps the compatibility it was made with", async () => {
      const subject = newSubject();
      await registry().register(subject, clicked(), "BACKWARD");
      const asked = registry().register(subject, clicked(withoutDefault), "NONE");
      await expect(asked).rejects.toMatchObject({ code: "INCOMPATIBLE_SCHEMA" });
      await registry().register(subject, clicked(withDefault), "NONE");
    });

    test("a failed registration leaves nothing behind", async () => {
      const subject = newSubject();
      const id = await registry().register(subject, clicked(), "BACKWARD");
      await expect(registry().register(subject, clicked(withoutDefault), "BACKWARD")).rejects.toThrow();
      expect(await registry().register(subject, clicked(), "BACKWARD")).toBe(id);
      await registry().register(subject, clicked(withDefault), "BACKWARD");
    });

    test("calls at once for the same schema get the same id", async () => {
      const subject = newSubject();
      const calls = Array.from({ length: 8 }, () => registry().register(subject, clicked(), "BACKWARD"));
      expect(new Set(await Promise.all(calls)).size).toBe(1);
    });

    test("an id that nobody gave out is an UNKNOWN_SCHEMA", async () => {
      await expect(registry().schema(987_654)).rejects.toMatchObject({ code: "UNKNOWN_SCHEMA" });
    });

    test("subjects are listed in order, each once", async () => {
      const [one, two] = [newSubject(), newSubject()];
      await registry().register(two, clicked(), "BACKWARD");
      await registry().register(one, clicked(), "BACKWARD");
      await registry().register(one, clicked(withDefault), "BACKWARD");
      const listed = await registry().subjects();
      expect(listed.filter((subject) => subject === one || subject === two)).toEqual([one, two].sort());
      expect(listed).toEqual([...new Set(listed)].sort());
    });
  });
}
