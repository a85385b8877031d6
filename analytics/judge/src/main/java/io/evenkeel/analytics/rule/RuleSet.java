package io.evenkeel.analytics.rule;

import io.evenkeel.analytics.detect.RuleBook;
import io.evenkeel.analytics.detect.RuleSettings;
import io.evenkeel.analytics.detect.UserRule;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.rule.AlertRule;
import io.evenkeel.contract.rule.BuiltInRule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The rules in force: settings of built-in rules, and users' own. Of the records of one rule a
 * run's own goes before the one for all runs, and the newest before the others. Immutable.
 */
public final class RuleSet implements RuleBook {

  /** No records. */
  public static final RuleSet EMPTY = new RuleSet(Map.of(), new TreeMap<>(), List.of());

  private record Place(String rule, String run) {}

  private final Map<Place, RuleSettings> settings;
  private final TreeMap<String, Map<String, CompiledRule>> own;
  private final List<String> ignored;

  private RuleSet(
      Map<Place, RuleSettings> settings,
      TreeMap<String, Map<String, CompiledRule>> own,
      List<String> ignored) {
    this.settings = settings;
    this.own = own;
    this.ignored = ignored;
  }

  /**
   * The set of {@code records}. One that has errors is left out, and so are users' own beyond
   * {@value RuleLimits#RULES}, the last by id.
   *
   * @param former a set whose compiled rules can be taken over
   */
  public static RuleSet of(Collection<AlertRule> records, RuleCompiler compiler, RuleSet former) {
    Map<Place, RuleSettings> settings = new HashMap<>();
    TreeMap<String, Map<String, CompiledRule>> own = new TreeMap<>();
    List<String> ignored = new ArrayList<>();
    int count = 0;
    List<AlertRule> sorted = new ArrayList<>(records);
    sorted.sort(
        Comparator.comparing(AlertRule::rule)
            .thenComparing(AlertRule::run)
            .thenComparing(AlertRule::changed));
    for (AlertRule rule : sorted) {
      try {
        if (!RuleCompiler.isOwn(rule)) {
          compiler.check(rule);
          settings.put(new Place(rule.rule(), rule.run()), RuleSettings.of(rule));
        } else if (count == RuleLimits.RULES) {
          ignored.add(
              ErrorId.RULE_INVALID.line(
                  "Rule '" + rule.rule() + "' is one too many: " + count + " are evaluated."));
        } else {
          CompiledRule known = former.find(rule.rule(), rule.run());
          own.computeIfAbsent(rule.rule(), id -> new HashMap<>())
              .put(
                  rule.run(),
                  known != null && known.rule().equals(rule) ? known : compiler.compile(rule));
          count++;
        }
      } catch (RuleException e) {
        ignored.add(String.valueOf(e.getMessage()));
      }
    }
    return new RuleSet(Map.copyOf(settings), own, List.copyOf(ignored));
  }

  /** Why records are left out, one line each. */
  public List<String> ignored() {
    return ignored;
  }

  @Override
  public RuleSettings settings(BuiltInRule rule, String run, RuleSettings builtIn) {
    if (settings.isEmpty()) {
      return builtIn;
    }
    RuleSettings forRun = settings.get(new Place(rule.id(), run));
    return forRun != null ? forRun : settings.getOrDefault(new Place(rule.id(), ""), builtIn);
  }

  @Override
  public List<UserRule> userRules(String run) {
    if (own.isEmpty()) {
      return List.of();
    }
    List<UserRule> rules = new ArrayList<>(own.size());
    own.keySet().forEach(id -> userRule(id, run).ifPresent(rules::add));
    return rules;
  }

  /** The user's rule of this id that is evaluated for a run. */
  public Optional<CompiledRule> userRule(String id, String run) {
    CompiledRule forRun = find(id, run);
    CompiledRule rule = forRun != null ? forRun : find(id, "");
    return Optional.ofNullable(rule).filter(CompiledRule::enabled);
  }

  /** Ids of users' rules that are not, for every run, the same in another set. */
  public Set<String> changed(RuleSet after) {
    Set<String> ids = new TreeSet<>();
    own.forEach(
        (id, byRun) -> {
          Map<String, CompiledRule> others = after.own.getOrDefault(id, Map.of());
          boolean same =
              byRun.keySet().equals(others.keySet())
                  && byRun.entrySet().stream()
                      .allMatch(entry -> sameIn(others, entry.getKey(), entry.getValue()));
          if (!same) {
            ids.add(id);
          }
        });
    return ids;
  }

  private static boolean sameIn(Map<String, CompiledRule> others, String run, CompiledRule rule) {
    CompiledRule other = others.get(run);
    return other != null && rule.sameAs(other);
  }

  /**
   * The user's rule that was evaluated for a run, if another one, or none, takes its place.
   *
   * @param id its id
   * @param after the rules that come after these
   */
  public Optional<CompiledRule> replaced(String id, String run, RuleSet after) {
    return userRule(id, run)
        .filter(before -> after.userRule(id, run).filter(before::sameAs).isEmpty());
  }

  private @Nullable CompiledRule find(String id, String run) {
    Map<String, CompiledRule> byRun = own.get(id);
    return byRun == null ? null : byRun.get(run);
  }
}
