package io.evenkeel.standalone.rules;

import io.evenkeel.analytics.rule.RuleCompiler;
import io.evenkeel.analytics.rule.RuleException;
import io.evenkeel.analytics.rule.RuleIssue;
import io.evenkeel.contract.rule.AlertRule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Rules as a YAML file has them, checked. The node graph is read, not objects made of it: nothing
 * in the file can name a class, and every node has its place.
 *
 * @param rules those without errors, in the order of the file
 * @param problems all errors, by place
 */
record RuleFile(List<AlertRule> rules, List<Problem> problems) {

  private static final int MOST_CHARACTERS = 1_000_000;
  private static final int MOST_DEPTH = 20;
  private static final String RULES = "rules";

  /** Copies, and sorts the problems. */
  RuleFile {
    rules = List.copyOf(rules);
    problems = problems.stream().sorted(Problem.BY_PLACE).distinct().toList();
  }

  /**
   * Reads and checks a file's text.
   *
   * @param author who will have changed the rules
   * @param now when
   */
  static RuleFile parse(String text, String author, Instant now) {
    return new Reader(text, author, now).read();
  }

  private static final class Reader {
    private final String text;
    private final String author;
    private final Instant now;
    private final RuleCompiler compiler = RuleCompiler.onProcessorTime();
    private final List<AlertRule> rules = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();

    Reader(String text, String author, Instant now) {
      this.text = text;
      this.author = author;
      this.now = now;
    }

    RuleFile read() {
      Node root = compose();
      if (root != null) {
        entries(root).ifPresent(list -> list.getValue().forEach(this::rule));
      } else if (problems.isEmpty()) {
        problems.add(new Problem(1, 1, "the file is empty: there must be a list 'rules'"));
      }
      return new RuleFile(rules, problems);
    }

    private @Nullable Node compose() {
      LoaderOptions options = new LoaderOptions();
      options.setCodePointLimit(MOST_CHARACTERS);
      options.setNestingDepthLimit(MOST_DEPTH);
      try {
        return new Yaml(options).compose(new java.io.StringReader(text));
      } catch (MarkedYAMLException e) {
        Mark mark = e.getProblemMark();
        String hint =
            String.valueOf(e.getProblem()).startsWith("mapping values")
                ? "; an expression with ': ' in it goes into quotes, or below '|'"
                : "";
        problems.add(
            new Problem(
                mark == null ? 1 : mark.getLine() + 1,
                mark == null ? 1 : mark.getColumn() + 1,
                "not YAML: " + e.getProblem() + hint));
      } catch (YAMLException e) {
        problems.add(new Problem(1, 1, "not YAML: " + e.getMessage()));
      }
      return null;
    }

    private Optional<SequenceNode> entries(Node root) {
      if (!(root instanceof MappingNode mapping)) {
        add(root, "there must be a list 'rules'");
        return Optional.empty();
      }
      Optional<SequenceNode> found = Optional.empty();
      for (NodeTuple entry : mapping.getValue()) {
        if (!(entry.getKeyNode() instanceof ScalarNode key) || !key.getValue().equals(RULES)) {
          add(entry.getKeyNode(), "only 'rules' is expected here");
        } else if (entry.getValueNode() instanceof SequenceNode list) {
          found = Optional.of(list);
        } else {
          add(entry.getValueNode(), "'rules' must be a list");
        }
      }
      if (mapping.getValue().isEmpty()) {
        add(root, "there must be a list 'rules'");
      }
      return found;
    }

    private void rule(Node node) {
      if (!(node instanceof MappingNode mapping)) {
        add(node, "a rule must be a mapping, beginning with 'rule: ID'");
        return;
      }
      RuleNode read = new RuleNode(mapping, text);
      Optional<AlertRule> rule = read.rule(author, now);
      problems.addAll(read.problems());
      if (rule.isEmpty()) {
        return;
      }
      if (!seen.add(rule.get().rule() + "#" + rule.get().run())) {
        add(read.place("rule"), "the rule '" + rule.get().rule() + "' is there already");
      }
      try {
        compiler.check(rule.get());
        if (read.problems().isEmpty()) {
          rules.add(rule.get());
        }
      } catch (RuleException e) {
        for (RuleIssue issue : e.issues()) {
          problems.add(read.locate(issue));
        }
      }
    }

    private void add(Node node, String message) {
      problems.add(RuleNode.problem(node, message));
    }
  }
}
