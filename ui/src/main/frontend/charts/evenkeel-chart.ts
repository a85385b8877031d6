import { css, html, LitElement, type PropertyValues } from 'lit';
import { connect, type ECharts, init, use } from 'echarts/core';
import { HeatmapChart, LineChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent,
  DataZoomInsideComponent,
  GridComponent,
  LegendScrollComponent,
  MarkAreaComponent,
  MarkLineComponent,
  MarkPointComponent,
  ToolboxComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
} from 'echarts/components';
import { CanvasRenderer } from 'echarts/renderers';

use([
  HeatmapChart, LineChart, ScatterChart,
  AriaComponent, DataZoomInsideComponent, GridComponent, LegendScrollComponent, MarkAreaComponent,
  MarkLineComponent, MarkPointComponent, ToolboxComponent, TooltipComponent, VisualMapContinuousComponent,
  CanvasRenderer,
]);

type Json = Record<string, any>;
type Point = [number, number | null];
type Tick = {
  series?: Record<string, Point[]>;
  x?: [number, number];
  columns?: { labels: string[]; cells: [number, number, number][] };
};

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

/**
 * One ECharts canvas. `option` is an ECharts option as JSON; live points come through `append`, marks (commands, alerts,
 * values that are not finite) through `marks`. Text is drawn on the canvas or set as textContent, never parsed as HTML.
 */
class EvenkeelChart extends LitElement {
  static properties = {
    option: { type: String },
    marks: { type: String },
    group: { type: String },
    label: { type: String },
  };

  static styles = css`
    :host { display: block; position: relative; min-height: 0; contain: layout paint; }
    :host([hidden]) { display: none; }
    #canvas { position: absolute; inset: 0; }
  `;

  declare option: string;
  declare marks: string;
  declare group: string;
  declare label: string;

  private chart?: ECharts;
  private model: Json = {};
  private painted: 'light' | 'dark' = 'light';
  private frame = 0;
  private dirty = new Set<string>();
  private resizes?: ResizeObserver;
  private schemes?: MutationObserver;
  private readonly media = matchMedia('(prefers-color-scheme: dark)');
  private readonly onScheme = () => { if (this.chart && scheme() !== this.painted) this.rebuild(); };

  render() {
    return html`<div id="canvas" role="img" aria-label=${this.label ?? ''}></div>`;
  }

  connectedCallback() {
    super.connectedCallback();
    this.schemes = new MutationObserver(this.onScheme);
    this.schemes.observe(document.documentElement, { attributes: true, attributeFilter: ['theme', 'style', 'class'] });
    this.media.addEventListener('change', this.onScheme);
    if (this.hasUpdated) this.rebuild();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.schemes?.disconnect();
    this.resizes?.disconnect();
    this.media.removeEventListener('change', this.onScheme);
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.chart?.dispose();
    this.chart = undefined;
  }

  protected firstUpdated() {
    this.rebuild();
  }

  protected updated(changed: PropertyValues) {
    if (changed.has('option')) {
      this.model = this.option ? JSON.parse(this.option) : {};
      this.applyMarks();
      this.draw();
    } else if (changed.has('marks')) {
      this.applyMarks();
      this.chart?.setOption({ series: this.markSeries() });
    }
  }

  /** Adds points at the end of series, all of one server tick; JSON {series: {id: [[x, y], ...]}, x: [from, to]}; columns of a heat map. */
  append(json: string) {
    const tick = JSON.parse(json) as Tick;
    for (const series of this.model.series ?? []) {
      const more = tick.series?.[series.id];
      if (more && more.length > 0) {
        series.data = (series.data ?? []).concat(more);
        this.dirty.add(series.id);
      }
    }
    if (tick.columns) {
      const [axis, series] = [[this.model.xAxis].flat()[0], this.model.series[0]];
      axis.data = axis.data.concat(tick.columns.labels);
      series.data = series.data.concat(tick.columns.cells);
      this.dirty.add(series.id);
      this.dirty.add('columns');
    }
    if (tick.x) {
      for (const axis of [this.model.xAxis].flat()) {
        if (axis?.type === 'value') { axis.min = tick.x[0]; axis.max = tick.x[1]; }
      }
      this.dirty.add('');
    }
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.flush());
  }

  private flush() {
    this.frame = 0;
    if (!this.chart) return;
    const update: Json = {
      series: (this.model.series ?? []).filter((s: Json) => this.dirty.has(s.id)).map((s: Json) => ({ id: s.id, data: s.data })),
    };
    if (this.dirty.has('')) update.xAxis = [this.model.xAxis].flat().map((axis: Json) => ({ min: axis.min, max: axis.max }));
    if (this.dirty.has('columns')) update.xAxis = { data: [this.model.xAxis].flat()[0].data };
    this.dirty.clear();
    this.chart.setOption(update, { lazyUpdate: true });
    this.count();
  }

  private rebuild() {
    const canvas = this.renderRoot.querySelector<HTMLDivElement>('#canvas');
    if (!canvas || !this.isConnected) return;
    this.chart?.dispose();
    this.resizes?.disconnect();
    this.painted = scheme();
    this.chart = init(canvas, undefined, { renderer: 'canvas' });
    this.chart.getZr().on('dblclick', () => this.chart?.dispatchAction({ type: 'dataZoom', start: 0, end: 100 }));
    if (this.group) { this.chart.group = this.group; connect(this.group); }
    this.resizes = new ResizeObserver(() => this.chart?.resize());
    this.resizes.observe(canvas);
    this.draw();
  }

  private draw() {
    if (!this.chart) return;
    if (!this.model.series) { this.chart.clear(); this.count(); return; }
    const palette = PALETTES[this.painted];
    const option = paint(this.model, palette);
    this.dress(option, palette);
    const zoom = this.zoom();
    if (zoom && option.dataZoom) for (const window of [option.dataZoom].flat()) Object.assign(window, zoom);
    this.chart.setOption(option, { notMerge: true });
    if (option.toolbox) {
      this.chart.dispatchAction({ type: 'takeGlobalCursor', key: 'dataZoomSelect', dataZoomSelectActive: true });
    }
    this.count();
  }

  /** The window that the reader has chosen, which a redraw keeps; undefined when all is shown. */
  private zoom(): { startValue: number; endValue: number } | undefined {
    const window = (this.chart?.getOption() as Json | undefined)?.dataZoom?.[0];
    if (!window || (window.start <= 0 && window.end >= 100)) return undefined;
    return { startValue: window.startValue, endValue: window.endValue };
  }

  /** What JSON cannot carry: fonts, formatters, the colours of axes, the tooltip. */
  private dress(option: Json, palette: Record<string, string>) {
    const font = getComputedStyle(this).fontFamily;
    option.textStyle = { fontFamily: font, color: palette.text };
    option.animation = false;
    option.backgroundColor = 'transparent';
    option.color ??= [0, 1, 2, 3, 4, 5, 6, 7].map((i) => palette[`s${i}`]);
    for (const [axes, format] of [[[option.xAxis].flat(), steps], [[option.yAxis].flat(), si]] as const) {
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
    const items: any[] = Array.isArray(params) ? params : [params];
    const root = document.createElement('div');
    const first = items[0];
    const line = (text: string, strong: boolean, colour?: string) => {
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
      root.append(row);
    };
    if (!first) return root;
    if (first.componentType === 'markPoint' || first.componentType === 'markLine' || first.componentType === 'markArea') {
      line(String(first.name ?? ''), false);
      return root;
    }
    if (this.model.evenkeelTooltip === 'cell') {
      const [x, y, value] = first.value as [number, number, number];
      const columns = [this.model.xAxis].flat()[0].data;
      const rows = [this.model.yAxis].flat()[0].data;
      line(`step ${steps(Number(columns[x]))}`, true);
      line(`${rows[y]}: ${si(value)} × mean load`, false, first.color);
      return root;
    }
    if (this.model.evenkeelTooltip === 'item') {
      line(String(first.name || first.value?.[2] || ''), true);
      line(`${first.seriesName}: ${si(first.value?.[0])}`, false, first.color);
      return root;
    }
    line(`step ${steps(first.axisValue ?? first.value?.[0])}`, true);
    const seen = new Set<string>();
    for (const item of items) {
      if (!measured({ id: item.seriesId }) || seen.has(item.seriesId) || item.value?.[1] == null) continue;
      seen.add(item.seriesId);
      const x = item.value[0];
      const series: Json = this.model.series.find((s: Json) => s.id === item.seriesId) ?? {};
      const data: Point[] = series.data ?? [];
      const name = series.evenkeelLabel ?? item.seriesName;
      const near = data.slice(Math.max(0, item.dataIndex - 2), item.dataIndex + 3).filter((p) => p[0] === x && p[1] != null).map((p) => p[1] as number);
      const low = Math.min(...near);
      const high = Math.max(...near);
      line(`${name}: ${low === high ? si(low) : `${si(low)} … ${si(high)}`}`, false, item.color);
    }
    return root;
  }

  private applyMarks() {
    const marks: Json = this.marks ? JSON.parse(this.marks) : {};
    for (const series of this.model.series ?? []) {
      if (marks[series.id]) Object.assign(series, marks[series.id]);
    }
  }

  private markSeries(): Json[] {
    const palette = PALETTES[this.painted];
    return (this.model.series ?? [])
      .filter((s: Json) => String(s.id).startsWith('marks'))
      .map((s: Json) => paint({ id: s.id, markLine: s.markLine, markArea: s.markArea, markPoint: s.markPoint }, palette));
  }

  private count() {
    let points = 0;
    for (const series of (this.model.series ?? []).filter(measured)) points += (series.data ?? []).length;
    this.setAttribute('data-points', String(points));
  }
}

customElements.define('evenkeel-chart', EvenkeelChart);
