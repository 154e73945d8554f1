import { expect, test } from "vitest";
import { check, type Answers } from "../../bench/decisions/work/answers.ts";
import { actionOf, valueOf } from "../../bench/decisions/work/decide.ts";
import { featuresOfUnit, requestFeatures, requestMaker, unitIndexOf } from "../../bench/decisions/work/preload.ts";
import { replies } from "../../bench/decisions/work/topics.ts";
import { CORRELATION_ID, type LogRecord } from "../../streams/index.ts";

function replyTo(index: number, off = 0): LogRecord {
  const score = Math.fround(0.25);
  const value = valueOf(score, requestFeatures(index)[0]!, featuresOfUnit(unitIndexOf(index))[0]!) + off;
  const body = replies.type.toBuffer({ id: "decision", action: actionOf(value), value, score });
  const correlation = Buffer.alloc(4);
  correlation.writeInt32BE(index);
  const headers = { [CORRELATION_ID]: correlation };
  return { offset: 0, timestamp: 0, key: null, value: Buffer.concat([Buffer.alloc(5), body]), headers };
}

const none = (): Answers => ({ seen: new Uint8Array(10), count: 0, wrong: 0 });

test("a reply that came twice is wrong", () => {
  const answers = none();
  check(answers, [replyTo(1), replyTo(2), replyTo(1)]);
  expect(answers).toMatchObject({ count: 3, wrong: 1 });
});

test("a sampled reply is computed again", () => {
  const answers = none();
  check(answers, [replyTo(0)]);
  expect(answers.wrong).toBe(0);
  const others = none();
  check(others, [replyTo(0, 0.001)]);
  expect(others.wrong).toBe(1);
});

test("the request with an index is always the same", async () => {
  const [a, b] = [(await requestMaker())(5, "t", 0, 1), (await requestMaker())(5, "t", 0, 1)];
  expect(a).toEqual(b);
});
