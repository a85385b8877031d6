package io.evenkeel.ui.rules.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.HasSize;
import com.vaadin.flow.component.Tag;
import com.vaadin.flow.component.dependency.JsModule;
import com.vaadin.flow.component.dependency.NpmPackage;
import io.evenkeel.ui.rules.RuleFeed;
import io.evenkeel.ui.rules.RuleIssue;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A field for a CEL expression (CodeMirror): completes names, and marks what is wrong. What it
 * shows is text.
 */
@Tag("evenkeel-rule-editor")
@NpmPackage(value = "@codemirror/autocomplete", version = "6.20.4")
@NpmPackage(value = "@codemirror/commands", version = "6.11.1")
@NpmPackage(value = "@codemirror/language", version = "6.13.1")
@NpmPackage(value = "@codemirror/lint", version = "6.9.8")
@NpmPackage(value = "@codemirror/state", version = "6.7.6")
@NpmPackage(value = "@codemirror/view", version = "6.43.15")
@NpmPackage(value = "@lezer/highlight", version = "1.2.5")
@JsModule("./rules/evenkeel-rule-editor.ts")
final class ExpressionField extends Component implements HasSize {
  private static final int PAUSE_MILLIS = 250;
  private static final int LONGEST = 20_000;

  private String value = "";

  /**
   * An empty field.
   *
   * @param typed told of each new text, shortly after the last key stroke
   */
  ExpressionField(List<RuleFeed.Word> words, Consumer<String> typed) {
    setId("rule-expression");
    ArrayNode json = JsonNodeFactory.instance.arrayNode();
    for (RuleFeed.Word word : words) {
      json.addObject()
          .put("owner", word.owner())
          .put("name", word.name())
          .put("kind", word.kind())
          .put("type", word.type())
          .put("meaning", word.meaning());
    }
    getElement().setProperty("words", json.toString());
    getElement().setProperty("accessibleName", "Expression of the rule, in CEL");
    getElement()
        .addEventListener(
            "expression-changed",
            event -> {
              String text = event.getEventData().path("event.detail.value").asString("");
              value = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
              typed.accept(value);
            })
        .addEventData("event.detail.value")
        .debounce(PAUSE_MILLIS);
  }

  /** What is in it. */
  String value() {
    return value;
  }

  /** Puts a text into it. */
  void show(String text) {
    value = text;
    // Set also when the server believes that it is there already: the browser may have moved on.
    getElement().executeJs("this.value = $0", text);
  }

  /** Marks what is wrong. */
  void mark(List<RuleIssue> issues) {
    ArrayNode json = JsonNodeFactory.instance.arrayNode();
    for (RuleIssue issue : issues) {
      if (issue.component().equals("expression")) {
        json.addObject()
            .put("line", issue.line())
            .put("column", issue.column())
            .put("message", issue.message());
      }
    }
    getElement().setProperty("issues", json.toString());
  }

  /** Takes typed text, or does not. */
  void allow(Typing typing) {
    getElement().setProperty("disabled", typing == Typing.REFUSED);
  }

  /** Whether text may be typed. */
  enum Typing {
    /** Yes. */
    TAKEN,
    /** No. */
    REFUSED
  }
}
