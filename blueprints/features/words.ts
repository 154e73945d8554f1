/** Of a longer text the first words count. */
export const MOST_WORDS = 1_000;

const WORD = /[\p{L}\p{M}\p{N}]+/gu;

/** Whether a text has it as a word, written like this. */
export function isWord(key: string): boolean {
  const [word, ...others] = wordsOf(key);
  return word === key && others.length === 0;
}

/** The words of a text, as a table of words has them: letters, marks and digits, in small letters, composed (NFC). */
export function wordsOf(text: string): readonly string[] {
  const words: string[] = [];
  for (const [word] of text.normalize("NFC").toLowerCase().matchAll(WORD)) {
    words.push(word);
    if (words.length === MOST_WORDS) break;
  }
  return words;
}
