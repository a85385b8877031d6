import { css, html, LitElement } from 'lit';
import { connect, type ECharts, init, use } from 'echarts/core';
import { CustomChart, LineChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent,
  GridComponent,
  LegendScrollComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
} from 'echarts/components';
import { CanvasRenderer } from 'echarts/renderers';

use([
  CustomChart, LineChart, ScatterChart,
  AriaComponent, GridComponent, LegendScrollComponent, MarkLineComponent, TooltipComponent, VisualMapContinuousComponent,
  CanvasRenderer,
]);

type Json = Record<string, any>;
/** Buckets as base64: which list of steps they are at, and three values of each, in the order in which the line takes them. */
type Packed = { steps: number; values: string; wide?: boolean; after?: number };
/** What lies over a chart's series: an alert about it (band) or about something else (hint), a command, a NaN. */
type Mark = {
  id: string; kind: 'band' | 'hint' | 'command' | 'nan'; from: number; to: number; weight?: 'note' | 'warning' | 'danger';
  label: string; value?: number;
};
type Tick = {
  steps?: string[];
  series?: Record<string, Packed>;
  x?: [number, number];
  clock?: [number, number][];
  columns?: { labels: string[]; cells: string };
};
type View = { from: number; to: number };

/** The colours that an option may name with a leading '@'; one set for each colour scheme. */
const PALETTES: Record<'light' | 'dark', Record<string, string>> = {
  light: {
    text: '#1c2430', muted: '#667085', axis: '#c6cdd8', grid: '#e9edf3', surface: '#ffffff',
    danger: '#d92d20', warning: '#b54708', info: '#1570ef', ok: '#067647', accent: '#0e7490', command: '#7a5af8',
    nan: '#c11574', heat0: '#f2f5f9', heat1: '#8ecae0', heat2: '#0e7490', heat3: '#0b2e45',
    s0: '#0e7490', s1: '#e4761b', s2: '#6941c6', s3: '#3b7c0f', s4: '#c11574', s5: '#1570ef', s6: '#93370d', s7: '#475467',
  },
  dark: {
    text: '#e6eaf0', muted: '#98a2b3', axis: '#475467', grid: '#2a3340', surface: '#1b222c',
    danger: '#f97066', warning: '#fdb022', info: '#53b1fd', ok: '#32d583', accent: '#22b8cf', command: '#a48afb',
    nan: '#f670c7', heat0: '#1d2733', heat1: '#155e75', heat2: '#22b8cf', heat3: '#e6fbff',
    s0: '#22b8cf', s1: '#fd9a4b', s2: '#b196ff', s3: '#86cb4f', s4: '#f670c7', s5: '#53b1fd', s6: '#e5a36f', s7: '#b3bccb',
  },
};

const PREFIXES: [number, string][] = [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']];

/** A number as people read it: four digits, SI prefixes above a thousand, powers of ten below a thousandth. */
function si(value: unknown): string {
  if (typeof value !== 'number' || !Number.isFinite(value)) return String(value ?? '');
  const size = Math.abs(value);
  if (size === 0) return '0';
  for (const [unit, prefix] of PREFIXES) {
    if (size >= unit) return `${trim(value / unit)}${prefix}`;
  }
  if (size < 1e-3) {
    const [digits, power] = value.toExponential(3).split('e');
    return `${Number(digits)}e${Number(power)}`;
  }
  return trim(value);
}

function trim(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function steps(value: unknown): string {
  return typeof value === 'number' ? Math.round(value).toLocaleString('en') : String(value ?? '');
}

function scheme(): 'light' | 'dark' {
  const named = getComputedStyle(document.documentElement).colorScheme || 'normal';
  if (named.startsWith('dark')) return 'dark';
  if (named.includes('dark') && matchMedia('(prefers-color-scheme: dark)').matches) return 'dark';
  return 'light';
}

/** Each string that begins with '@' and names a colour becomes that colour; all others stay as they are. */
function paint(node: any, palette: Record<string, string>): any {
  if (typeof node === 'string') return node.startsWith('@') ? (palette[node.slice(1)] ?? node) : node;
  if (ArrayBuffer.isView(node)) return node;
  if (Array.isArray(node)) return isPlainData(node) ? node : node.map((child) => paint(child, palette));
  if (node !== null && typeof node === 'object') {
    const painted: Json = {};
    for (const key of Object.keys(node)) painted[key] = paint(node[key], palette);
    return painted;
  }
  return node;
}

/** Points as [x, y]: many, and never named after a colour. */
function isPlainData(data: any[]): boolean {
  return data.length === 0 || (Array.isArray(data[0]) && typeof data[0][0] !== 'object');
}

/** Whether a series holds what was measured, rather than a limit or a mark. */
function measured(series: Json): boolean {
  return !String(series.id).startsWith('marks') && !String(series.id).startsWith('limit');
}

/** Reads as many digits of a time as tell the ends of a span apart. */
function clockTime(millis: number, span: number): string {
  const time = new Date(millis);
  const day = span > 20 * 3600e3 ? time.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' }) + ' ' : '';
  return day + time.toLocaleTimeString('en-GB', span < 600e3 ? {} : { hour: '2-digit', minute: '2-digit' });
}

function bytes(base64: string): ArrayBuffer {
  const text = atob(base64);
  const all = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) all[i] = text.charCodeAt(i);
  return all.buffer;
}

type Numbers = Float32Array | Float64Array;

function numbers(base64: string, wide?: boolean): Numbers {
  return wide ? new Float64Array(bytes(base64)) : new Float32Array(bytes(base64));
}

/** The points of a line, [x, y, x, y, ...]: of each bucket the values that differ; a NaN breaks the line. */
function unfolded(steps: Float64Array, values: Numbers): Float64Array {
  const points = new Float64Array(values.length * 2);
  let n = 0;
  for (let i = 0; i < steps.length; i++) {
    let before: number | undefined;
    for (let part = 3 * i; part < 3 * i + 3; part++) {
      const value = values[part];
      if (before !== undefined && Object.is(before, value)) continue;
      points[n++] = steps[i];
      points[n++] = value;
      before = value;
    }
  }
  return points.slice(0, n);
}

/** Puts the points of a packed series in place of what it is packed in. */
function unpack(series: Json, lists: Float64Array[]) {
  series.at = lists[series.steps];
  series.values = numbers(series.values, series.wide);
  series.data = unfolded(series.at, series.values);
}

/** Goes on after a step with what has come since. */
function extend(series: Json, more: Packed, lists: Float64Array[]) {
  let kept = series.at.length;
  while (kept > 0 && series.at[kept - 1] > (more.after ?? -1)) kept--;
  const [steps, values] = [lists[more.steps], numbers(more.values, more.wide)];
  const at = new Float64Array(kept + steps.length);
  at.set(series.at.subarray(0, kept));
  at.set(steps, kept);
  const wide = more.wide || series.values instanceof Float64Array;
  const all = wide ? new Float64Array(3 * at.length) : new Float32Array(3 * at.length);
  all.set(series.values.subarray(0, 3 * kept));
  all.set(values, 3 * kept);
  series.at = at;
  series.values = all;
  series.data = unfolded(at, all);
}

/**
 * Drawing one chart after the other, each in a turn of its own, so that the first is on the screen while the others are
 * drawn, and the page answers in between: first the one that the reader has touched, then those in sight. A page that nobody
 * sees is drawn when it is seen.
 */
const due = new Set<EvenkeelChart>();
const turns = new MessageChannel();
let touched: EvenkeelChart | undefined;
let turning = false;

function drawInTurn(chart: EvenkeelChart) {
  due.add(chart);
  nextTurn();
}

function nextTurn() {
  if (turning || due.size === 0 || document.hidden) return;
  turning = true;
  turns.port2.postMessage(0);
}

turns.port1.onmessage = () => {
  turning = false;
  let next = touched && due.has(touched) ? touched : undefined;
  for (const chart of due) {
    if (next) break;
    if (chart.inSight) next = chart;
  }
  next ??= due.values().next().value;
  if (next) {
    due.delete(next);
    next.takeTurn();
  }
  nextTurn();
};

document.addEventListener('visibilitychange', nextTurn);

/** Charts that share their x axis; and the part of it that the reader has just asked for, until it has been read. */
const groups = new Map<string, Set<EvenkeelChart>>();
const wanted = new Map<string, View>();

const GLYPHS = { note: '●', warning: '▲', danger: '◆' };
const SOONEST_QUESTION = 140;
const OTHERS_AFTER = 120;

/**
 * One ECharts canvas. `draw` takes an ECharts option as JSON, `append` live points, `mark` what lies over them. Text is
 * drawn on the canvas or set as textContent, never parsed as HTML.
 *
 * <p>Dragging, Ctrl and the wheel, and the keys + - and the arrows choose a part of the steps: the charts of the group show
 * it at once with the points that they have, and `evenkeel-range` asks the server for finer ones. A click on marks sends
 * `evenkeel-mark` with their ids. Steps are steps towards the server, whether the axis shows steps or wall time.
 */
class EvenkeelChart extends LitElement {
  static properties = {
    group: { type: String },
    label: { type: String },
    axis: { type: String },
  };

  static styles = css`
    :host { display: block; position: relative; min-height: 0; contain: layout paint; }
    :host([hidden]) { display: none; }
    #canvas { position: absolute; inset: 0; border-radius: 8px; }
    #canvas:focus-visible { outline: 2px solid #0e7490; outline-offset: -2px; }
    #brush { position: absolute; background: rgba(14, 116, 144, .16); border: 1px solid rgba(14, 116, 144, .6); border-width: 0 1px; pointer-events: none; }
    #brush[hidden] { display: none; }
  `;

  declare group: string;
  declare label: string;
  declare axis: string;

  private chart?: ECharts;
  private model: Json = {};
  private marks: Record<string, Mark[]> = {};
  /** Whether it is on the screen, or nearly. */
  inSight = true;
  private painted: 'light' | 'dark' = 'light';
  /** Whether everything is to be drawn, and not only what is dirty. */
  private whole = true;
  private question = 0;
  private dirty = new Set<string>();
  private resizes?: ResizeObserver;
  private sights?: IntersectionObserver;
  private pointer: [number, number] = [0, 0];
  private schemes?: MutationObserver;
  private member = '';
  private down?: { x: number; grid: number };
  private readonly media = matchMedia('(prefers-color-scheme: dark)');
  private readonly onScheme = () => { if (this.chart && scheme() !== this.painted) this.rebuild(); };
  private readonly onMove = (event: PointerEvent) => this.moved(event);
  private readonly onUp = (event: PointerEvent) => this.released(event);

  render() {
    return html`<div id="canvas" role="application" aria-roledescription="chart" tabindex="0"
      aria-label=${this.label ?? ''} @keydown=${this.typed} @pointerdown=${this.pressed} @dblclick=${this.reset}></div>
      <div id="brush" hidden></div>`;
  }

  connectedCallback() {
    super.connectedCallback();
    this.schemes = new MutationObserver(this.onScheme);
    this.schemes.observe(document.documentElement, { attributes: true, attributeFilter: ['theme', 'style', 'class'] });
    this.media.addEventListener('change', this.onScheme);
    this.sights = new IntersectionObserver((seen) => {
      this.inSight = seen[seen.length - 1].isIntersecting;
      if (this.inSight && (this.whole || this.dirty.size > 0)) drawInTurn(this);
    }, { rootMargin: '300px' });
    this.sights.observe(this);
    if (this.hasUpdated) this.rebuild();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.schemes?.disconnect();
    this.resizes?.disconnect();
    this.sights?.disconnect();
    due.delete(this);
    if (touched === this) touched = undefined;
    this.media.removeEventListener('change', this.onScheme);
    window.removeEventListener('pointermove', this.onMove);
    window.removeEventListener('pointerup', this.onUp);
    clearTimeout(this.question);
    this.leave();
    this.chart?.dispose();
    this.chart = undefined;
  }

  protected firstUpdated() {
    this.renderRoot.querySelector('#canvas')!.addEventListener('wheel', (event) => this.wheeled(event as WheelEvent), { passive: false });
    this.rebuild();
  }

  protected updated(changed: Map<string, unknown>) {
    if (changed.has('axis') && changed.get('axis') !== undefined) this.redrawWhole();
  }

  /** Draws anew; the option as JSON. What the reader had asked for has come, unless it asks for more already. */
  draw(json: string) {
    this.model = json ? JSON.parse(json) : {};
    const lists = (this.model.evenkeelSteps ?? []).map((list: string) => new Float64Array(bytes(list)));
    delete this.model.evenkeelSteps;
    for (const series of this.model.series ?? []) if (typeof series.values === 'string') unpack(series, lists);
    const load = this.model.evenkeelLoad;
    if (load) load.cells = numbers(load.cells);
    const asked = wanted.get(this.member);
    const window: View | undefined = this.model.evenkeelWindow;
    if (asked && window && asked.from === window.from && asked.to === window.to) wanted.delete(this.member);
    this.count();
    this.redrawWhole();
  }

  /** Draws the marks anew; JSON {axis: [mark, ...]}. */
  mark(json: string) {
    this.marks = JSON.parse(json);
    this.redrawSoon('marks');
  }

  /** Adds points at the end of series, all of one server tick. */
  append(json: string) {
    const tick = JSON.parse(json) as Tick;
    const lists = (tick.steps ?? []).map((list) => new Float64Array(bytes(list)));
    for (const series of this.model.series ?? []) {
      const more = tick.series?.[series.id];
      if (more && series.at) {
        extend(series, more, lists);
        this.dirty.add(series.id);
      }
    }
    if (tick.clock && this.model.evenkeelClock) this.model.evenkeelClock = this.model.evenkeelClock.concat(tick.clock);
    const load = this.model.evenkeelLoad;
    if (tick.columns && load) {
      const more = numbers(tick.columns.cells);
      const cells = new Float32Array(load.cells.length + more.length);
      cells.set(load.cells);
      cells.set(more, load.cells.length);
      load.cells = cells;
      const axis = [this.model.xAxis].flat()[0];
      axis.data = axis.data.concat(tick.columns.labels);
      this.dirty.add('load');
      this.dirty.add('columns');
    }
    if (tick.x) {
      for (const axis of [this.model.xAxis].flat()) {
        if (axis?.type === 'value') { axis.min = tick.x[0]; axis.max = tick.x[1]; }
      }
      this.redrawSoon('x');
    }
    this.redrawSoon('');
    this.count();
  }

  /** Saves what is drawn as a picture. */
  savePicture(name: string) {
    if (!this.chart) return;
    const url = this.chart.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor: PALETTES[this.painted].surface });
    const bytes = Uint8Array.from(atob(url.slice(url.indexOf(',') + 1)), (c) => c.charCodeAt(0));
    this.save(name, new Blob([bytes], { type: 'image/png' }));
  }

  /** Saves a text as a file. */
  saveText(name: string, text: string) {
    this.save(name, new Blob([text], { type: 'text/csv;charset=utf-8' }));
  }

  private save(name: string, content: Blob) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(content);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    this.setAttribute('data-saved', `${name} ${content.size}`);
  }

  // Steps and wall time.

  private byTime(): boolean {
    return this.axis === 'time' && (this.model.evenkeelClock?.length ?? 0) > 1;
  }

  /** Where a step lies on the axis. */
  private place(step: number): number {
    return this.byTime() ? between(this.model.evenkeelClock, step, 0, 1) : step;
  }

  /** Which step lies there on the axis. */
  private stepAt(place: number): number {
    return Math.round(this.byTime() ? between(this.model.evenkeelClock, place, 1, 0) : place);
  }

  /** The points [x, y, x, y, ...] where they lie on the axis. */
  private placed(data: Float64Array): Float64Array {
    return this.byTime() ? data.map((number, i) => (i % 2 === 0 ? this.place(number) : number)) : data;
  }

  // Which part of the steps is seen.

  private all(): View {
    const axis = [this.model.xAxis].flat()[0] ?? {};
    return { from: axis.min ?? 0, to: axis.max ?? 1 };
  }

  private seen(): View {
    return wanted.get(this.member) ?? this.all();
  }

  private zoomable(): boolean {
    return this.chart !== undefined && [this.model.xAxis].flat()[0]?.type === 'value' && this.member !== '';
  }

  /** Who drags has decided; who turns a wheel or presses a key may go on. */
  private ask(from: number, to: number, pause = SOONEST_QUESTION) {
    const low = Math.max(0, Math.round(from));
    const high = Math.max(low + 1, Math.round(to));
    wanted.set(this.member, { from: low, to: high });
    touched = this;
    this.redrawSoon('x');
    // The others a moment later: until then the answer for this one is on its way, and wants the processor too.
    const member = this.member;
    window.setTimeout(() => {
      for (const chart of groups.get(member) ?? []) if (chart !== this) chart.redrawSoon('x');
    }, OTHERS_AFTER);
    clearTimeout(this.question);
    const tell = () => this.tell('evenkeel-range', { from: low, to: high });
    if (pause > 0) this.question = window.setTimeout(tell, pause);
    else tell();
  }

  private readonly reset = () => {
    if (!this.zoomable()) return;
    wanted.delete(this.member);
    clearTimeout(this.question);
    this.tell('evenkeel-range', { from: -1, to: -1 });
  };

  private tell(name: string, detail: Json) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  private readonly typed = (event: KeyboardEvent) => {
    if (event.key === 'Enter') { this.openMarks([...new Set(Object.values(this.marks).flat().filter((m) => this.sees(m)).map((m) => m.id))]); return; }
    if (!this.zoomable() || event.ctrlKey || event.metaKey || event.altKey) return;
    const { from, to } = this.seen();
    const part = (to - from) / 4;
    if (event.key === '+' || event.key === '=') this.ask(from + part, to - part);
    else if (event.key === '-') this.ask(from - 2 * part, to + 2 * part);
    else if (event.key === 'ArrowLeft') this.ask(Math.max(0, from - part), Math.max(0, from - part) + (to - from));
    else if (event.key === 'ArrowRight') this.ask(from + part, to + part);
    else if (event.key === '0' || event.key === 'Escape') this.reset();
    else return;
    event.preventDefault();
  };

  private sees(mark: Mark): boolean {
    const { from, to } = this.seen();
    return mark.kind !== 'nan' && mark.to >= from && mark.from <= to;
  }

  private gridAt(x: number, y: number): number {
    const grids = [this.model.grid].flat().length;
    for (let i = 0; i < grids; i++) if (this.chart?.containPixel({ gridIndex: i }, [x, y])) return i;
    return -1;
  }

  private offset(event: MouseEvent): [number, number] {
    const box = this.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  private readonly pressed = (event: PointerEvent) => {
    const [x, y] = this.offset(event);
    const grid = this.chart && [this.model.xAxis].flat()[0]?.type === 'value' ? this.gridAt(x, y) : -1;
    if (event.button !== 0 || grid < 0) return;
    this.down = { x, grid };
    window.addEventListener('pointermove', this.onMove);
    window.addEventListener('pointerup', this.onUp);
  };

  private moved(event: PointerEvent) {
    // A finger scrolls the page; who touches zooms by the keys' buttons.
    if (!this.down || event.pointerType === 'touch' || !this.zoomable()) return;
    const [x] = this.offset(event);
    const brush = this.renderRoot.querySelector<HTMLDivElement>('#brush')!;
    brush.hidden = Math.abs(x - this.down.x) < 5;
    brush.style.left = `${Math.min(x, this.down.x)}px`;
    brush.style.width = `${Math.abs(x - this.down.x)}px`;
    brush.style.top = '0';
    brush.style.bottom = '0';
  }

  private released(event: PointerEvent) {
    window.removeEventListener('pointermove', this.onMove);
    window.removeEventListener('pointerup', this.onUp);
    this.renderRoot.querySelector<HTMLDivElement>('#brush')!.hidden = true;
    const down = this.down;
    this.down = undefined;
    if (!down || !this.chart) return;
    const [x] = this.offset(event);
    const step = (pixel: number) => this.stepAt(this.chart!.convertFromPixel({ xAxisIndex: down.grid }, pixel) as unknown as number);
    if (Math.abs(x - down.x) >= 5 && event.pointerType !== 'touch') {
      const ends = [step(x), step(down.x)].sort((a, b) => a - b);
      const { from, to } = this.seen();
      if (this.zoomable() && ends[1] > ends[0]) this.ask(Math.max(from, ends[0]), Math.min(to, ends[1]), 0);
      return;
    }
    const [low, high] = [step(x - 6), step(x + 6)];
    this.openMarks((this.marks[down.grid] ?? []).filter((m) => m.kind !== 'nan' && m.to >= low && m.from <= high).map((m) => m.id));
  }

  private openMarks(ids: string[]) {
    if (ids.length > 0) this.tell('evenkeel-mark', { ids: ids.slice(0, 12).join('\n') });
  }

  private wheeled(event: WheelEvent) {
    if (!event.ctrlKey || !this.zoomable()) return;
    event.preventDefault();
    const { from, to } = this.seen();
    const [x] = this.offset(event);
    const at = this.stepAt(this.chart!.convertFromPixel({ xAxisIndex: 0 }, x) as unknown as number);
    const factor = event.deltaY > 0 ? 1.4 : 1 / 1.4;
    this.ask(Math.max(0, at - (at - from) * factor), at + (to - at) * factor);
  }

  // Drawing.

  private redrawSoon(part: string) {
    this.dirty.add(part);
    drawInTurn(this);
  }

  private redrawWhole() {
    this.whole = true;
    drawInTurn(this);
  }

  /** Draws what has changed; out of sight only what was never drawn, the rest when it comes into sight. */
  takeTurn() {
    if (!this.chart) return;
    if (this.whole) this.redraw();
    else if (this.inSight && this.dirty.size > 0) this.flush();
  }

  private flush() {
    if (!this.chart || !this.model.series) return;
    const update: Json = { series: [] };
    for (const series of this.model.series as Json[]) {
      if (series.at && this.dirty.has(series.id)) update.series.push({ id: series.id, data: this.placed(series.data) });
      if (this.dirty.has('marks') && String(series.id).startsWith('marks')) update.series.push({ id: series.id, ...this.marksOf(series) });
      if (this.dirty.has('load') && series.id === 'load') update.series.push({ id: series.id, ...this.loadOf() });
    }
    if (this.dirty.has('x') && [this.model.xAxis].flat()[0]?.type === 'value') update.xAxis = [this.model.xAxis].flat().map((axis: Json) => this.ends(axis));
    if (this.dirty.has('columns')) update.xAxis = { data: [this.model.xAxis].flat()[0].data };
    this.dirty.clear();
    this.chart.setOption(update);
    this.count();
  }

  private ends(axis: Json): Json {
    const view = wanted.get(this.member) ?? { from: axis.min, to: axis.max };
    return { min: this.place(view.from), max: this.place(view.to) };
  }

  private rebuild() {
    const canvas = this.renderRoot.querySelector<HTMLDivElement>('#canvas');
    if (!canvas || !this.isConnected) return;
    this.chart?.dispose();
    this.resizes?.disconnect();
    this.painted = scheme();
    this.chart = init(canvas, undefined, { renderer: 'canvas' });
    this.chart.getZr().on('mousemove', (event) => { this.pointer = [event.offsetX, event.offsetY]; });
    this.join();
    this.resizes = new ResizeObserver(() => {
      // It is told once when it begins, of a size that is known.
      if (this.chart && (this.chart.getWidth() !== canvas.clientWidth || this.chart.getHeight() !== canvas.clientHeight)) this.chart.resize();
    });
    this.resizes.observe(canvas);
    this.redrawWhole();
  }

  private join() {
    this.leave();
    if (!this.group || !this.chart) return;
    this.member = this.group;
    this.chart.group = this.group;
    connect(this.group);
    groups.set(this.group, (groups.get(this.group) ?? new Set()).add(this));
  }

  private leave() {
    const others = groups.get(this.member);
    others?.delete(this);
    if (others?.size === 0) { groups.delete(this.member); wanted.delete(this.member); }
    this.member = '';
  }

  private redraw() {
    if (!this.chart) return;
    this.whole = false;
    this.dirty.clear();
    if (!this.model.series) { this.chart.clear(); this.removeAttribute('data-drawn'); this.count(); return; }
    const palette = PALETTES[this.painted];
    const option = paint(this.model, palette);
    this.dress(option, palette);
    for (const axis of [option.xAxis].flat()) if (axis.type === 'value') Object.assign(axis, this.ends(axis));
    for (const series of option.series) {
      if (String(series.id).startsWith('marks')) Object.assign(series, this.marksOf(series));
      else if (series.id === 'load') Object.assign(series, this.loadOf());
      else if (series.at) {
        series.data = this.placed(series.data);
        series.dimensions = ['x', 'y'];
        series.silent = true;
        delete series.at;
        delete series.values;
      }
    }
    this.chart.setOption(option, { notMerge: true });
    // Now, and not with the next frame: the next chart's turn comes before that.
    this.chart.getZr().flush();
    this.count();
    const window: View | undefined = this.model.evenkeelWindow;
    this.setAttribute('data-drawn', window ? `${window.from}-${window.to}` : 'all');
  }

  /** The series that draws a load map: one picture, however many cells. */
  private loadOf(): Json {
    const { cells, rows } = this.model.evenkeelLoad as { cells: Float32Array; rows: number };
    const palette = PALETTES[this.painted];
    return {
      type: 'custom', animation: false, data: [[0, 0]], encode: { x: -1, y: -1, tooltip: [] },
      renderItem: (params: any) => {
        const { x, y, width, height } = params.coordSys;
        return { type: 'image', style: { image: picture(cells, rows, width, height, palette), x, y, width, height } };
      },
    };
  }

  /** The series that draws the marks of one axis: bands, upright lines, and their symbols, in colour and in shape. */
  private marksOf(series: Json): Json {
    const marks = this.marks[String(series.id).slice('marks-'.length)] ?? [];
    const palette = PALETTES[this.painted];
    return {
      type: 'custom', clip: true, silent: true, animation: false, z: 1, encode: { x: [0, 1], y: -1 },
      data: marks.map((mark) => [this.place(mark.from), this.place(mark.to)]),
      renderItem: (params: any, api: any) => draft(marks[params.dataIndex], params.coordSys, api, palette),
    };
  }

  /** What JSON cannot carry: fonts, formatters, the colours of axes, the tooltip. */
  private dress(option: Json, palette: Record<string, string>) {
    const font = getComputedStyle(this).fontFamily;
    const { from, to } = this.all();
    const span = this.place(to) - this.place(from);
    const across = this.byTime() ? (value: unknown) => clockTime(Number(value), span) : steps;
    option.textStyle = { fontFamily: font, color: palette.text };
    option.animation = false;
    option.backgroundColor = 'transparent';
    option.color ??= [0, 1, 2, 3, 4, 5, 6, 7].map((i) => palette[`s${i}`]);
    for (const [axes, format] of [[[option.xAxis].flat(), across], [[option.yAxis].flat(), si]] as const) {
      for (const axis of axes) {
        if (!axis) continue;
        axis.axisLine = { lineStyle: { color: palette.axis }, ...(axis.axisLine ?? {}) };
        axis.axisTick = { lineStyle: { color: palette.axis }, ...(axis.axisTick ?? {}) };
        axis.splitLine = { lineStyle: { color: palette.grid }, ...(axis.splitLine ?? {}) };
        axis.nameTextStyle = { color: palette.muted, ...(axis.nameTextStyle ?? {}) };
        axis.axisLabel = { color: palette.muted, fontSize: 11, hideOverlap: true, ...(axis.axisLabel ?? {}) };
        if (axis.type !== 'category') axis.axisLabel.formatter = axis.evenkeelFormat === 'si' ? si : format;
      }
    }
    if (option.legend) {
      option.legend = {
        textStyle: { color: palette.muted, fontSize: 11 }, pageTextStyle: { color: palette.muted },
        pageIconColor: palette.muted, pageIconInactiveColor: palette.axis, inactiveColor: palette.axis, ...option.legend,
      };
    }
    option.tooltip = {
      confine: false, appendTo: () => document.body, enterable: false, transitionDuration: 0,
      backgroundColor: palette.surface, borderColor: palette.axis, padding: [8, 10],
      textStyle: { color: palette.text, fontSize: 12, fontFamily: font },
      extraCssText: 'box-shadow: 0 6px 24px rgba(16,24,40,.18); border-radius: 8px; max-width: 420px; z-index: 500;',
      ...(option.tooltip ?? {}),
      formatter: (params: any) => this.tooltip(params),
    };
  }

  private tooltip(params: any): HTMLElement | string {
    // The charts of a group share the pointer's line; figures show where the reader points.
    if (!this.matches(':hover')) return '';
    if (this.model.evenkeelLoad) return this.cellTooltip();
    const items: any[] = Array.isArray(params) ? params : [params];
    const root = document.createElement('div');
    const first = items[0];
    const line = (text: string, strong: boolean, colour?: string) => root.append(tooltipLine(text, strong, colour));
    if (!first) return root;
    if (this.model.evenkeelTooltip === 'item') {
      line(String(first.name || first.value?.[2] || ''), true);
      line(`${first.seriesName}: ${si(first.value?.[0])}`, false, first.color);
      return root;
    }
    const place = Number(first.axisValue ?? first.value?.[0]);
    const step = this.stepAt(place);
    const word = this.model.evenkeelAxis ?? 'step';
    line(`${word} ${word === 'step' ? steps(step) : si(step)}`, true);
    if ((this.model.evenkeelClock?.length ?? 0) > 1) line(new Date(between(this.model.evenkeelClock, step, 0, 1)).toLocaleString('en-GB'), false);
    const seen = new Set<string>();
    let more = 0;
    for (const item of items) {
      if (!measured({ id: item.seriesId }) || seen.has(item.seriesId) || item.value?.[1] == null || Number.isNaN(item.value[1])) continue;
      seen.add(item.seriesId);
      if (seen.size > 14) { more++; continue; }
      const x = item.value[0];
      const series: Json = this.model.series.find((s: Json) => s.id === item.seriesId) ?? {};
      const data: Float64Array = series.data ?? new Float64Array();
      const name = series.evenkeelLabel ?? item.seriesName;
      const near: number[] = [];
      for (let i = Math.max(0, item.dataIndex - 2); i < Math.min(data.length / 2, item.dataIndex + 3); i++) {
        if (this.place(data[2 * i]) === x && !Number.isNaN(data[2 * i + 1])) near.push(data[2 * i + 1]);
      }
      const [low, high] = near.length > 0 ? [Math.min(...near), Math.max(...near)] : [item.value[1], item.value[1]];
      line(`${name}: ${low === high ? si(low) : `${si(low)} … ${si(high)}`}`, false, item.color);
    }
    if (more > 0) line(`and ${more} more`, false);
    const palette = PALETTES[this.painted];
    const reach = (this.seen().to - this.seen().from) / 100;
    const marks = (this.marks[first.axisIndex ?? 0] ?? []).filter((m) => m.to >= step - reach && m.from <= step + reach);
    for (const mark of marks.slice(0, 6)) line(`${glyph(mark)} ${mark.label}`, false, hue(mark, palette));
    if (marks.some((m) => m.kind !== 'nan')) line('Click to read what happened.', false);
    return root;
  }

  private cellTooltip(): HTMLElement | string {
    const { cells, rows } = this.model.evenkeelLoad as { cells: Float32Array; rows: number };
    const [column, row] = (this.chart!.convertFromPixel({ gridIndex: 0 }, this.pointer) as unknown as number[]).map(Math.round);
    const value = cells[column * rows + row];
    if (value === undefined || Number.isNaN(value)) return '';
    const [columns, names] = [[this.model.xAxis].flat()[0].data, [this.model.yAxis].flat()[0].data];
    const root = document.createElement('div');
    root.append(tooltipLine(`${this.model.evenkeelColumn ?? 'step'} ${this.model.evenkeelColumn ? columns[column] : steps(Number(columns[column]))}`, true));
    const [red, green, blue] = heat(stops(PALETTES[this.painted]), value);
    root.append(tooltipLine(`${names[row]}: ${si(value)} × mean load`, false, `rgb(${red}, ${green}, ${blue})`));
    return root;
  }

  /** Says to tests, and to readers who do not see it, how much is drawn. */
  private count() {
    let points = 0;
    for (const series of (this.model.series ?? []).filter(measured)) {
      const data = series.data ?? [];
      if (series.at) for (let i = 1; i < data.length; i += 2) points += Number.isNaN(data[i]) ? 0 : 1;
      else points += data.filter((point: any) => point?.[1] != null && !Number.isNaN(point[1])).length;
    }
    for (const value of this.model.evenkeelLoad?.cells ?? []) points += Number.isNaN(value) ? 0 : 1;
    this.setAttribute('data-points', String(points));
    const { from, to } = this.seen();
    this.setAttribute('data-range', `${from}-${to}`);
    const marks = new Set(Object.values(this.marks).flat().filter((m) => this.sees(m)).map((m) => m.id)).size;
    const canvas = this.renderRoot.querySelector('#canvas');
    if (this.zoomable()) {
      canvas?.setAttribute('aria-label',
        `${this.label ?? ''} ${this.model.evenkeelAxis ?? 'step'} ${steps(from)} to ${steps(to)}, ${marks} alerts and commands. ` +
        'Keys: plus and minus zoom, arrows move, zero shows all, Enter tells what happened.');
    }
  }
}

/** A value looked up between known pairs, of which both members grow. */
function between(pairs: [number, number][], value: number, key: 0 | 1, answer: 0 | 1): number {
  let low = 0;
  let high = pairs.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (pairs[middle][key] <= value) low = middle; else high = middle;
  }
  const [a, b] = [pairs[low], pairs[high]];
  const part = b[key] === a[key] ? 0 : (value - a[key]) / (b[key] - a[key]);
  return a[answer] + part * (b[answer] - a[answer]);
}

function tooltipLine(text: string, strong: boolean, colour?: string): HTMLElement {
  const row = document.createElement('div');
  row.style.cssText = 'display:flex;gap:8px;align-items:center;line-height:1.5;';
  if (colour) {
    const dot = document.createElement('span');
    dot.style.cssText = 'width:8px;height:8px;border-radius:4px;flex:none;';
    dot.style.background = colour;
    row.append(dot);
  }
  const label = document.createElement('span');
  label.textContent = text;
  if (strong) label.style.fontWeight = '600';
  row.append(label);
  return row;
}

/** The colours of loads from none to three times the mean. */
function stops(palette: Record<string, string>): number[][] {
  return ['heat0', 'heat1', 'heat2', 'heat3'].map((name) => [1, 3, 5].map((i) => parseInt(palette[name].slice(i, i + 2), 16)));
}

function heat(colours: number[][], load: number): number[] {
  const place = Math.min(colours.length - 1, Math.max(0, load));
  const below = Math.min(colours.length - 2, Math.floor(place));
  return colours[below].map((part, i) => Math.round(part + (colours[below + 1][i] - part) * (place - below)));
}

/** Cells, column by column, as a picture of that size: where many share a dot, the one furthest from even load is seen. */
function picture(cells: Float32Array, rows: number, width: number, height: number, palette: Record<string, string>): HTMLCanvasElement {
  const columns = cells.length / rows;
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * devicePixelRatio));
  canvas.height = Math.max(1, Math.round(height * devicePixelRatio));
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(canvas.width, canvas.height);
  const colours = stops(palette);
  for (let y = 0; y < canvas.height; y++) {
    const [top, bottom] = span(y, canvas.height, rows);
    for (let x = 0; x < canvas.width; x++) {
      const [left, right] = span(x, canvas.width, columns);
      let worst = NaN;
      for (let column = left; column < right; column++) {
        for (let row = top; row < bottom; row++) {
          const value = cells[column * rows + row];
          if (!(Math.abs(value - 1) <= Math.abs(worst - 1)) && !Number.isNaN(value)) worst = value;
        }
      }
      if (Number.isNaN(worst)) continue;
      const [red, green, blue] = heat(colours, worst);
      image.data.set([red, green, blue, 255], 4 * (y * canvas.width + x));
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** Which of many cells a dot of a line of dots shows; at least one. */
function span(dot: number, dots: number, cells: number): [number, number] {
  const from = Math.floor(dot * cells / dots);
  return [from, Math.max(from + 1, Math.floor((dot + 1) * cells / dots))];
}

function hue(mark: Mark, palette: Record<string, string>): string {
  if (mark.kind === 'command') return palette.command;
  if (mark.kind === 'nan') return palette.nan;
  return mark.weight === 'danger' ? palette.danger : mark.weight === 'warning' ? palette.warning : palette.info;
}

function glyph(mark: Mark): string {
  return mark.kind === 'command' ? '◆' : mark.kind === 'nan' ? '✕' : GLYPHS[mark.weight ?? 'note'];
}

/** What is drawn for a mark: never narrower than two pixels, however many steps the axis holds. */
function draft(mark: Mark | undefined, box: any, api: any, palette: Record<string, string>): any {
  if (!mark) return undefined;
  const colour = hue(mark, palette);
  const left = api.coord([api.value(0), 1])[0];
  const right = api.coord([api.value(1), 1])[0];
  if (right < box.x || left > box.x + box.width) return undefined;
  if (mark.kind === 'band' || mark.kind === 'hint') {
    const own = mark.kind === 'band';
    const x = Math.max(left, box.x);
    const width = Math.max(2, Math.min(right, box.x + box.width) - x);
    return { type: 'group', children: [
      { type: 'rect', shape: { x, y: box.y, width, height: box.height }, style: { fill: colour, opacity: own ? 0.11 : 0 } },
      { type: 'rect', shape: { x, y: box.y, width, height: own ? 3 : 2 }, style: { fill: colour, opacity: own ? 0.8 : 0.45 } },
      ...(own ? [{ type: 'text', style: { text: GLYPHS[mark.weight ?? 'note'], x, y: box.y + 4, fill: colour, fontSize: 9 } }] : []),
    ] };
  }
  const placed = typeof mark.value === 'number';
  const y = placed ? api.coord([api.value(0), mark.value])[1] : box.y + 6;
  const line = { type: 'line', shape: { x1: left, x2: left, y1: box.y, y2: box.y + box.height },
    style: { stroke: colour, lineWidth: 1, opacity: mark.kind === 'nan' ? 0.35 : 0.5, lineDash: mark.kind === 'nan' ? [2, 3] : undefined } };
  const symbol = mark.kind === 'nan'
    ? { type: 'text', style: { text: '✕', x: left, y: box.y + box.height - 12, fill: colour, fontSize: 11, align: 'center', fontWeight: 700 } }
    : { type: 'polygon', shape: { points: [[left, y - 5], [left + 5, y], [left, y + 5], [left - 5, y]] }, style: { fill: colour } };
  return { type: 'group', children: placed ? [symbol] : [line, symbol] };
}

customElements.define('evenkeel-chart', EvenkeelChart);
