import { describe, expect, test } from "vitest";
import { Registry, type Part } from "../../blueprints/registry.ts";

const parts = (): Registry<Part> => new Registry("toy", [{ name: "ball" }, { name: "kite" }]);

describe("a registry", () => {
  test("has its parts in the order in which they came, and a new one behind them", () => {
    const toys = parts();
    const top = { name: "top" };
    toys.add(top);
    expect(toys.names()).toEqual(["ball", "kite", "top"]);
    expect(toys.get("top")).toBe(top);
  });

  test("refuses a name that is taken: what was read of a blueprint stays right", () => {
    const toys = parts();
    expect(() => toys.add({ name: "ball" })).toThrow('there is a toy "ball" already');
    expect(toys.names()).toEqual(["ball", "kite"]);
  });

  test.each(["", "Ball", "a b", "1st", "ball:", "__proto__"])("refuses %j, which is no name", (name) => {
    expect(() => parts().add({ name })).toThrow(`"${name}" is no name of a toy`);
  });

  test("says which names there are where one is asked for that nobody registered", () => {
    expect(() => parts().get("constructor")).toThrow('there is no toy "constructor" (known: ball, kite)');
  });
});
