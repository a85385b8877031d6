import { autocompletion, type Completion, type CompletionContext, type CompletionResult, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState, type Text } from '@codemirror/state';
import { drawSelection, EditorView, keymap, placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';

type Word = { owner: string; name: string; kind: 'variable' | 'field' | 'function'; type: string; meaning: string };
type Issue = { line: number; column: number; message: string };

const RECORDS: Record<string, string> = { layers: 'layer', activations: 'activation', tensors: 'tensor' };
const LOOP = /\b(layers|activations|tensors)(?:\.filter\([^()]*\))?\.(?:exists|all|exists_one|filter|map)\(\s*([A-Za-z_]\w*)\s*,/g;

/** Colours only: what an expression means is for the job's own checker to say, which the server asks. */
const CEL = StreamLanguage.define({
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match(/^"(?:[^"\\]|\\.)*"?|^'(?:[^'\\]|\\.)*'?/)) return 'string';
    if (stream.match(/^\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/)) return 'number';
    if (stream.match(/^(?:true|false|in)\b/)) return 'keyword';
    if (stream.match(/^[A-Za-z_]\w*(?=\s*\()/)) return 'function';
    if (stream.match(/^[A-Za-z_]\w*/)) return 'variableName';
    if (stream.match(/^(?:&&|\|\||[<>=!]=?|[-+*/%?:])/)) return 'operator';
    stream.next();
    return null;
  },
  tokenTable: { function: tags.function(tags.variableName) },
});

const COLOURS = HighlightStyle.define([
  { tag: tags.string, color: 'var(--ek-good)' },
  { tag: tags.number, color: 'var(--ek-warn)' },
  { tag: tags.keyword, color: 'var(--aura-accent-text-color)', fontWeight: '600' },
  { tag: tags.function(tags.variableName), color: 'var(--aura-accent-text-color)' },
  { tag: tags.operator, color: 'var(--ek-muted)' },
]);

const LOOK = EditorView.theme({
  '&': { fontSize: '13.5px', color: 'var(--ek-text)', backgroundColor: 'var(--ek-surface)', border: '1px solid var(--ek-line)', borderRadius: '8px' },
  '&.cm-focused': { outline: '2px solid var(--aura-accent-color)', outlineOffset: '1px' },
  '.cm-content': { fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace', padding: '10px 4px', minHeight: '76px', caretColor: 'var(--ek-text)' },
  '.cm-cursor': { borderLeftColor: 'var(--ek-text)' },
  '.cm-gutters': { backgroundColor: 'transparent', border: 'none' },
  '.cm-placeholder': { color: 'var(--ek-muted)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--ek-accent-soft)' },
  '.cm-tooltip': { backgroundColor: 'var(--ek-surface)', color: 'var(--ek-text)', border: '1px solid var(--ek-line)', borderRadius: '8px', overflow: 'hidden' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--ek-accent-soft)', color: 'var(--ek-text)' },
  '.cm-completionDetail': { color: 'var(--ek-muted)', fontStyle: 'normal', fontSize: '12px' },
  '.cm-diagnostic': { borderLeftColor: 'var(--ek-bad)' },
});

/** A CEL expression with completion of the names that a rule may use, and marks where it is wrong. */
class EvenkeelRuleEditor extends HTMLElement {
  private editor?: EditorView;
  private readonly editable = new Compartment();
  private readonly named = new Compartment();
  private text = '';
  private known: Word[] = [];
  private wrong: Issue[] = [];
  private off = false;
  private name = 'Expression';

  connectedCallback(): void {
    if (this.editor) return;
    // In a shadow root the library's styles are adopted sheets, which no policy of the page's forbids; in the document
    // they would be an inline element.
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    this.editor = new EditorView({
      parent: root,
      root,
      state: EditorState.create({
        doc: this.text,
        extensions: [
          history(), drawSelection(), bracketMatching(), CEL, syntaxHighlighting(COLOURS), LOOK, lintGutter(),
          EditorView.lineWrapping,
          placeholder('layers.exists(l, l.max_violation > 2.0)'),
          autocompletion({ override: [(context) => this.complete(context)], icons: false }),
          // Tab leaves the field, as everywhere else on the page.
          keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap]),
          this.editable.of(this.access()),
          this.named.of(this.label()),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) {
              this.text = update.state.doc.toString();
              this.dispatchEvent(new CustomEvent('expression-changed', { detail: { value: this.text } }));
            }
          }),
        ],
      }),
    });
    this.mark();
  }

  disconnectedCallback(): void {
    this.editor?.destroy();
    this.editor = undefined;
  }

  get value(): string { return this.text; }

  set value(value: string) {
    if (value === this.text) return;
    this.text = value ?? '';
    this.editor?.dispatch({ changes: { from: 0, to: this.editor.state.doc.length, insert: this.text } });
  }

  set words(json: string) { this.known = JSON.parse(json || '[]'); }

  set issues(json: string) {
    this.wrong = JSON.parse(json || '[]');
    this.mark();
  }

  set disabled(disabled: boolean) {
    this.off = disabled;
    this.editor?.dispatch({ effects: this.editable.reconfigure(this.access()) });
  }

  set accessibleName(name: string) {
    this.name = name;
    this.editor?.dispatch({ effects: this.named.reconfigure(this.label()) });
  }

  override focus(): void { this.editor?.focus(); }

  private access() { return [EditorView.editable.of(!this.off), EditorState.readOnly.of(this.off)]; }

  private label() { return EditorView.contentAttributes.of({ 'aria-label': this.name, 'aria-multiline': 'true' }); }

  private mark(): void {
    const editor = this.editor;
    if (!editor) return;
    const doc = editor.state.doc;
    const marks: Diagnostic[] = this.wrong.map((issue) => {
      const from = place(doc, issue);
      const word = /^\w+/.exec(doc.sliceString(from, from + 80));
      return { from, to: Math.min(doc.length, from + (word ? word[0].length : 1)), severity: 'error', message: issue.message };
    });
    editor.dispatch(setDiagnostics(editor.state, marks));
  }

  private complete(context: CompletionContext): CompletionResult | null {
    const field = context.matchBefore(/[A-Za-z_]\w*(?:\[[^\]]*\])?\s*\.\s*\w*$/);
    if (field) {
      const [, before, index, typed] = /^([A-Za-z_]\w*)(\[[^\]]*\])?\s*\.\s*(\w*)$/.exec(field.text) ?? [];
      const owner = this.owner(before, index, context.state.doc);
      const options = this.known.filter((word) => word.owner === owner).map(offer);
      return options.length === 0 ? null : { from: context.pos - (typed ?? '').length, options, validFor: /^\w*$/ };
    }
    const word = context.matchBefore(/[A-Za-z_]\w*$/);
    if (!word && !context.explicit) return null;
    const loops: Completion[] = this.loops(context.state.doc).map(([list, name]) => (
      { label: name, type: 'variable', detail: RECORDS[list], info: `each of ${list}` }));
    return {
      from: word ? word.from : context.pos,
      options: [...loops, ...this.known.filter((known) => known.owner === '').map(offer)],
      validFor: /^\w*$/,
    };
  }

  private owner(name: string, index: string | undefined, doc: Text): string {
    if (name in RECORDS) return index ? RECORDS[name] : 'list';
    if (name === 'layer') return 'layer';
    const loop = this.loops(doc).reverse().find(([, variable]) => variable === name);
    if (loop) return RECORDS[loop[0]];
    return name === 'run' || name === 'site' || name === 'name' ? 'text' : '';
  }

  private loops(doc: Text): [string, string][] {
    return [...doc.toString().matchAll(LOOP)].map((match) => [match[1], match[2]]);
  }
}

function offer(word: Word): Completion {
  return {
    label: word.name,
    type: word.kind,
    detail: word.type,
    // Set as text by the library.
    info: word.meaning,
    apply: word.kind === 'function' ? `${word.name}(` : word.name,
  };
}

function place(doc: Text, issue: Issue): number {
  if (issue.line < 1) return 0;
  const line = doc.line(Math.min(issue.line, doc.lines));
  return Math.min(line.to, line.from + Math.max(0, issue.column - 1));
}

customElements.define('evenkeel-rule-editor', EvenkeelRuleEditor);
