import { expect, test } from "vitest";
import { deadLetters } from "../../../schemas/index.ts";
import { createTestDriver, defineOperator, defineTopic, defineTopology, StreamsError } from "../../../streams/index.ts";
import { replyHeaders } from "../../../streams/request-reply/headers.ts";

interface Word {
  readonly word: string;
}
const schema = { type: "record", name: "Word", fields: [{ name: "word", type: "string" }] } as const;
const questions = defineTopic<Word>({ name: "questions", schema, keyOf: ({ word }) => word });
const others = defineTopic<Word>({ name: "others", schema });
const answers = defineTopic<Word>({ name: "answers", schema });

const answer = defineOperator({
  name: "answer",
  in: { questions, others },
  out: { answers },
  state: {},
  globals: {},
  refuses: { topic: questions, output: "answers", reply: (key, message) => ({ word: `${key}: ${message}` }) },
  handlers: {
    questions(records, context) {
      for (const record of records) {
        const { word } = record.value;
        if (word === "bad") throw new StreamsError("BAD_TIME", "no such word");
        context.reply("answers", record, { key: word, value: { word: word.toUpperCase() }, time: record.time });
      }
    },
    others() {
      throw new StreamsError("BAD_TIME", "always");
    },
  },
});

test("a request whose handling fails is answered with the reason, under the key that its value names; others get no reply", async () => {
  const driver = await createTestDriver(defineTopology({ name: "asks", operators: [answer] }), { deadLetters });
  const headers = (id: string) => replyHeaders(answers.name, 0, Buffer.from(id));
  await driver
    .input(questions)
    .send(
      { key: "good", value: { word: "good" }, time: 1, headers: headers("1") },
      { key: "another", value: { word: "bad" }, time: 2, headers: headers("2") },
      { key: "bad", value: { word: "bad" }, time: 3 },
    );
  await driver.input(others).send({ key: "k", value: { word: "bad" }, time: 4, headers: headers("4") });
  const replies = driver.output(answers).readAll();
  expect(replies.map(({ value, headers: given }) => [value.word, String(given["kafka_correlationId"])])).toEqual([
    ["GOOD", "1"],
    ["bad: no such word", "2"],
  ]);
  expect(driver.deadLetters().map(({ code }) => code)).toEqual(Array(3).fill("BAD_TIME"));
  await driver.close();
});
