/** An incident on one axis of time: what happened when, and how long it took. */

import defer * as Plot from "@observablehq/plot";
import { formatSeconds } from "./cell_html.ts";
import { drawPlot } from "./draw.ts";
import { frame, SIDE } from "./frame.ts";
import { escapeMarkup } from "./markup.ts";
import type { Picture } from "./picture.ts";
import { cutText, textWidth } from "./text_size.ts";
import { classColour, FONT_PX, LIGHT } from "./theme.ts";
import { sentence } from "./words.ts";

/** Something that happened. */
export interface TimelineEvent {
  /** What, in a few words, e.g. `alert`. */
  readonly name: string;
  /** When, in seconds from any zero; null where it has not happened. */
  readonly seconds: number | null;
}

/** Time between two events. */
export interface TimelineDuration {
  /** What it is called, e.g. `time to detect`. */
  readonly name: string;
  /** Name of the event at which it begins. */
  readonly from: string;
  /** Name of the event at which it ends. */
  readonly to: string;
}

/** An incident. */
export interface Timeline {
  /** Events in any order, each with a name of its own. */
  readonly events: readonly TimelineEvent[];
  /** Durations between them. */
  readonly durations: readonly TimelineDuration[];
}

/** Options of {@linkcode timelinePicture}. */
export interface TimelinePictureOptions {
  /** What to see. Default: the durations. */
  readonly title?: string;
}

/** Sizes in px: the width, the room at the left, a level of names, a lane of durations, the axis. */
const WIDTH = 760, LEFT = 28, LEVEL = 42, LANE = 36, AXIS = 52;

/** Longest name of an event, and room between two names, in px. */
const LONGEST = 260, GAP = 12;

/**
 * Events as diamonds on one axis in seconds, their names above it, and durations below it.
 *
 * @param timeline See {@linkcode Timeline}.
 * @param options See {@linkcode TimelinePictureOptions}.
 * @returns The picture, 760 px wide. What has not happened is said and not drawn.
 * @throws {RangeError} If no event has happened, or a time is not finite.
 * @throws {TypeError} If two events have one name, or a duration names an event that is not there.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { timelinePicture } from "lib/view/mod.ts";
 *
 * const { title } = timelinePicture({
 *   events: [{ name: "fault injected", seconds: 100 }, { name: "alert", seconds: 112 }],
 *   durations: [{ name: "time to detect", from: "fault injected", to: "alert" }],
 * });
 * assert.equal(title, "Time to detect 12 s");
 * ```
 */
export function timelinePicture(
  { events, durations }: Timeline,
  { title }: TimelinePictureOptions = {},
): Picture {
  checkTimeline({ events, durations });
  const happened = events.filter((event): event is Happened => event.seconds !== null)
    .sort((a, b) => a.seconds - b.seconds);
  const missing = events.filter(({ seconds }) => seconds === null).map(({ name }) => name);
  const spans = spansOf(durations, happened);
  const zero = happened[0].seconds, length = happened[happened.length - 1].seconds - zero || 1;
  const labels = happened.map(({ name, seconds }) => {
    const text = cutText(name, { widthPx: LONGEST, sizePx: FONT_PX.base, weight: "bold" });
    return { text, share: (seconds - zero) / length, seconds: seconds - zero };
  });
  const right = rightMargin(labels.map(({ text, share }) => ({ share, width: widthOf(text) })));
  const at = (share: number) => LEFT + share * (WIDTH - LEFT - right);
  const levels = levelsOf(
    labels.map(({ text, share }) => ({ x: at(share), width: widthOf(text) })),
  );
  const line = (Math.max(...levels) + 1) * LEVEL + 22;
  const markup = [
    `<g transform="translate(0,${line})">${axis(length, right, happened[0].name)}</g>`,
    ...labels.map(({ text, share, seconds }, i) =>
      eventMarkup({ text, seconds, x: at(share), y: line, level: levels[i] })
    ),
    ...spans.map((span, lane) =>
      spanMarkup({
        ...span,
        x1: at((span.from - zero) / length),
        x2: at((span.to - zero) / length),
        y: line + AXIS + 26 + lane * LANE,
      })
    ),
  ];
  return frame({
    title: title ?? finding(spans, happened),
    subtitle: missing.length > 0 ? `Not yet: ${missing.join(", ")}.` : undefined,
    alt: `Timeline. ${
      labels.map(({ text, seconds }) => `${text} at ${formatSeconds(seconds)}`).join(", ")
    }. ${spans.map(({ name, from, to }) => `${name} ${formatSeconds(to - from)}`).join(", ")}`,
    width: WIDTH,
    body: { markup: markup.join(""), height: line + AXIS + 14 + spans.length * LANE },
  });
}

/** An event with its time. */
type Happened = TimelineEvent & { readonly seconds: number };

/** A duration with its times. */
interface Span {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

function checkTimeline({ events, durations }: Timeline): void {
  const names = events.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new TypeError(`Cannot draw a timeline as each event must have its own name: ${twice}`);
  }
  const unknown = durations.flatMap(({ from, to }) => [from, to]).find((name) =>
    !names.includes(name)
  );
  if (unknown !== undefined) {
    throw new TypeError(`Cannot draw a timeline as a duration must be between events: ${unknown}`);
  }
  const times = events.map(({ seconds }) => seconds).filter((seconds) => seconds !== null);
  if (times.length === 0 || !times.every(Number.isFinite)) {
    throw new RangeError(
      `Cannot draw a timeline as events must have happened at a finite time: ${
        times.join(", ") || "none has"
      }`,
    );
  }
}

/** Durations of which both ends have happened. */
function spansOf(durations: readonly TimelineDuration[], happened: readonly Happened[]): Span[] {
  const timeOf = new Map(happened.map(({ name, seconds }) => [name, seconds]));
  return durations.flatMap(({ name, from, to }) => {
    const begin = timeOf.get(from), end = timeOf.get(to);
    return begin === undefined || end === undefined ? [] : [{ name, from: begin, to: end }];
  });
}

function finding(spans: readonly Span[], happened: readonly Happened[]): string {
  if (spans.length === 0) {
    return sentence(`${happened[happened.length - 1].name} is the last that happened`);
  }
  return sentence(
    spans.map(({ name, from, to }) => `${name} ${formatSeconds(to - from)}`).join(", "),
  );
}

function widthOf(text: string): number {
  return Math.max(textWidth(text, FONT_PX.base, "bold"), 64) + 8;
}

/** Room at the right that lets every name begin at its event and end inside the picture. */
function rightMargin(labels: readonly { share: number; width: number }[]): number {
  return Math.ceil(Math.max(
    28,
    ...labels.filter(({ share }) => share > 0)
      .map(({ share, width }) => (LEFT + share * (WIDTH - LEFT) + width + 4 - WIDTH) / share),
  ));
}

/**
 * How high each name stands: above every later one that it would run into, so that no line from a
 * name down to the axis crosses another name.
 */
function levelsOf(labels: readonly { x: number; width: number }[]): number[] {
  const levels = labels.map(() => 0);
  for (let i = labels.length - 2; i >= 0; i--) {
    const end = labels[i].x + labels[i].width + GAP;
    const inWay = levels.filter((_, j) => j > i && labels[j].x < end);
    levels[i] = inWay.length > 0 ? Math.max(...inWay) + 1 : 0;
  }
  return levels;
}

/** A diamond on the axis, its name above, and a line between them. */
function eventMarkup(
  { text, seconds, x, y, level }: {
    text: string;
    seconds: number;
    x: number;
    y: number;
    level: number;
  },
): string {
  const px = round(x), top = y - 22 - level * LEVEL - 34;
  return `<path d="M${px},${y}V${top}" stroke="${LIGHT.muted}" stroke-width="1.5"/>` +
    `<text x="${round(x + 6)}" y="${top + 12}" text-anchor="start" font-weight="bold">${
      escapeMarkup(text)
    }</text>` +
    `<text x="${round(x + 6)}" y="${
      top + 29
    }" text-anchor="start" font-size="${FONT_PX.small}" fill="${LIGHT.muted}">${
      escapeMarkup(formatSeconds(seconds))
    }</text>` +
    `<path d="M${px},${y - 8}l8,8l-8,8l-8,-8z" fill="${classColour(1)}" stroke="${LIGHT.paper}"/>`;
}

/** The axis in seconds since the first event. */
function axis(length: number, right: number, first: string): string {
  const ticks = drawPlot({
    width: WIDTH,
    height: AXIS,
    marginTop: 0,
    marginLeft: LEFT,
    marginRight: right,
    marginBottom: AXIS,
    x: { domain: [0, length], label: null, ticks: 7 },
    y: { axis: null },
    marks: [Plot.axisX({ anchor: "bottom" })],
  }).markup;
  const label = `seconds since ${cutText(first, { widthPx: LONGEST, sizePx: FONT_PX.base })}`;
  return `<path d="M${LEFT},0H${
    WIDTH - right
  }" stroke="${LIGHT.muted}" stroke-width="1.5"/>${ticks}` +
    `<text x="${SIDE}" y="42" text-anchor="start" fill="${LIGHT.muted}">${
      escapeMarkup(label)
    }</text>`;
}

/** A bar with ends, and its name with the time: beside it where it does not fit above. */
function spanMarkup(
  { name, from, to, x1, x2, y }: Span & { x1: number; x2: number; y: number },
): string {
  const blue = classColour(0), text = `${name} ${formatSeconds(to - from)}`;
  const [a, b] = [Math.min(x1, x2), Math.max(x1, x2)].map(round);
  const width = textWidth(text, FONT_PX.base);
  const bar = `<path d="M${a},${y - 7}v14M${b},${
    y - 7
  }v14M${a},${y}H${b}" fill="none" stroke="${blue}" stroke-width="3"/>`;
  const label = (x: number, anchor: string, dy: number) =>
    `<text x="${round(x)}" y="${y + dy}" text-anchor="${anchor}">${escapeMarkup(text)}</text>`;
  if (width <= b - a - 12) return bar + label((a + b) / 2, "middle", -5);
  return bar +
    (b + 10 + width <= WIDTH - SIDE ? label(b + 10, "start", 5) : label(a - 10, "end", 5));
}

function round(px: number): number {
  return Math.round(px * 100) / 100;
}
