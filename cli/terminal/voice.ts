export const logFormats = ["auto", "text", "json"] as const;
/** Of log lines. `auto`: text on a terminal, JSON otherwise. */
export type LogFormat = (typeof logFormats)[number];

/** How a process speaks. */
export interface Voice {
  /** A program reads its output. */
  readonly json: boolean;
  readonly logFormat: LogFormat;
}

let voice: Voice = { json: false, logFormat: "auto" };

/** One command runs in a process, and its flags choose how all of it speaks. */
export function useVoice(chosen: Voice): void {
  voice = chosen;
}

export const currentVoice = (): Voice => voice;
