import { expect, test } from "vitest";
import { repeatedName } from "../../http/repeated-name.ts";

const placeIn = (text: string): string | undefined => repeatedName(text, JSON.parse(text) as unknown);

test.each([
  [`{"a":1,"a":1}`, "a"],
  [`{ "a" : 1 , "\\u0061" : 2 }`, "a"],
  [`{"events":[{"kind":"x"},{"kind":"y","attributes":{"n":1,"n":2}}]}`, "events.1.attributes.n"],
  [`[[],[{"a":{}},{"b":[1,{"c":0,"c":0}]}]]`, "1.1.b.1.c"],
  [`{"\\"a\\\\":1,"\\"a\\\\":2}`, `"a\\`],
  [`{"__proto__":1,"__proto__":2}`, "__proto__"],
  [`{"a":{"a":1},"b":"a","c":["a","a"],"a":2}`, "a"],
])("%s has a name twice", (text, place) => {
  expect(placeIn(text)).toBe(place);
});

test.each([
  `{}`,
  `"a"`,
  `null`,
  `{"a":{"a":{"a":[{"a":1},{"a":1}]}}}`,
  `{"a":"\\"b\\":1","b":"{\\"a\\":1,\\"a\\":2}"}`,
  `{"a\\\\":":","b":"\\\\","":":"}`,
  `["a:","b\\":"]`,
  `{"constructor":1,"toString":2,"1":3,"01":4}`,
  "[".repeat(5_000) + "]".repeat(5_000),
])("%s has none", (text) => {
  expect(placeIn(text)).toBeUndefined();
});
