import type { Plot, Table } from "../bench.js";
import { mean, spread, tenth } from "../figures.js";
import { linePlot } from "../line-plot.js";
import type { CallCost, CpuUse } from "./cpu-per-call.js";
import { nameOf, type RatePoint, type Stored } from "./rates.js";

/** The rates over which the cost of a call is to stay the same. */
const FLAT_TO = 80;
const FLAT = 0.1;

/** CPU milliseconds of one call of each round. */
type Figure = (cost: CallCost, point: RatePoint) => number;

/** What the rates and the amounts stored make of the cost of a call. @param idle of each amount stored. */
export function rateTables(
  points: readonly RatePoint[],
  idle: ReadonlyMap<Stored, CpuUse>,
): { tables: Table[]; plots: Plot[] } {
  const raw = (cost: CallCost): number => cost.asteriskMs + cost.controllerMs;
  // What would have been spent in that time had nobody called.
  const own: Figure = (cost, { stored }) => {
    const { asterisk, controller } = idle.get(stored) ?? { asterisk: 0, controller: 0 };
    return raw(cost) - ((asterisk + controller) * cost.seconds) / cost.calls;
  };
  const apart: Table = {
    title: "Asterisk and Node apart, milliseconds a call",
    columns: ["", "calls a second", "Asterisk", "Node", "together", "idle subtracted", "calls", "failed"],
    rows: points.map((point) => [
      nameOf(point.stored),
      point.rate,
      rounds(point, (cost) => cost.asteriskMs),
      rounds(point, (cost) => cost.controllerMs),
      rounds(point, raw),
      rounds(point, own),
      sum(point, (cost) => cost.calls),
      sum(point, (cost) => cost.failed),
    ]),
  };
  const idleTable: Table = {
    title: "Idle: CPU milliseconds a second while nobody calls",
    columns: ["", "Asterisk", "Node"],
    rows: [...idle].map(([stored, use]) => [nameOf(stored), tenth(use.asterisk), tenth(use.controller)]),
  };
  return {
    tables: [
      byRate("CPU a call, milliseconds", points, raw),
      byRate("CPU a call, what is used when idle subtracted, milliseconds", points, own),
      flatness(points, raw, own),
      apart,
      idleTable,
    ],
    plots: [
      plot("cpu", "CPU a call, Asterisk and Node together", points, raw),
      plot("cpu-without-idle", "CPU a call without what is used when idle", points, own),
    ],
  };
}

/** A row an amount stored, a column a rate. */
function byRate(title: string, points: readonly RatePoint[], figure: Figure): Table {
  const rates = distinct(points.map(({ rate }) => rate));
  return {
    title,
    columns: ["", ...rates.map((rate) => `${rate} a second`)],
    rows: distinct(points.map(({ stored }) => stored)).map((stored) => [
      nameOf(stored),
      ...points.filter((point) => point.stored === stored).map((point) => rounds(point, figure)),
    ]),
  };
}

function flatness(points: readonly RatePoint[], raw: Figure, own: Figure): Table {
  const flat = points.filter(({ rate }) => rate <= FLAT_TO);
  const row = (what: string, of: readonly RatePoint[]): (string | number)[] => [
    what,
    ...[raw, own].map((figure) => percent(spread(of.map((point) => average(point, figure))))),
    percent(FLAT),
  ];
  return {
    title: "How far the dearest is above the cheapest, per cent",
    columns: ["", "CPU a call", "idle subtracted", "wanted at most"],
    rows: [
      ...distinct(flat.map(({ stored }) => stored)).map((stored) =>
        row(
          `10 to ${FLAT_TO} a second, ${nameOf(stored)}`,
          flat.filter((point) => point.stored === stored),
        ),
      ),
      ...distinct(flat.map(({ rate }) => rate)).map((rate) =>
        row(
          `all amounts stored, ${rate} a second`,
          flat.filter((point) => point.stored !== null && point.rate === rate),
        ),
      ),
    ],
  };
}

function plot(name: string, title: string, points: readonly RatePoint[], figure: Figure): Plot {
  const lines = distinct(points.map(({ stored }) => stored)).map((stored) => ({
    name: nameOf(stored),
    points: points
      .filter((point) => point.stored === stored)
      .map((point) => [point.rate, average(point, figure)] as const),
  }));
  return { name, svg: linePlot(title, { x: "calls a second", y: "ms" }, lines) };
}

/** Mean of the rounds, and how far they lie from it. */
function rounds(point: RatePoint, figure: Figure): string {
  const values = point.costs.map((cost) => figure(cost, point));
  const apart = (Math.max(...values) - Math.min(...values)) / 2;
  return `${mean(values).toFixed(1)} ± ${apart.toFixed(1)}`;
}

function average(point: RatePoint, figure: Figure): number {
  return mean(point.costs.map((cost) => figure(cost, point)));
}

function sum(point: RatePoint, value: (cost: CallCost) => number): number {
  return point.costs.reduce((total, cost) => total + value(cost), 0);
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

function percent(part: number): string {
  return `${Math.round(part * 100)}`;
}
