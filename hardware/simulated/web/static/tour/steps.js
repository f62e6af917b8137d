import { STORIES } from "./story.js";

export const CHAPTERS = STORIES.map(({ chapter }) => chapter);

const { chapter: LAST, needs: WELL } = STORIES.at(-1);

/** All steps of all stories in their order, and the last words. */
export const STEPS = [
  ...STORIES.flatMap(({ chapter, needs, steps }) => steps.map((step) => ({ chapter, needs, ...step }))),
  { chapter: LAST, needs: WELL, at: "", ready: {}, key: "tour.end", after_ms: 6000 },
];
