export { LadderWatch, startLadder, type Stepped } from "./watch.ts";
export { listLadder, type ListedOnLadder } from "./list.ts";
export { lookAt, modelsOnLadder, type OnLadder } from "./look.ts";
